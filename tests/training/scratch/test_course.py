"""The course of a run: learning rate, exams, the end; and what is built."""

from dataclasses import replace

import pytest
import torch
from tests.training.scratch.test_examples import tiny

from claimkit.errors import InvalidInput
from claimkit.training.loop import Trainer
from claimkit.training.scratch.course import ScratchCourse, build_model
from claimkit.training.scratch.presets import PRESETS, TASKS, preset, sweep
from claimkit.training.scratch.recipe import ARCHITECTURES, ScratchRecipe


def learning(recipe, **changes):
    return replace(recipe, learning=replace(recipe.learning, **changes))


def test_published_learning_rates():
    """Absolute positions: a straight line down to nothing; rotary ones: constant."""
    absolute = ScratchCourse(preset("paper", "UR", "gpt2", 1))
    rotary = ScratchCourse(preset("paper", "UR", "llama", 1))

    assert [absolute.share(step, None) for step in (0, 15_000, 29_999)] == pytest.approx(
        [1.0, 0.5, 1 / 30_000], abs=1e-4
    )
    assert {rotary.share(step, None) for step in (0, 15_000, 29_999)} == {1.0}
    assert absolute.last_step(500) == 500


def test_a_passed_exam_begins_the_cool_down():
    """Level before; from the pass on down to nothing, then the run ends."""
    course = ScratchCourse(learning(tiny("UR"), warmup=10, steps=1000, cooldown=100))

    assert course.share(4, None) == 0.5
    assert course.share(500, None) == 1.0
    assert course.share(950, None) == pytest.approx(0.5)
    assert [course.share(step, 300) for step in (300, 350, 400)] == [1.0, 0.5, 0.0]
    assert course.last_step(300) == 400


def test_a_run_ends_after_the_exam_that_it_passed(tmp_path):
    """What is always passed ends at the first exam and its cool-down, and a resumed run knows."""
    recipe = learning(tiny("UR", growing=0), passing=0.0, exam_every=4, cooldown=3, steps=50)
    lines = list(Trainer(ScratchCourse(recipe), tmp_path).run())
    again = Trainer(ScratchCourse(recipe), tmp_path)

    assert [line["step"] for line in lines] == [4, 7]
    assert set(lines[0]["exam"]) == {"bin 1", "bin 2", "bin 3"}
    assert (again.passed, again.last, list(again.run())) == (4, 7, [])


def test_there_is_no_exam_before_all_lengths_were_seen():
    """Short strings and small gaps are easier than what is examined."""
    assert not ScratchCourse(tiny("UR", growing=1000)).is_exam(750)
    assert ScratchCourse(tiny("UR", growing=1000)).is_exam(1000)
    assert not ScratchCourse(tiny("UR", "llama", growing=1000, gaps=True)).is_exam(1750)
    assert ScratchCourse(tiny("UR", "llama", growing=1000, gaps=True)).is_exam(2000)


@pytest.mark.parametrize("whole, asked", [(False, [400, 400, 400, 2000]), (True, [2000] * 3)])
def test_what_an_exam_looks_at(monkeypatch, whole, asked):
    """A few strings on the way, all for a pass at 1.0, and in the end, by which sweeps choose."""
    course = ScratchCourse(learning(tiny("NF"), passing=1.0))
    sizes = []
    monkeypatch.setattr(
        "claimkit.training.scratch.course.accuracy_by_string",
        lambda model, strings: sizes.append(len(strings)) or torch.ones(len(strings)),
    )
    course.examine(build_model(course.recipe), whole=whole)

    assert sizes == asked


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("task", TASKS)
def test_every_preset_can_be_built_and_read_back(name, task, architecture):
    """The longest string of any bin fits, and a recipe survives its file."""
    recipe = preset(name, task, architecture, 1)
    model = build_model(recipe)
    longest = 2 * recipe.longest + 3 if recipe.copies else recipe.longest + 5

    assert model.config.max_position_embeddings >= longest
    assert ScratchRecipe.of(recipe.as_dict()) == recipe


def test_published_sizes():
    """Appendix B: the sizes chosen by the sweep."""
    sizes = {t: preset("paper", t, "gpt2", 1).sizes for t in TASKS}
    rotary = {t: preset("paper", t, "llama", 1).sizes for t in TASKS}

    assert {(sizes[t].layers, sizes[t].width) for t in ("UR", "UL", "UF", "UB")} == {(2, 64)}
    assert {(sizes[t].layers, sizes[t].width) for t in ("NRFirst", "NLFirst")} == {(4, 64)}
    assert {(rotary[t].layers, rotary[t].width) for t in ("NRFirst", "NLFirst")} == {(2, 64)}
    assert {(sizes[t].layers, sizes[t].width) for t in ("NRLast", "NLLast", "NF", "NB")} == {
        (4, 256)
    }


def test_the_published_sweep():
    """Three numbers of layers, of heads and of widths, two learning rates."""
    recipes = sweep("paper", "UR", "gpt2", 1)

    assert len(set(recipes)) == 3 * 3 * 3 * 2
    assert {round(r.learning.learning_rate, 9) for r in recipes} == {1e-3, 1e-4}


def test_the_small_sweep_moves_both_learning_rates():
    """Widths of two cores, and Muon's rate by the same factor as AdamW's."""
    recipes = sweep("small", "UR", "llama", 1)
    rates = {(r.learning.learning_rate, r.learning.matrix_learning_rate) for r in recipes}

    assert len(set(recipes)) == 3 * 3 * 2 * 2
    assert {r.sizes.width for r in recipes} == {16, 64}
    assert rates == {(1e-3, 0.02), (1e-4, 0.002)}


@pytest.mark.parametrize(
    "name, task, words",
    [("smal", "UR", "did you mean 'small'"), ("small", "NRLastFar", "none of the tasks trained")],
)
def test_what_there_is_no_preset_for_is_refused(name, task, words):
    """One sentence with the nearest name, or all of them."""
    with pytest.raises(InvalidInput, match=words):
        preset(name, task, "gpt2", 1)
