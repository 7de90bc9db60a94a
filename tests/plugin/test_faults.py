"""Whatever is found wrong before a run is one sentence, without a traceback, and exit status 4."""

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

# Imported here, for what an inner run of pytest imports it also forgets.
import peft  # noqa: F401
import pytest
import torch  # noqa: F401
import transformers  # noqa: F401

from claimkit.auditing.subject import Subject
from claimkit.evidence.snapshot_names import file_of
from claimkit.evidence.snapshots import ClaimSnapshot
from claimkit.evidence.verdicts import Judgement, Verdict
from claimkit.models.bundled import bundled_models
from claimkit.models.spec import ModelSpec

TABLE = runpy.run_path(str(Path(__file__).parents[1] / "models" / "faults.py"))
MODELS = TABLE["FAULTS"]

# What the operating system would refuse others, it lets the superuser do.
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
CLAIM = """
    import pytest
    from claimkit.tasks import UL, UR

    @pytest.mark.claim("A10")
    def test_bias(evidence, judge):
        judge(evidence.paired_gap(UR, UL, length=5), above=0.0)
"""


FOUND_BEFORE = [
    pytest.param(
        fault,
        id=name,
        marks=pytest.mark.skipif(fault.without_root and AS_ROOT, reason="root reads everything"),
    )
    for name, fault in MODELS.items()
    if not fault.loading
]


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A small checkpoint without faults; do not change it."""
    folder = tmp_path_factory.mktemp("sound") / "tiny-llama"
    TABLE["save_checkpoint"](folder)
    # Imports what looking at a model imports, once and for all.
    Subject.prepare(ModelSpec(str(folder), device="cpu"), folder.parent / "evidence")
    return folder


@pytest.fixture
def model(sound, tmp_path):
    """A copy that a test may spoil."""
    folder = tmp_path / "tiny-llama"
    shutil.copytree(sound, folder)
    return folder


def options_of(model, fault):
    """Spoil a model, and name it as a user would."""
    fields = {"model": str(model), "device": "cpu"} | fault.build(model)
    return [
        word
        for name, value in fields.items()
        for word in (f"--{name.replace('_', '-')}", value)
        if value != "auto" or name != "device"
    ]


def require_one_sentence(result, words):
    """The run ended before it began, and one line says why."""
    lines = [line for line in result.errlines if line.strip()]
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert len(lines) == 1, result.errlines
    assert re.search(rf"^ERROR: .*{words}", lines[0]), lines[0]
    assert len(lines[0]) < 500, lines[0]
    assert "Traceback" not in result.stdout.str()


@pytest.mark.parametrize("fault", FOUND_BEFORE)
def test_a_fault_of_the_model_ends_the_run_before_it_begins(pytester, plugin_args, model, fault):
    """A model that cannot be examined is refused with one sentence and exit status 4."""
    pytester.makepyfile(CLAIM)

    result = pytester.runpytest_inprocess(*plugin_args, *options_of(model, fault))

    # What is wrong with an option as it was typed is said of the option.
    require_one_sentence(result, "--[a-z]" if fault.options else fault.words)


@pytest.mark.parametrize(
    "name, words",
    [("a weight missing", "lacks 2 weights of"), ("a kernel not here", "--attn-impl")],
)
def test_a_fault_that_loading_tells_is_an_error_of_the_claim(pytester, plugin_args, name, words):
    """What only loading tells is one sentence in the claim's place, and the run fails."""
    pytester.makepyfile(CLAIM)
    # A model that can be asked, or its weights would never be loaded.
    model, fault = pytester.path / "askable", MODELS[name]
    shutil.copytree(bundled_models() / "forward-born", model)

    result = pytester.runpytest_inprocess(*plugin_args, *options_of(model, fault))

    assert result.ret == 1
    assert result.parseoutcomes() == {"failed": 1}
    sentence = next(line for line in result.outlines if line.startswith(fault.error.__name__))
    assert re.search(words, sentence), sentence
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


def store(content):
    """Return what makes a folder of evidence with a format file of any content."""

    def build(folder):
        (folder / "kept").mkdir()
        (folder / "kept" / "format.json").write_text(content)

    return build


def text(name, content):
    """Return what writes a file."""
    return lambda folder: (folder / name).write_bytes(content)


def locked(name):
    """Return what makes a folder that may not be written."""
    return lambda folder: (folder / name).mkdir(mode=0o500)


def sampled_otherwise(name):
    """Return what makes a folder with one snapshot whose strings an unknown sampler drew."""

    def build(folder):
        judgement = Judgement(verdict=Verdict.HOLDS, label="UR − UL", needs="> 0", alpha=0.001)
        snapshot = ClaimSnapshot.of("test_bias.py::test_x[A10]", "A10", judgement, ())
        path = folder / name / "m" / file_of(snapshot.test)
        path.parent.mkdir(parents=True)
        path.write_text(replace(snapshot, sampler_version=99).to_text(), encoding="utf-8")

    return build


NEWER = json.dumps({"claimkit store version": 99})
STORES = {
    "evidence in a file": (text("kept", b""), "--evidence kept", "cannot keep evidence in .*; "),
    "evidence below a file": (text("kept", b""), "--evidence kept/x", "cannot keep evidence in"),
    "evidence of a newer version": (store(NEWER), "--evidence kept", "version 99, .*upgrade"),
    "evidence of no version": (store("{}"), "--evidence kept", "names no store version; choose"),
    "evidence of nonsense": (store("\0"), "--evidence kept", "names no store version; choose"),
    "evidence in the system": (lambda _: None, "--evidence /proc/x", "cannot keep evidence in"),
    "evidence not writable": (locked("kept"), "--evidence kept", "kept: Permission denied; "),
    "no baseline": (
        lambda _: None,
        "--gate --snapshot-dir v",
        "--gate has no baseline: .*; record",
    ),
    "a baseline in a file": (text("v", b""), "--gate --snapshot-dir v", "--gate has no baseline"),
    "a baseline of another sampler": (
        sampled_otherwise("v"),
        "--snapshot-dir v --snapshot-name m",
        "of strings of sampler version 99, this claimkit draws .*; record them anew",
    ),
    "a report in a file": (text("v", b""), "--report v", "cannot make the folder .*v: File exists"),
    "a report below a file": (text("v", b""), "--report v/x", "cannot make .*x: Not a directory"),
    "a report not writable": (locked("v"), "--report v", "cannot write .*v: Permission denied"),
}


@pytest.mark.parametrize(
    "build, options, words",
    [
        pytest.param(
            *row,
            id=name,
            marks=pytest.mark.skipif("not writable" in name and AS_ROOT, reason="root writes all"),
        )
        for name, row in STORES.items()
    ],
)
def test_a_fault_of_a_file_ends_the_run_before_it_begins(
    pytester, plugin_args, sound, build, options, words
):
    """Files that cannot be read or written as asked are refused before anything is measured."""
    pytester.makepyfile(CLAIM)
    build(pytester.path)
    named = ("--model", str(sound), *options.split())

    result = pytester.runpytest_inprocess(*plugin_args, *named)

    require_one_sentence(result, words)


@pytest.fixture
def on_a_small_disk(pytester, plugin_args):
    """Run a claim on the bundled model in a process whose files cannot grow beyond some bytes."""
    resource = pytest.importorskip("resource", reason="only POSIX limits the size of files")
    pytester.makepyfile(CLAIM)
    model = ("-p", "no:cacheprovider", "--model", str(bundled_models() / "forward-born"))

    def run(size):
        # Pipes, unlike files, are not limited.
        return subprocess.run(
            [sys.executable, "-m", "pytest", *plugin_args, *model],
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
            cwd=pytester.path,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_a_disk_that_is_full_ends_the_run_before_it_begins(on_a_small_disk):
    """Evidence that could not be kept is not measured."""
    result = on_a_small_disk(16)

    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    sentence = r"ERROR: cannot .*: File too large; free some space; .*\n*"
    assert re.fullmatch(sentence, result.stderr), result.stderr


def test_a_disk_that_fills_up_is_an_error_of_the_claim(on_a_small_disk):
    """What cannot be kept is no verdict, and the sentence says what to do."""
    result = on_a_small_disk(1000)

    assert result.returncode == 1
    assert re.search("^StoreError: cannot .*; free some space; ", result.stdout, re.M), result
    assert "Traceback" not in result.stdout + result.stderr


def test_the_sound_model_is_not_refused(pytester, plugin_args, sound):
    """What the tables spoil runs as it is."""
    pytester.makepyfile(CLAIM)

    result = pytester.runpytest_inprocess(*plugin_args, "--model", str(sound), "--device", "cpu")

    assert result.ret in (0, 1, 10)
    assert result.parseoutcomes().get("errors", 0) == 0
    result.stdout.no_fnmatch_line("*Error*")
