"""Outcomes come from the store as far as it reaches, and from the model for the rest."""

import subprocess
import sys

import numpy as np
import pytest

from claimkit.auditing.observing import Observer
from claimkit.errors import NotApplicable, StoreError
from claimkit.evidence.outcomes import Outcomes
from claimkit.tasks import UF, UL, UR, NRFirst, Setting

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
from claimkit.tasks import UR, Setting
evidence = Path({str(tmp_path / "evidence")!r})
prepared = Subject.prepare(model={str(random_checkpoint)!r}, revision=None, device="cpu",
                           dtype="auto", trust_remote_code=False, evidence=evidence)
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
    """Progress is reported before every chunk and at the end."""
    heard = []

    Observer(open_subject(), lambda *told: heard.append(told)).outcomes(UR, SETTING, 300)

    assert heard == [("UR at length 10", done, 300) for done in (0, 256, 300)]
