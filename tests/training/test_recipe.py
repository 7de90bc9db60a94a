import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.errors import InvalidInput
from claimkit.tasks import PAIRS, TASKS, task_name
from claimkit.training.recipe import FORWARD, MIRROR, Recipe, Stage, shares
from claimkit.training.text.recipe import STDLIB_BORN, TextRecipe

STAGES = (Stage(steps=3, rows=2, window=64), Stage(steps=5, rows=4, window=32))


def recipe(**changes):
    """A small recipe."""
    return Recipe(**{"name": "tiny", "shares": shares(0.9), "seed": 1, "stages": STAGES, **changes})


@given(right=st.floats(0, 1))
def test_shares_sum_to_one_and_split_as_asked(right):
    """All documents follow some task, and the stated share of them points right."""
    found = shares(right)
    pointing_right = sum(share for name, share in found.items() if TASKS[name].direction == "right")

    assert set(found) == set(TASKS)
    assert sum(found.values()) == pytest.approx(1)
    assert pointing_right == pytest.approx(right)


@given(right=st.floats(0, 1))
def test_the_mirror_image_exchanges_left_and_right(right):
    """A backward-born control sees what a forward-born one sees, mirrored."""
    one, other = shares(right), shares(1 - right)

    for a, b in PAIRS:
        assert one[a.name] == pytest.approx(other[b.name])


@pytest.mark.parametrize("right, left", PAIRS, ids=task_name)
def test_the_even_control_sees_both_directions_equally(right, left):
    """Half of the documents of each pair point each way."""
    even = shares(0.5)

    assert even[right.name] == pytest.approx(even[left.name])


def test_the_mirror_table_is_the_pairs():
    """Each right task mirrors into the left task it is compared with."""
    assert {right.name: left.name for right, left in PAIRS} == MIRROR
    assert set(FORWARD) == set(MIRROR)


def test_the_stated_shares_make_nine_tenths():
    """The table can be read as shares of the forward-born control's documents."""
    assert sum(FORWARD.values()) == pytest.approx(0.9)
    assert {name: shares(0.9)[name] for name in FORWARD} == pytest.approx(FORWARD)


def test_every_step_belongs_to_the_stage_that_covers_it():
    """Stages follow one another without gap or overlap."""
    found = Counter(recipe().stage_at(step) for step in range(recipe().steps))

    assert recipe().steps == 8
    assert found == {STAGES[0]: 3, STAGES[1]: 5}
    assert [recipe().stage_at(step) for step in (2, 3)] == list(STAGES)


def test_a_step_behind_the_last_is_refused():
    """The message gives the step and the number of steps."""
    with pytest.raises(InvalidInput, match="step 8 lies behind the last of 8 steps"):
        recipe().stage_at(8)


def test_tokens_count_every_row_of_every_step():
    """3 steps of 2 · 64 tokens and 5 of 4 · 32 are 1024."""
    assert recipe().tokens == 1024


def test_a_recipe_survives_being_written_and_read(tmp_path):
    """``recipe.json`` leads back to an equal recipe."""
    path = tmp_path / "recipe.json"
    path.write_text(json.dumps(recipe(optimizer="adamw").as_dict()))

    assert Recipe.load(path) == recipe(optimizer="adamw")


def test_a_recipe_that_starts_from_a_control_survives_being_written(tmp_path):
    """So do the lengths of its sources, which JSON has as a list."""
    further = recipe(start="even-born", stages=(Stage(2, 4, 64, sources=(3, 10)),))
    path = tmp_path / "recipe.json"
    path.write_text(json.dumps(further.as_dict()))

    assert Recipe.load(path) == further


def test_a_recipe_without_them_is_written_as_it_always_was():
    """The recipes beside the weights of older controls stay true."""
    plain = recipe().as_dict()

    assert "start" not in plain
    assert all("sources" not in stage for stage in plain["stages"])


@pytest.mark.parametrize("load", [Recipe.load, TextRecipe.load])
@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b'{"kind": "text"}', b'{"stages": [1]}'])
def test_a_damaged_or_foreign_recipe_is_one_sentence(tmp_path, load, content):
    """The file is named, and what to give instead."""
    path = tmp_path / "recipe.json"
    path.write_bytes(content)

    with pytest.raises(InvalidInput) as error:
        load(path)

    assert str(error.value).startswith(str(path))
    assert "give a" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_recipe_of_text_is_not_a_controls(tmp_path):
    """The folder of one is not gone on with as that of the other."""
    path = tmp_path / "recipe.json"
    path.write_text(json.dumps(STDLIB_BORN.as_dict()))

    with pytest.raises(InvalidInput, match="is a recipe of kind 'text', not of a control"):
        Recipe.load(path)
