"""Cells of what trained models can do."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.evidence.learning import FINETUNED, FROM_SCRATCH, Learning, RunFigure
from claimkit.evidence.verdicts import Judgement, Verdict

SHARES = st.floats(0, 1)
FIGURES = st.builds(
    RunFigure,
    seed=st.integers(1, 9),
    accuracy=SHARES,
    strings=st.integers(1, 2000),
    learned=st.booleans(),
    exams=st.lists(st.tuples(st.integers(0, 10**5), SHARES), max_size=3).map(tuple),
)
CELLS = st.builds(
    Learning,
    task=st.sampled_from(["UR", "NF"]),
    architecture=st.sampled_from(["gpt2", "llama"]),
    place=st.integers(1, 3),
    shortest=st.integers(1, 50),
    longest=st.integers(51, 150),
    runs=st.lists(FIGURES, max_size=3).map(tuple),
    published=st.none() | SHARES,
    kind=st.sampled_from([FROM_SCRATCH, FINETUNED]),
    preset=st.sampled_from(["", "small"]),
    means=st.sampled_from(["", "UR, token by token"]),
    before=st.none() | SHARES,
    judged=st.booleans(),
)


@given(st.lists(CELLS, max_size=3))
def test_a_judgement_keeps_its_cells_in_a_journal(cells):
    """Through JSON, whatever is in them."""
    judgement = Judgement(
        verdict=Verdict.HOLDS, label="UR", needs="≥ 0.95", alpha=0.001, learning=tuple(cells)
    )

    assert Judgement.from_dict(json.loads(json.dumps(judgement.to_dict()))) == judgement


def test_journals_of_earlier_versions_have_no_cells():
    """They are read as before."""
    judgement = Judgement(verdict=Verdict.HOLDS, label="UR", needs="> 0", alpha=0.001)
    record = judgement.to_dict()
    del record["learning"]

    assert Judgement.from_dict(record) == judgement


def test_only_runs_that_learned_count():
    """The others are shown."""
    runs = tuple(RunFigure(s, a, 2000, learned=a > 0.5) for s, a in ((1, 1.0), (2, 0.1), (3, 0.9)))
    cell = Learning("UR", "gpt2", 1, 5, 25, runs)

    assert cell.accuracy == pytest.approx(0.95)
    assert [run.seed for run in cell.counting] == [1, 3]


def test_without_a_run_that_learned_there_is_no_accuracy():
    """Missing is not zero."""
    assert Learning("UR", "gpt2", 1, 5, 25, (RunFigure(1, 0.2, 2000, False),)).accuracy is None
