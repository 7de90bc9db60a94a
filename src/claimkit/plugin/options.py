"""The command line options, in one group of ``--help``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimkit.models.bundled import DEFAULT_MODEL
from claimkit.models.choices import ATTENTIONS, DEVICE_MAPS
from claimkit.plugin.run_settings import FULL, METHODS, SMALL
from claimkit.plugin.settings import DTYPES
from claimkit.reporting.places import EVIDENCE, EXAMPLES
from claimkit.training.roots import RUNS

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add claimkit's options; their values stay text until ``read_settings`` checks them."""
    group = parser.getgroup("claimkit", "claimkit: published claims about language models")

    def option(name: str, metavar: str, text: str, default: str | None = None) -> None:
        dest = f"claimkit_{name[2:].replace('-', '_')}"
        group.addoption(name, dest=dest, metavar=metavar, default=default, help=text)

    def switch(name: str, dest: str, text: str) -> None:
        group.addoption(name, dest=f"claimkit_{dest}", action="store_true", help=text)

    option("--model", "PATH", f"Model under test, a folder or hub id (default: {DEFAULT_MODEL})")
    option("--revision", "NAME", "Branch, tag or commit of a hub model")
    option("--device", "NAME", "Device that runs the model (default: auto)", "auto")
    option("--dtype", "NAME", f"Number format: {', '.join(DTYPES)} (default: auto)", "auto")
    option("--tokenizer", "PATH", "Tokenizer to use instead of the model's own")
    option("--adapter", "PATH", "Adapter (peft) to put on the model")
    option("--device-map", "NAME", f"Spread the model over devices: {', '.join(DEVICE_MAPS)}")
    option("--attn-implementation", "NAME", f"How attention runs: {', '.join(ATTENTIONS)}")
    option("--alpha", "RATE", "Error rate of each verdict (default: 0.001)", "0.001")
    option("--margin", "EFFECT", "Effects below this are no effect (default: 0.02)", "0.02")
    option("--max-samples", "N", "Strings after which a verdict stays open (default: 2048)", "2048")
    option("--lengths", "N,N,...", "Lengths to test instead of those that the claims name")
    option("--templates", "NAME,...", "Prompt templates instead of those that the claims name")
    option("--draws", "N", "Settings drawn for a claim over drawn settings (default: 8)", "8")
    option("--budget", "TIME", "Time to spend where verdicts are open, such as 90s or 10m")
    switch("--plan", "plan", "Say what a run would measure and how long it takes; measure nothing")
    option("--evidence", "DIR", f"Folder that keeps what was measured (default: {EVIDENCE})")
    option("--snapshot-dir", "DIR", "Folder of snapshots (default: claims/__snapshots__)")
    option("--snapshot-name", "NAME", "This model's folder in it (default: the model's name)")
    option("--snapshot-samples", "N", "Strings in a snapshot, each stream (default: 64)", "64")
    switch("--gate", "gate", "Fail where there is no snapshot to compare with")
    option("--gate-alpha", "RATE", "Error rate of calling a model worse (default: 0.05)", "0.05")
    option("--reliability", "RATE", "Accuracy that a risk needs (default: 0.99)", "0.99")
    option("--report", "DIR", "Write report.json, report.md, report.html and junit.xml")
    option("--examples", "DIR", f"Folder that keeps counterexamples (default: {EXAMPLES})")
    option("--runs", "DIR", f"Folder of trained runs (default: the bundled ones, or {RUNS})")
    option("--preset", "NAME", "Preset of the trained runs: small or paper (default: small)", SMALL)
    switch("--train", "train", "Train the runs from scratch that are missing")
    group.addoption(
        "--finetune",
        dest="claimkit_finetune",
        metavar="METHOD",
        nargs="?",
        const=FULL,
        help=f"Fine-tune the model for the claims about that: {', '.join(METHODS)} (default: full)",
    )
    option("--chat", "MODE", "Ask in conversations: auto, on or off (default: auto)", "auto")
    option("--thinking", "TOKENS", "Tokens to think before an answer (default: 2048)", "2048")
    switch("--strict-claims", "strict", "Undecided claims fail")
    switch("--trust-remote-code", "trust_remote_code", "Run code that comes with the checkpoint")
