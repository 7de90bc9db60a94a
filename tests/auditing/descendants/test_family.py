"""Making the descendants that are missing, with a preset of a few steps."""

import time
from dataclasses import replace

import pytest

from claimkit.auditing.descendants.cost import not_run
from claimkit.auditing.descendants.strings import CLAIM, COUNTS
from claimkit.errors import InvalidInput, NotApplicable
from claimkit.evidence.verdicts import Verdict
from claimkit.models.spec import ModelSpec
from claimkit.tasks import UR
from claimkit.training.finetuning import presets

STEPS = 4


@pytest.fixture
def quick(monkeypatch):
    """The small preset, shorter: few steps, few strings."""
    given = presets._small("UR")
    learning = replace(given["learning"], steps=STEPS, batch=4, warmup=1, cooldown=1, exam_every=2)
    monkeypatch.setitem(presets.PRESETS, "small", lambda task: {**given, "learning": learning})
    monkeypatch.setitem(COUNTS, CLAIM, 64)


@pytest.mark.parametrize("method, folder", [("full", "tiny-born"), ("lora", "tiny-born-lora")])
def test_what_is_missing_is_made_once(house, quick, method, folder):
    """The first claim makes the descendant, the next one finds it; adapters lie apart."""
    told = []
    audit = house.audit(finetune=method, training=lambda *line: told.append(line))
    first = audit.decide(audit.accuracy(UR), at_least=0.95)
    weights = house.root / "finetuned" / folder / "UR" / "1" / "model.safetensors"
    made = weights.stat().st_mtime_ns
    steps = len(told)

    again = house.audit(finetune=method, training=lambda *line: told.append(line))
    second = again.decide(again.accuracy(UR), at_least=0.95)

    assert (told[0][1:], told[-1][1:]) == ((0, STEPS), (STEPS, STEPS))
    assert (weights.stat().st_mtime_ns, len(told)) == (made, steps)
    assert first.verdict is second.verdict is Verdict.NOT_APPLICABLE
    assert "UR was not learned" in first.reason
    assert first.learning == second.learning
    assert first.learning[1].runs[0].exams[-1][0] == STEPS


def test_the_end_of_the_time_ends_a_training(house, quick):
    """The claim is undecided; what was made is taken up, and handed on once it is whole."""
    made = []
    audit = house.audit(finetune="full", trained=made.append)
    audit.family.measurer.limits.deadline = time.time()
    none = audit.decide(audit.accuracy(UR), at_least=0.95)

    def spend(label, step, total):
        limits.deadline = time.time()

    audit = house.audit(finetune="full", training=spend, trained=made.append)
    limits = audit.family.measurer.limits
    part = audit.decide(audit.accuracy(UR), at_least=0.95)
    assert made == []

    whole = house.audit(finetune="full", trained=made.append)
    whole.decide(whole.accuracy(UR), at_least=0.95)

    reason = "the time budget was used up before tiny-born-UR-small-1 was trained"
    assert (none.verdict, none.reason) == (Verdict.UNDECIDED, reason)
    assert (part.verdict, part.reason) == (Verdict.UNDECIDED, reason)
    assert [run.name for run in made] == ["tiny-born-UR-small-1"]


def test_the_base_is_named_with_how_it_ran(house, quick):
    """Once it did."""
    audit = house.audit(finetune="full")
    before = audit.describe()
    audit.decide(audit.accuracy(UR), at_least=0.95)

    assert before == {"model": "tiny-born", "fingerprint": before["fingerprint"]}
    assert audit.describe() == {**before, "dtype": "float32", "device": "cpu"}


@pytest.mark.parametrize("changed", [{"lengths": (6, 20)}, {"pool": 7}], ids=str)
def test_seeds_with_other_strings_are_refused_and_not_dropped(house, changed):
    """Their figures cannot stand beside each other."""
    house.add(UR, seed=1)
    house.add(UR, seed=2, **changed)
    audit = house.audit()

    with pytest.raises(InvalidInput, match=r"UR/2 has training lengths .* keep one of the two"):
        audit.decide(audit.accuracy(UR), at_least=0.95)


def test_without_leave_nothing_is_trained(house, quick):
    """Descendants of a model that nobody wanted to fine-tune are not made."""
    audit = house.audit()

    with pytest.raises(NotApplicable, match="no descendant of tiny-born, preset small"):
        audit.decide(audit.accuracy(UR), at_least=0.95)
    assert not house.root.exists()


def test_the_cost_is_told_in_gpu_minutes(base):
    """A tiny model's ten descendants are a few minutes."""
    sentence = not_run(ModelSpec(str(base)))

    assert sentence.startswith("not run: needs --finetune; about ")
    assert sentence.endswith((" GPU minute", " GPU minutes"))
