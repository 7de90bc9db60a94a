"""Hunts on real models: what was planted is found and shrunk to what it was known to be."""

import runpy
from pathlib import Path

import pytest

from claimkit.auditing.asks import Ask
from claimkit.auditing.hunting.on_model import Quarry
from claimkit.auditing.hunting.questions import Question
from claimkit.auditing.observing import Observer
from claimkit.auditing.subject import Subject
from claimkit.errors import BudgetUsedUp, NotApplicable
from claimkit.models.bundled import bundled_models
from claimkit.models.spec import ModelSpec
from claimkit.tasks import NB, NF, UB, UL, UR, Setting, sample

PLANTED = runpy.run_path(str(Path(__file__).parents[2] / "models" / "planted.py"))
REPEATS, BOTH = PLANTED["repeats"](9), PLANTED["conjunction"](5, 9, 3)
# One demonstration makes short prompts, and so a quick test.
BRIEF = {"demonstrations": 1}


@pytest.fixture(scope="module")
def evidence(tmp_path_factory):
    return tmp_path_factory.mktemp("evidence")


def quarry_of(evidence, task, length, flaw=None, **options):
    """Return forward-born, or a copy with a flaw planted in it, ready to be hunted on."""
    spec = ModelSpec(str(bundled_models() / "forward-born"), device="cpu")
    subject = Subject.open(Subject.prepare(spec, evidence), evidence)
    quarry = Quarry.of(Observer(subject), Ask(task, length, {**BRIEF, **options}))
    if flaw is not None:
        subject.language_model = PLANTED["planted"](quarry.prompter, task, flaw)
    return quarry


def drawn(task, lengths, strings=4):
    """Return questions of several lengths, in no order of length."""
    found = []
    for seed, length in enumerate(lengths):
        some = sample(task.group, length, 62, seed, strings)
        for row, context in enumerate(some.contexts.tolist()):
            query = None if some.queries is None else int(some.queries[row])
            found.append(Question(tuple(context), query))
    return found


@pytest.mark.parametrize("task", [UR, NF], ids=["UR", "NF"])
def test_the_oracle_and_the_model_itself_agree_with_what_was_planted(evidence, task):
    """Questions of several lengths get the margin of their own, whatever they are asked with."""
    quarry = quarry_of(evidence, task, 12, REPEATS)
    questions = drawn(task, (9, 6, 12, 7))
    questions.append(Question((9, 0, 9), 0) if task is UR else Question((9, 9)))
    wrong = [REPEATS(list(question.context), question.query) for question in questions]

    assert any(wrong)
    assert quarry.margins(questions) == pytest.approx([-1.0 if bad else 1.0 for bad in wrong])
    assert [not quarry.reply(question).right for question in questions] == wrong


@pytest.mark.parametrize("task", [UL, NB], ids=["UL", "NB"])
def test_a_question_gets_the_same_margin_alone_and_among_others(evidence, task):
    """Padding and company do not matter, on the real model either."""
    quarry = quarry_of(evidence, task, 10)
    questions = drawn(task, (8, 6, 10), strings=3)

    together = quarry.margins(questions)

    alone = [quarry.margins([question])[0] for question in questions]
    assert together == pytest.approx(alone, abs=1e-3)
    assert [quarry.reply(question).right for question in questions] == [m > 0 for m in together]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "task, flaw, length, least",
    [
        # The query needs a neighbour on either side, so it stands between the two.
        (UR, REPEATS, 12, Question((9, 0, 9), 0)),
        (NF, REPEATS, 12, Question((9, 9))),
        # In 4,096 strings of 12 symbols both conditions would hardly ever meet.
        (UR, BOTH, 30, Question((5, 9, 3), 9)),
    ],
    ids=["UR, a repeat", "NF, a repeat", "UR, a conjunction"],
)
def test_a_planted_flaw_is_shrunk_to_its_known_minimum(evidence, task, flaw, length, least, seed):
    """From nothing but draws: the margin gives no slope."""
    quarry = quarry_of(evidence, task, length, flaw)

    found = quarry.hunt([], seed).found

    assert (found.question, found.margin) == (least, pytest.approx(-1.0))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("task, length", [(UL, 3), (UB, 1), (NB, 2)], ids=["UL", "UB", "NB"])
def test_real_failures_are_shrunk_to_the_least_there_is(evidence, task, length, seed):
    """No simpler question of that length is wrong; no question is shorter."""
    quarry = quarry_of(evidence, task, 10, demonstrations=5)

    found = quarry.hunt([], seed).found.question

    assert len(found.context) == length
    simpler = SIMPLER[task](found)
    assert not simpler or min(quarry.margins(simpler)) > 0


SIMPLER = {
    # Both symbols of a source of two are the same, or nothing would repeat.
    NB: lambda found: [Question((s, s)) for s in range(found.context[0])],
    UB: lambda found: [Question((s,)) for s in range(found.context[0])],
    # Symbol 0 on both sides of symbol 1 is the very first.
    UL: lambda found: [] if found == Question((0, 1, 0), 1) else [Question((0, 1, 0), 1)],
}


def test_the_same_seed_gives_the_same_hunt(evidence, tmp_path):
    """In a store of its own, and after other hunts in this process."""
    first = quarry_of(evidence, NB, 10).hunt([])

    assert quarry_of(tmp_path, NB, 10).hunt([]) == first


def test_nothing_is_asked_when_the_time_is_over(evidence):
    """A hunt ends where its time does, and the sentence says so."""
    quarry = quarry_of(evidence, NB, 10)
    quarry.observer.limits.deadline = 0.0

    with pytest.raises(BudgetUsedUp, match="time budget was used up before the hunt on NB"):
        quarry.margins([Question((0, 0))])


def test_what_cannot_be_asked_is_not_hunted_on(evidence):
    """A length without questions and one beyond the window have their reason."""
    with pytest.raises(NotApplicable, match="needs at least 3 symbols"):
        quarry_of(evidence, UL, 2)
    with pytest.raises(NotApplicable, match="window too short"):
        quarry_of(evidence, NB, 2000)


def test_demonstrations_stay_as_the_length_changes(evidence):
    """All prompts of a hunt begin alike."""
    quarry = quarry_of(evidence, NB, 30, demonstrations=2)
    assert quarry.setting == Setting(length=30, symbols=62, demonstrations=2)

    prompts = {quarry.reply(Question((0,) * n)).prompt.rpartition("\n")[0] for n in (2, 3, 30)}

    assert len(prompts) == 1
