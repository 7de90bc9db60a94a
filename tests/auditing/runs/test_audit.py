"""Audits of runs: every kind of claim holds for some run and fails for another."""

import json

import numpy as np
import pytest
from tests.auditing.runs.planting import plant

from claimkit.auditing.limits import BUDGET_USED_UP
from claimkit.auditing.runs.published import published
from claimkit.auditing.runs.reading import STRINGS, Question
from claimkit.errors import InvalidInput, ModelError, NotApplicable, StoreError
from claimkit.evidence.verdicts import Judgement, Verdict
from claimkit.models.bundled import bundled_runs
from claimkit.tasks import NF, UB, UF, UL, UR, NLFirst, NLLast, NRFirst, NRLast
from claimkit.training.runs import SEED, find_scratch

HOLDS, FAILS = Verdict.HOLDS, Verdict.FAILS


@pytest.mark.parametrize("place", [1, 2, 3])
def test_a_run_that_keeps_its_task_is_found_to(audit, place):
    """All strings are right, and the interval says how sure that is: 0.001 ** (1 / 2000)."""
    request = audit.accuracy(UL, architecture="gpt2", bin=place)

    judgement = audit.decide(request, at_least=0.95)

    assert (judgement.verdict, judgement.estimate.value) == (HOLDS, 1.0)
    assert judgement.estimate.interval.low == pytest.approx(0.001 ** (1 / STRINGS))
    assert (judgement.estimate.samples, judgement.estimate.unit) == (2000, "strings")


@pytest.mark.parametrize(
    "task, thresholds, verdict",
    [
        (NRFirst, {"at_least": 0.95}, FAILS),
        (NRFirst, {"at_most": 0.95}, HOLDS),
        (NRLast, {"at_most": 0.95}, FAILS),
    ],
)
def test_both_sides_of_the_claim_can_fail(audit, task, thresholds, verdict):
    """A task that should last and does not is told, and one that should not and does."""
    request = audit.accuracy(task, architecture="gpt2", bin=3)

    assert audit.decide(request, **thresholds).verdict == verdict


def test_a_judgement_shows_the_runs_beside_the_paper(audit):
    """Seeds are the runs, the strings the sample: two runs give one number for each string."""
    judgement = audit.decide(audit.accuracy(UR, architecture="gpt2", bin=2), at_least=0.95)

    assert judgement.label == "UR, GPT-2 from scratch, lengths 9–12"
    assert judgement.reason == "seeds 1, 2 have 1.000, 1.000; the paper has 0.992 at lengths 51–100"
    assert [(cell.place, cell.bin, cell.judged) for cell in judgement.learning] == [
        (1, "6–8", False),
        (2, "9–12", True),
        (3, "13–16", False),
    ]
    cell = judgement.learning[1]
    assert [(run.seed, run.accuracy, run.strings) for run in cell.runs] == [
        (1, 1.0, 2000),
        (2, 1.0, 2000),
    ]
    assert (cell.task, cell.architecture, cell.preset) == ("UR", "gpt2", "small")
    assert (cell.published, cell.runs[0].exams) == (published("UR", "gpt2", 2), ((100, 0.5),))


def test_a_judgement_survives_its_journal(audit):
    """With all figures, through JSON."""
    judgement = audit.decide(audit.accuracy(UR, architecture="gpt2", bin=2), at_least=0.95)

    assert Judgement.from_dict(json.loads(json.dumps(judgement.to_dict()))) == judgement


def test_what_was_not_learned_is_not_judged(audit):
    """A run that cannot do its task at its own lengths says nothing of longer ones."""
    judgement = audit.decide(audit.accuracy(NLLast, architecture="gpt2", bin=3), at_most=0.95)

    assert (judgement.verdict, judgement.estimate) == (Verdict.NOT_APPLICABLE, None)
    assert judgement.reason.startswith("no run of NLLast learned its task: seed 2 has 0.")
    assert judgement.reason.endswith(" at lengths 6–8, where a run counts from 0.99 on")
    assert [run.learned for cell in judgement.learning for run in cell.runs] == [False] * 3


def test_a_run_that_did_not_learn_is_left_out_and_told(audit):
    """The others are judged without it."""
    judgement = audit.decide(audit.accuracy(NLFirst, architecture="gpt2", bin=2), at_least=0.95)

    assert (judgement.verdict, judgement.estimate.value) == (HOLDS, 1.0)
    assert "seed 1 has 1.000; the paper has 1.000 at lengths 51–100; " in judgement.reason
    assert "; 1 run of NLFirst left out: seed 2 has 0." in judgement.reason
    assert [(run.seed, run.learned) for run in judgement.learning[1].runs] == [
        (1, True),
        (2, False),
    ]


@pytest.mark.parametrize(
    "architecture, verdict, gap", [("gpt2", HOLDS, 0.0), ("llama", FAILS, 1.0)]
)
def test_gaps_are_paired_and_two_sided(audit, architecture, verdict, gap):
    """Two runs that keep their tasks are alike; one that loses it is not like one that keeps it."""
    request = audit.gap(UR, UL, architecture=architecture, bin=3)

    judgement = audit.decide(request, within=0.05)

    assert judgement.verdict == verdict
    assert judgement.estimate.value == pytest.approx(gap, abs=0.01)
    assert judgement.estimate.unit == "pairs"
    assert {cell.task for cell in judgement.learning if cell.judged} == {"UR", "UL"}
    assert judgement.reason.startswith("UR: seed")


def test_the_tasks_of_a_gap_are_asked_about_the_same_strings(planted_root):
    """Contexts and queries agree string by string, and with other seeds of the same task."""
    (right, other), (left,) = (
        find_scratch(planted_root, "small", task, "gpt2") for task in ("UR", "UL")
    )

    digests = [Question(run, 2).strings.digests for run in (right, other, left)]

    np.testing.assert_array_equal(digests[0], digests[1])
    np.testing.assert_array_equal(digests[0], digests[2])


@pytest.mark.parametrize(
    "task, place, verdict", [(UF, 1, HOLDS), (UF, 3, HOLDS), (UB, 1, HOLDS), (UB, 3, FAILS)]
)
def test_copying_token_by_token(audit, task, place, verdict):
    """A run of UR copies forward where it knows its way, one of UL backward."""
    judgement = audit.decide(audit.token_by_token(task, bin=place), at_least=0.95)

    assert judgement.verdict == verdict
    assert judgement.label.startswith(f"{task.name} by ")
    assert judgement.learning[0].means == judgement.label.partition(" by ")[2].partition(", Ll")[0]
    assert judgement.learning[place - 1].published == published(
        task.name, "llama", place, step=True
    )


@pytest.mark.parametrize("task", [NF, UF])
def test_a_task_without_runs_is_not_applicable(audit, task):
    """And the sentence says how to get one."""
    with pytest.raises(
        NotApplicable, match=rf"no finished run of {task.name}, GPT-2.*claimkit tra"
    ):
        audit.decide(audit.accuracy(task, architecture="gpt2", bin=2), at_least=0.95)


def test_what_is_missing_is_trained_where_that_is_asked_for(opened, tmp_path):
    """Once: the next judgement finds the run."""
    asked = []

    def train(recipe, folder):
        asked.append((recipe.name, folder.relative_to(tmp_path).as_posix()))
        plant(tmp_path, recipe.task, seed=recipe.seed)

    audit = opened(root=tmp_path, train=train)
    for place in (2, 3):
        request = audit.accuracy(UR, architecture="gpt2", bin=place)
        assert audit.decide(request, at_least=0.95).verdict == HOLDS

    assert asked == [("UR-gpt2-small-1", f"scratch/small/gpt2/UR/{SEED}")]


def test_without_time_nothing_is_trained(opened, tmp_path):
    """The claim is undecided for lack of time, as one is whose strings were not measured."""
    asked = []
    audit = opened(root=tmp_path, train=lambda *run: asked.append(run), deadline=0.0)

    judgement = audit.decide(audit.accuracy(UR, architecture="gpt2", bin=2), at_least=0.95)

    assert (judgement.verdict, asked) == (Verdict.UNDECIDED, [])
    assert judgement.reason == "the time budget was used up before UR-gpt2-small-1 was trained"
    assert judgement.label == "UR, GPT-2 from scratch, bin 2"


@pytest.mark.parametrize(
    "preset, root, remedy",
    [
        ("paper", None, "claimkit train UB --arch gpt2 --preset paper`, then give --runs runs, or"),
        ("small", "mine", "claimkit train UB --arch gpt2 --preset small --runs mine`, or give --t"),
        ("custom", "mine", "train one with `claimkit train --recipe FILE --runs mine`"),
    ],
)
def test_the_remedy_trains_what_is_then_read(opened, tmp_path, monkeypatch, preset, root, remedy):
    """In words without an absolute path, since snapshots have them; a custom run needs its file."""
    monkeypatch.chdir(tmp_path)
    place = bundled_runs() if root is None else tmp_path / root
    audit = opened(root=place, preset=preset)

    with pytest.raises(NotApplicable) as caught:
        audit.decide(audit.accuracy(UB, architecture="gpt2", bin=2), at_least=0.95)

    assert remedy in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_a_preset_that_only_runs_have_is_not_trained(opened, tmp_path):
    """What its numbers are, --train does not know."""
    audit = opened(root=tmp_path, preset="custom", train=lambda *run: run[0])

    with pytest.raises(NotApplicable, match="--recipe FILE --runs"):
        audit.decide(audit.accuracy(UR, architecture="gpt2", bin=2), at_least=0.95)


@pytest.mark.parametrize("line", ['{"step": 5, "exam": 5}', '{"step": 5, "exam": {"bin 1": 0.5}}'])
def test_a_damaged_log_has_no_curve(opened, tmp_path, line):
    """It is warned of, and verdicts rest on the weights as before."""
    (plant(tmp_path, "UR") / "log.jsonl").write_text(f"{line}\n")
    audit = opened(root=tmp_path)

    with pytest.warns(UserWarning, match=r"no curve of UR-gpt2-small-1: line 1 of .* is damaged"):
        judgement = audit.decide(audit.accuracy(UR, architecture="gpt2", bin=2), at_least=0.95)

    assert judgement.verdict == HOLDS
    assert [run.exams for cell in judgement.learning for run in cell.runs] == [()] * 3


def test_what_is_stored_is_not_measured_again(opened, audit, monkeypatch):
    """Weights are not even loaded."""
    request = audit.accuracy(UR, architecture="gpt2", bin=2)
    first = audit.decide(request, at_least=0.95)
    monkeypatch.setattr("claimkit.models.language_model.load", None)

    again = opened().decide(request, at_least=0.95)

    assert (again.estimate, again.learning) == (first.estimate, first.learning)


def test_without_time_a_verdict_stays_open(opened, tmp_path):
    """What would have to be measured is not; what is stored is read whatever the time."""
    audit = opened(deadline=0.0, evidence=tmp_path)

    judgement = audit.decide(audit.accuracy(UR, architecture="gpt2", bin=2), at_least=0.95)

    assert (judgement.verdict, judgement.estimate) == (Verdict.UNDECIDED, None)
    assert judgement.reason.startswith(BUDGET_USED_UP)


def test_outcomes_of_other_strings_are_refused(opened, tmp_path, monkeypatch):
    """A store that was filled by another version is told apart, not mixed in."""
    audit = opened(evidence=tmp_path)
    request = audit.accuracy(UL, architecture="gpt2", bin=1)
    audit.decide(request, at_least=0.95)
    other = Question(find_scratch(audit.shelf.root, "small", "UL", "gpt2")[0], 2).strings
    monkeypatch.setattr(Question, "strings", property(lambda self: other))

    with pytest.raises(StoreError, match="other strings than this version of claimkit draws"):
        opened(evidence=tmp_path).decide(request, at_least=0.95)


def test_a_run_with_broken_weights_is_an_error(opened, tmp_path):
    """No figure comes of weights that are no numbers."""
    from safetensors.numpy import load_file, save_file

    weights = plant(tmp_path, "UR") / "model.safetensors"
    tensors = load_file(weights)
    tensors["lm_head.weight"][0, 0] = np.nan
    save_file(tensors, weights, metadata={"format": "pt"})
    audit = opened(root=tmp_path)

    with pytest.raises(ModelError, match="finite"):
        audit.decide(audit.accuracy(UR, architecture="gpt2", bin=2), at_least=0.95)


def test_runs_of_different_bins_are_not_averaged(opened, tmp_path):
    """They were asked about different strings."""
    plant(tmp_path, "UR", seed=1)
    plant(tmp_path, "UR", seed=2, bins=((6, 8), (9, 12), (13, 15)), symbols=16)
    audit = opened(root=tmp_path)

    with pytest.raises(InvalidInput, match="keep one of the two elsewhere"):
        audit.decide(audit.accuracy(UR, architecture="gpt2", bin=2), at_least=0.95)


@pytest.mark.parametrize(
    "thresholds, words",
    [
        ({"within": 0.05}, "accuracies against at_least"),
        ({"at_least": 95}, "write 0.95, not 95"),
        ({}, "got none of them"),
    ],
)
def test_a_requirement_that_does_not_fit_is_refused(audit, thresholds, words):
    """Before anything is measured."""
    request = audit.accuracy(UR, architecture="gpt2", bin=2)

    with pytest.raises(InvalidInput, match=words):
        audit.decide(request, **thresholds)
