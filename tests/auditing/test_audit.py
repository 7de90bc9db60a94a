"""From a request to a judgement, with a model that knows nothing and with planted outcomes."""

from dataclasses import asdict, replace

import numpy as np
import pytest

from claimkit.auditing.audit import Audit
from claimkit.auditing.observing import Observer, questions_of
from claimkit.auditing.requests import PairedGap
from claimkit.auditing.subject import Subject
from claimkit.errors import InvalidInput, NotApplicable, StoreError
from claimkit.evidence.looks import Looks
from claimkit.evidence.outcomes import Outcomes
from claimkit.evidence.verdicts import Verdict
from claimkit.tasks import UF, UL, UR, Setting

SETTING = Setting(length=10, symbols=62)


@pytest.fixture
def audit(observer):
    return Audit(observer, Looks(max_samples=512))


def plant(audit, task, right):
    """Store outcomes for a task's strings as if the model had given them."""
    right = np.asarray(right, bool)
    digests = questions_of(task.group, SETTING, len(right)).digests()
    found = Outcomes(right, np.where(right, -1, 0), np.where(right, 1.0, -1.0), digests)
    audit.observer.subject.store.append(audit.observer.subject.key(task, SETTING), 0, found)


def test_random_weights_are_not_elicited(audit):
    """A model that knows nothing gets no directional verdict, and the reason says why."""
    judgement = audit.decide(audit.paired_gap(UR, UL, length=10), above=0.0)

    assert judgement.verdict is Verdict.NOT_APPLICABLE
    assert judgement.reason.startswith("not elicited: U")


@pytest.mark.parametrize(
    "right, left, verdict, samples",
    [
        (np.ones(512), np.zeros(512), Verdict.HOLDS, 64),
        (np.zeros(512), np.ones(512), Verdict.FAILS, 64),
        (np.ones(512), np.ones(512), Verdict.FAILS, 512),
        (np.ones(512), np.arange(512) % 86 > 0, Verdict.UNDECIDED, 512),
    ],
    ids=["right only", "left only", "no difference at the ceiling", "six strings apart"],
)
def test_planted_outcomes_get_their_verdict(audit, right, left, verdict, samples):
    """The verdict follows from the outcomes, at the first look that decides."""
    plant(audit, UR, right)
    plant(audit, UL, left)

    judgement = audit.decide(audit.paired_gap(UR, UL, length=10), above=0.0)

    assert (judgement.verdict, judgement.estimate.samples) == (verdict, samples)


def test_more_strings_in_the_store_change_no_verdict(audit):
    """A verdict stops at the first look that decides, whatever else the store holds."""
    late_reversal = np.concatenate([np.ones(64), np.zeros(448)])
    plant(audit, UR, late_reversal)
    plant(audit, UL, 1 - late_reversal)

    judgement = audit.decide(audit.paired_gap(UR, UL, length=10), above=0.0)

    assert (judgement.verdict, judgement.estimate.value) == (Verdict.HOLDS, 1.0)


def test_a_floor_once_cleared_stays_cleared(audit):
    """A task that fades after it was shown to be done leaves its claim undecided."""
    fading = np.concatenate([np.ones(64), np.zeros(448)])
    apart = np.arange(512) % 86 == 40
    plant(audit, UR, np.logical_xor(fading, apart & (fading == 0)))
    plant(audit, UL, fading)

    judgement = audit.decide(audit.paired_gap(UR, UL, length=10), above=0.0)

    assert judgement.verdict is Verdict.UNDECIDED


def test_a_tokenizer_without_symbols_is_not_applicable(tmp_path, random_checkpoint):
    """Where no two symbols are one token each, the claim cannot be put to the model."""
    import json
    import shutil

    folder = tmp_path / "wordless"
    shutil.copytree(random_checkpoint, folder)
    table = json.loads((folder / "tokenizer.json").read_text())
    kept = {w: i for w, i in table["model"]["vocab"].items() if not (w.isalnum() and len(w) == 1)}
    table["model"]["vocab"] = kept
    (folder / "tokenizer.json").write_text(json.dumps(table))
    prepared = Subject.prepare(
        model=str(folder),
        revision=None,
        device="cpu",
        dtype="auto",
        trust_remote_code=False,
        evidence=tmp_path / "store",
    )
    audit = Audit(Observer(Subject.open(prepared, tmp_path / "store")), Looks(max_samples=64))

    with pytest.raises(NotApplicable, match="fewer than two as one token"):
        audit.decide(audit.paired_gap(UR, UL, length=10), above=0.0)


def test_weights_that_run_other_than_remembered_are_not_measured(audit, open_subject):
    """A key must name the arithmetic that was used; a changed machine is an error, not a score."""
    subject = audit.observer.subject
    found = subject.runtime
    subject.store.remember(f"runtime {subject._environment()}", asdict(replace(found, dtype="x")))
    again = Audit(Observer(open_subject()), Looks(max_samples=64))

    with pytest.raises(StoreError, match=r"remembers that this model runs here as .*dtype='x'"):
        again.decide(again.paired_gap(UR, UL, length=10), above=0.0)


def test_a_verdict_names_the_request_and_what_it_needs(audit):
    """The sentence reads as the claim does."""
    plant(audit, UR, np.zeros(512))
    plant(audit, UL, np.ones(512))

    judgement = audit.decide(audit.paired_gap(UR, UL, length=10), above=0.0)

    assert (
        replace(judgement, seconds=0).sentence().startswith("UR − UL at length 10: −1.00 [−1.00, ")
    )
    assert judgement.sentence().endswith("from 64 pairs; the claim needs > 0")


def test_tasks_of_two_groups_are_not_paired():
    """A paired gap between tasks that do not share strings is refused."""
    with pytest.raises(InvalidInput, match=r"two tasks of one group, got UR .* and UF"):
        PairedGap(UR, UF, length=10)


def test_an_option_that_is_no_setting_is_refused():
    """A misspelt option is an error when the request is made, not a default silently used."""
    with pytest.raises(InvalidInput, match="demonstration'"):
        PairedGap(UR, UL, length=10, options={"demonstration": 3})


def test_an_audit_decides_paired_gaps_only(audit):
    """Anything else is refused with the offending value."""
    with pytest.raises(InvalidInput, match=r"decides paired gaps against above"):
        audit.decide((0.1, 0.2), above=0.0)
