"""Outcomes come from the store as far as it reaches, and from the model for the rest."""

import subprocess
import sys

import numpy as np
import pytest

from claimkit.auditing.observing import Observer
from claimkit.errors import NotApplicable, StoreError
from claimkit.evidence.outcomes import Outcomes
from claimkit.tasks import UF, UL, UR, NRFirst, Setting, Task

SETTING = Setting(length=10, symbols=62)


def assert_same(found, expected):
    """Equal, but for the last bits of the margins, which depend on the batch."""
    assert np.array_equal(found.right, expected.right)
    assert np.array_equal(found.first_wrong, expected.first_wrong)
    assert np.array_equal(found.digests, expected.digests)
    assert np.allclose(found.margin, expected.margin, atol=1e-5)


def test_a_prefix_of_a_stream_is_the_same_whatever_was_asked_before(open_subject, tmp_path):
    """Outcomes of the first strings do not depend on how many are measured, or in which steps."""
    at_once = Observer(open_subject(tmp_path / "one")).outcomes(UR, SETTING, 96)
    stepwise = Observer(open_subject(tmp_path / "two"))

    assert_same(stepwise.outcomes(UR, SETTING, 10), at_once[:10])
    assert_same(stepwise.outcomes(UR, SETTING, 96), at_once)


def test_what_is_stored_is_not_measured_again(open_subject):
    """A second run with a full store loads neither weights nor tokenizer."""
    first = Observer(open_subject()).outcomes(UL, SETTING, 32)
    again = open_subject()

    assert Observer(again).outcomes(UL, SETTING, 32) == first
    assert not {"language_model", "tokenizer"} & vars(again).keys()


def test_a_full_store_never_loads_torch(random_checkpoint, tmp_path, open_subject):
    """Reading stored outcomes imports neither torch nor transformers."""
    Observer(open_subject()).outcomes(UR, SETTING, 32)
    program = f"""
import sys
from pathlib import Path
from claimkit.auditing.observing import Observer
from claimkit.auditing.subject import Subject
from claimkit.models.spec import ModelSpec
from claimkit.tasks import UR, Setting
evidence = Path({str(tmp_path / "evidence")!r})
prepared = Subject.prepare(ModelSpec({str(random_checkpoint)!r}, device="cpu"), evidence)
found = Observer(Subject.open(prepared, evidence)).outcomes(UR, Setting(length=10, symbols=62), 32)
print(len(found), [name for name in ("torch", "transformers") if name in sys.modules])
"""

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["32", "[]"]


def test_outcomes_of_other_strings_are_refused(observer):
    """A store whose digests are not those of the drawn strings is an error, never a score."""
    key = observer.subject.key(UR, SETTING)
    foreign = Outcomes(np.ones(8, bool), np.full(8, -1), np.ones(8), np.arange(8, dtype=np.uint64))
    observer.subject.store.append(key, 0, foreign)

    with pytest.raises(StoreError, match="for other strings than"):
        observer.outcomes(UR, SETTING, 8)


@pytest.mark.parametrize(
    "task, setting, reason",
    [
        (UF, Setting(length=100, symbols=62), "needs an alphabet of 100, found 62"),
        (NRFirst, Setting(length=5, symbols=62), "needs at least 6 symbols, length is 5"),
        (UR, Setting(length=300, symbols=62), r"takes 36\d tokens, the window is 256"),
    ],
    ids=["alphabet", "length", "window"],
)
def test_what_does_not_fit_is_not_applicable(observer, task, setting, reason):
    """The reason names the number found and the number needed."""
    with pytest.raises(NotApplicable, match=reason):
        observer.outcomes(task, setting, 8)


def test_progress_tells_how_far_a_measurement_is(open_subject):
    """Progress is reported before and after every piece."""
    heard = []

    Observer(open_subject(), lambda *told: heard.append(told)).outcomes(UR, SETTING, 300)

    assert heard == [
        ("UR at length 10", done, 300) for done in (0, *[64] * 2, *[128] * 2, *[256] * 2, 300)
    ]


def test_streams_asked_together_are_those_asked_alone(open_subject, tmp_path):
    """Asking for several streams at once gives each stream's own outcomes, in the order asked."""
    asks = [(UR, SETTING, "claim"), (UL, SETTING, "claim"), (UR, SETTING, "confirm")]
    together = Observer(open_subject(tmp_path / "one")).all_outcomes(asks, 64)
    alone = Observer(open_subject(tmp_path / "two"))

    assert together == tuple(alone.outcomes(task, at, 64, why) for task, at, why in asks)


def test_another_purpose_gives_fresh_strings(observer):
    """What confirms a finding is asked on strings that played no part in it."""
    found, fresh = observer.all_outcomes([(UR, SETTING, "claim"), (UR, SETTING, "confirm")], 64)

    assert not set(found.digests) & set(fresh.digests)


def test_no_more_is_measured_than_is_asked_for(observer):
    """Of strings 0 … 99 none is measured twice, and no further one is."""
    asked = []
    measure = observer.subject.measure
    observer.subject.measure = lambda task, setting, questions: (
        asked.append(len(questions.strings)) or measure(task, setting, questions)
    )
    for stop in (10, 64, 100):
        observer.outcomes(UR, SETTING, stop)

    assert asked == [10, 54, 36]


def test_what_another_worker_stored_meanwhile_is_not_measured(open_subject):
    """A piece that is stored between missing it and locking it is read, not measured again."""
    late, early = open_subject(), open_subject()
    try_lock = late.store.try_lock

    def slowly(key, piece):
        Observer(early).outcomes(UR, SETTING, 64)
        return try_lock(key, piece)

    late.store.try_lock = slowly
    late.measure = lambda *_: pytest.fail("measured again")
    found = Observer(late).outcomes(UR, SETTING, 64)

    assert found == Observer(early).outcomes(UR, SETTING, 64)


def test_nothing_is_measured_where_one_stream_is_not_applicable(observer):
    """All streams are looked at before the first string of any is measured."""
    too_long = Setting(length=300, symbols=62)
    with pytest.raises(NotApplicable):
        observer.all_outcomes([(UR, SETTING, "claim"), (UR, too_long, "claim")], 8)

    assert len(observer.subject.store.read(observer.subject.key(UR, SETTING))) == 0


def own_task(answers):
    """Return a task of one's own whose name says nothing of what it answers."""
    body = {"name": "Own", "group": UR.group, "direction": "right"}
    return type("Own", (Task,), {**body, "answers": lambda self, strings: answers(strings)})()


def test_a_changed_task_does_not_inherit_evidence(observer):
    """A task that answers otherwise under its old name is measured again; the same one is not."""
    first = own_task(UR.answers)
    changed, same = own_task(UL.answers), own_task(UR.answers)
    before = observer.outcomes(first, SETTING, 32)
    stored = observer.subject.store

    assert stored.read(observer.subject.key(same, SETTING)) == before
    assert len(stored.read(observer.subject.key(changed, SETTING))) == 0
    assert_same(observer.outcomes(changed, SETTING, 32), observer.outcomes(UL, SETTING, 32))
