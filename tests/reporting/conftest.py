"""A run of a few claims on a bundled model, with all that a report can show of one."""

from dataclasses import replace

import pytest

from claimkit.auditing.audit import Audit
from claimkit.auditing.subject import Subject
from claimkit.evidence.comparison import compare
from claimkit.evidence.counterexamples import Counterexample
from claimkit.evidence.verdicts import Judgement, Verdict
from claimkit.models.bundled import bundled_models
from claimkit.models.spec import ModelSpec
from claimkit.reporting.records import ClaimRecord, RunRecord
from claimkit.tasks import UL, UR, NRFirst

PROMPT = "c a b | a : b\n<i>b</i> & a c | c :"
EXAMPLE = Counterexample(
    task="UL",
    setting="length 3",
    prompt=PROMPT,
    context="b a c",
    query="c",
    expected="a",
    actual="\x1b[31m<b>c</b>",
    margin=-0.41,
    origin="hypothesis",
    replay="claimkit replay --model forward-born --task UL --context 'b a c' --query c",
    sampled="x y <z> c a b | c: <z>",
)


@pytest.fixture(scope="session")
def judgements(tmp_path_factory):
    """What the audit says of a bundled model: two gaps hold, two accuracies are not as claimed."""
    evidence = tmp_path_factory.mktemp("evidence")
    prepared = Subject.prepare(ModelSpec(str(bundled_models() / "forward-born")), evidence)
    audit = Audit.open(prepared, evidence=evidence, alpha=0.001, margin=0.02, max_samples=64)
    gaps = [audit.decide(audit.paired_gap(UR, UL, length=n), above=0.0) for n in (10, 30)]
    poor = audit.decide(audit.accuracy(NRFirst, length=10), at_most=0.5)
    risk = audit.decide(audit.accuracy(UL, length=10), at_least=0.99)
    return (*gaps, poor, replace(risk, counterexample=EXAMPLE))


def degraded(sample):
    """The same strings, of which a better model was right on another sixteen."""
    wrong = [at for at, right in enumerate(sample.right) if not right][:16]
    return replace(sample, right=tuple(r or at in wrong for at, r in enumerate(sample.right)))


@pytest.fixture(scope="session")
def run(judgements):
    """A run with findings and risks of every verdict, beside a snapshot that was better at UL."""
    first, second, poor, risk = judgements
    missing = Judgement(
        verdict=Verdict.NOT_APPLICABLE,
        label="UF − UB at length 100",
        needs="> 0",
        alpha=0.001,
        reason="only 7 symbols are one token each",
    )
    compared = tuple(compare(degraded(s), s, "b a | a : b") for j in judgements for s in j.streams)

    def record(number, name, judgement, **more):
        told = {"says": f"What {number} says.", "source": "arXiv:2505.21785, §4.1"}
        return ClaimRecord(
            test=f"test_bias.py::test_{name}[{number}]",
            claim=number,
            risk=number.startswith("R"),
            status=judgement.verdict.value,
            judgements=(judgement,),
            **{**told, **more},
        )

    return RunRecord(
        claims=(
            record("A10", "right[10]", first, before="fails", comparisons=compared),
            record("A10", "right[30]", second, before="holds"),
            record("A11", "forward", missing),
            record("A14", "poor", poor, before="holds"),
            record("R1", "left", risk, before="holds", failed=True),
            ClaimRecord(
                "test_bias.py::test_died", "A10", "", "", False, "error", "it died", failed=True
            ),
        ),
        provenance={"model": "forward-born", "fingerprint": "0123456789abcdef", "dtype": "float32"},
        baseline="forward-born",
        started="2026-01-02T03:04:05Z",
        seconds=61.5,
    )
