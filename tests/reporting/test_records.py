"""Records of tests: what is kept of them, and what is not one."""

import pytest

from claimkit.errors import InvalidInput
from claimkit.reporting.records import NOT_REPORTED, ClaimRecord, RunRecord, ordered

RECORD = ClaimRecord("t.py::test", "A10", "Right wins.", "a paper", True, "holds", failed=True)


def test_a_test_that_was_not_heard_of_keeps_what_was_announced():
    """What became of it is gone, what it claims is not."""
    unheard = RECORD.unreported

    assert (unheard.test, unheard.claim, unheard.says, unheard.source, unheard.risk) == (
        "t.py::test",
        "A10",
        "Right wins.",
        "a paper",
        True,
    )
    assert (unheard.status, unheard.failed) == (NOT_REPORTED, False)


@pytest.mark.parametrize(
    "change",
    [
        lambda record: record.pop("judgements"),
        lambda record: record.update(verdict="holds"),
        lambda record: record.update(judgements=[{}]),
        lambda record: record.update(comparisons=[{"label": "x"}]),
        lambda record: record.update(judgements=None),
    ],
    ids=["missing", "unknown", "empty judgement", "half a comparison", "no list"],
)
def test_what_is_no_record_is_refused(change):
    """A field too few or too many, or one that holds something else."""
    record = RECORD.to_dict()
    change(record)

    with pytest.raises(InvalidInput, match="not the record of a claim"):
        ClaimRecord.from_dict(record)


def test_the_model_stands_in_front_of_a_provenance():
    """And the way it was run; the rest stays in the order in which it was stated."""
    told = {"torch": "2", "dtype": "float32", "model": "m", "--alpha": "1", "fingerprint": "f"}

    assert list(ordered(told)) == ["model", "fingerprint", "dtype", "torch", "--alpha"]
    assert list(RunRecord((), told).facts["provenance"]) == list(ordered(told))
