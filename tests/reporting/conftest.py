"""A run of a few claims on a bundled model, with all that a report can show of one."""

import json
from dataclasses import replace

import pytest

from claimkit.auditing.audit import Audit
from claimkit.auditing.subject import Subject
from claimkit.evidence.comparison import compare
from claimkit.evidence.counterexamples import Counterexample
from claimkit.evidence.glimpses import Glimpse, Piece
from claimkit.evidence.head_map import HeadMap, HeadPanel
from claimkit.evidence.learning import FINETUNED, Learning, RunFigure
from claimkit.evidence.samples import Sample
from claimkit.evidence.verdicts import Estimate, Interval, Judgement, Verdict
from claimkit.models.bundled import bundled_models
from claimkit.models.spec import ModelSpec
from claimkit.reporting.records import ClaimRecord, RunRecord
from claimkit.tasks import UL, UR, NRFirst
from claimkit.tasks.setting import Setting

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


COPYING = Setting(
    length=6,
    symbols=26,
    demonstrations=10,
    demonstration_length="same",
    template="commas",
)
"""The setting at which circuits are looked at."""


def heads_like(layers, heads, induction, anti_induction, strings=64):
    """A map whose heads score 0.01, but for some: by kind, (layer, head) to score."""

    def panel(kind, task, strong):
        mean = [[strong.get((n, h), 0.01) for h in range(heads)] for n in range(layers)]
        return HeadPanel(kind, task, tuple(map(tuple, mean)), tuple(strong)[:1])

    compared = panel("induction", "UF", induction), panel("anti-induction", "UB", anti_induction)
    return HeadMap(
        strings, (*compared, panel("induction", "UB", {}), panel("anti-induction", "UF", {}))
    )


def sample_of(task, right, setting=COPYING):
    """A sample of a stream, with a model right on some of the strings."""
    return Sample(task, json.dumps(setting.canonical()), "claim", 1, "p", "o", tuple(right))


def head_gap(heads, place=COPYING.place):
    """What a verdict on heads looks like."""
    return Judgement(
        verdict=Verdict.HOLDS,
        label=f"induction heads on UF − anti-induction heads on UB at {place}",
        needs="> 0",
        alpha=0.001,
        estimate=Estimate(0.5, Interval(0.25, 0.75), 32, unit="strings"),
        thresholds=(0.0,),
        heads=heads,
    )


def removal_gap(task, path, untouched, without, setting=COPYING):
    """What a verdict on the removal of a path looks like."""
    return Judgement(
        verdict=Verdict.HOLDS,
        label=f"{task} − {task}-without-{path} at {setting.place}",
        needs="> 0",
        alpha=0.001,
        estimate=Estimate(0.5, Interval(0.25, 0.75), len(untouched)),
        thresholds=(0.0,),
        streams=(
            sample_of(task, untouched, setting),
            sample_of(f"{task}-without-{path}", without, setting),
        ),
    )


GLIMPSE = Glimpse(
    task="LoremCopy",
    setting="500 tokens, template echo, 3 demonstrations",
    index=3,
    position=214,
    tokens=487,
    copied=(Piece(" dolor"), Piece(" <sit>", ambiguous=True)),
    expected=(Piece(" amet", ambiguous=True), Piece("\n"), Piece(" `elit`", ambiguous=True)),
    written=(" <b>", "\x1b[31m", " & x"),
    goes_on=True,
)
"""Where a copy goes wrong, of tokens that mean something in HTML, in Markdown and in terminals."""


def glitchy(glimpse=GLIMPSE):
    """What a verdict on glitches looks like."""
    return Judgement(
        verdict=Verdict.HOLDS,
        label="glitches of LoremCopy at ambiguous tokens, beyond an even spread, at 500 tokens",
        needs="> 0",
        alpha=0.001,
        estimate=Estimate(0.5, Interval(0.25, 0.75), 60, unit="glitchy copies"),
        thresholds=(0.0,),
        reason="60 of 60 glitches start at ambiguous tokens",
        glimpse=glimpse,
    )


def judged(*judgements, claim="A24"):
    """A run whose claims judged these, one each."""
    return RunRecord(
        tuple(
            ClaimRecord(
                test=f"test_circuits.py::test_{n}[{claim}]",
                claim=claim,
                says="What it says.",
                source="arXiv:2505.21785, §4.4",
                risk=False,
                status=judgement.verdict.value,
                judgements=(judgement,),
            )
            for n, judgement in enumerate(judgements)
        )
    )


def cell(task, place, *accuracies, **more):
    """What runs 1, 2, … can do in a bin; a run of a negative accuracy did not learn its task."""
    shortest, longest = {1: (5, 25), 2: (26, 50), 3: (51, 75)}[place]
    runs = tuple(
        RunFigure(seed, abs(share), 2000, learned=share >= 0)
        for seed, share in enumerate(accuracies, 1)
    )
    told = {"architecture": "gpt2", "preset": "small", **more}
    return Learning(task, place=place, shortest=shortest, longest=longest, runs=runs, **told)


def learned(about, *beside, also=None, verdict=Verdict.HOLDS):
    """What a verdict on a cell looks like, or on two, with others beside it."""
    value = about.accuracy
    cells = [replace(one, judged=True) for one in (about, also) if one is not None]
    return Judgement(
        verdict=verdict,
        label=f"{about.task} at lengths {about.bin}",
        needs="≥ 0.95",
        alpha=0.001,
        estimate=Estimate(value, Interval(value / 2, value), 2000, "strings", signed=False),
        thresholds=(0.95,),
        learning=(*cells, *beside),
    )


def with_exams(one, *exams):
    """The cell, whose runs have curves of their training."""
    runs = zip(one.runs, exams, strict=True)
    return replace(one, runs=tuple(replace(run, exams=found) for run, found in runs))


@pytest.fixture(scope="session")
def trained():
    """A run that judged models from scratch and fine-tuned ones."""
    exams = ((250, 0.25), (500, 0.5), (750, 1.0))
    right = with_exams(cell("UR", 1, 1.0, -0.5, published=1.0), exams, exams[:2])
    first, second = (cell("UR", n, 0.98 - n / 100, -0.1, published=0.99) for n in (2, 3))
    last = [cell("NRLast", n, 1 / n, published=p) for n, p in ((1, 1.0), (2, 0.86), (3, 0.47))]
    alone = cell("UF", 1, 0.75, architecture="llama", means="UR, token by token")
    tuned = cell("UL", 2, 1.0, architecture="even-born", preset="", kind=FINETUNED, before=0.125)
    return judged(
        learned(first, right, second),
        learned(second, right, first, verdict=Verdict.FAILS),
        learned(last[2], *last[:2]),
        learned(first, right, also=cell("UL", 2, 0.5)),
        learned(alone),
        learned(tuned),
        claim="A6",
    )


@pytest.fixture(scope="session")
def everything(run, trained):
    """The run, with circuits and learning in it: all sections have something to show."""
    heads = heads_like(4, 4, {(3, 1): 0.9, (2, 0): 0.4}, {(1, 2): 0.3})
    other = replace(COPYING, length=8, symbols=14)
    circuits = judged(
        head_gap(heads),
        removal_gap("UF", "induction", [True] * 8, [True] * 2 + [False] * 6),
        removal_gap("UB", "induction", [True] * 8, [True] * 8),
        removal_gap("UB", "anti-induction", [True] * 8, [False] * 8, other),
    )
    glitches = judged(glitchy(), claim="A17")
    claims = (*run.claims, *circuits.claims, *glitches.claims, *trained.claims)
    return replace(run, claims=claims)
