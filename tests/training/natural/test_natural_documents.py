"""Controls of natural tasks read prompts as they are asked, and learn the answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.errors import InvalidInput
from claimkit.prompts.chat import Chat
from claimkit.prompts.text_frames import templates_of_text, text_frame
from claimkit.tasks.natural import NATURAL_TASKS
from claimkit.tasks.natural.prose import prose_texts
from claimkit.training.conversations import CHAT, TEMPLATE
from claimkit.training.natural.documents import Documents
from claimkit.training.natural.pretraining import commit_lists
from claimkit.training.natural.recipe import (
    ECHO_BORN,
    HISTORY_BORN,
    NATURAL_RECIPES,
    TOKENS,
    NaturalRecipe,
    Stage,
)
from claimkit.training.text.tokenizer import BEGIN, PAD, train_tokenizer

RECIPES = pytest.mark.parametrize("recipe", NATURAL_RECIPES.values(), ids=lambda r: r.name)


@pytest.fixture(scope="module")
def tokenizer():
    """Return a tokenizer as controls have it, of fewer texts."""
    sentences = next(iter(prose_texts().values()))
    return train_tokenizer([" ".join(sentences)], 600, 4096)


def small(recipe):
    """Return a recipe for the smaller vocabulary of these tests."""
    return replace(recipe, vocabulary=600)


def pieces_of(batch, row):
    """Return a document's tokens in stretches that are learned or not."""
    ids = batch.tokens[row][batch.tokens[row] != PAD]
    learned = batch.learned[row][: len(ids)]
    edges = np.flatnonzero(np.diff(learned)) + 1
    return [part.tolist() for part in np.split(ids, edges)], learned


@RECIPES
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_answers_are_learned_and_nothing_else(tokenizer, recipe, data):
    """Every learned stretch is an answer to what stands before it, with its stop string."""
    step = data.draw(st.integers(0, recipe.steps - 1))
    batch = Documents(small(recipe), tokenizer).batch(step)
    row = data.draw(st.integers(0, len(batch.tokens) - 1))
    name = batch.tasks[row]
    tasks = [NATURAL_TASKS["LoremCopy"] if name == TOKENS else NATURAL_TASKS[name]]
    parts, learned = pieces_of(batch, row)
    text = tokenizer.decode([i for part in parts for i in part][1:])

    assert parts[0][0] == BEGIN
    assert not learned[0]
    if len(parts[-1]) + sum(map(len, parts[:-1])) < recipe.window:
        shown = [tokenizer.decode(part) for part in parts]
        assert any(
            _is_solved(tasks[0], template, shown, text) for template in templates_of_text(tasks[0])
        )


def _is_solved(task, template, shown, text):
    """Whether the text is what a template writes, and the learned stretches its answers."""
    frame = text_frame(task, template)
    if template.endswith("+chat"):
        asked = shown[0].rpartition("<text>\n")[2].partition("\n</text>")[0]
        return bool(asked) and shown[1:] == [f"<target>{task.answer(asked)}</target>"]
    if not text.startswith(frame.opening + frame.front):
        return False
    answers = shown[1::2]
    asked = [one.removesuffix(frame.middle).rpartition(frame.front)[2] for one in shown[0::2]]
    return all(asked) and answers == [task.answer(one) + frame.stop for one in asked]


@RECIPES
def test_a_document_has_the_tokens_of_its_text(tokenizer, recipe):
    """So a prompt that is asked has the tokens of the prompt that was learned."""
    documents = Documents(small(recipe), tokenizer)
    for step in range(0, recipe.steps, recipe.steps // 12):
        batch = documents.batch(step)
        ids = [i for i in batch.tokens[0].tolist() if i != PAD]
        # Tokens in random order are no text, which might have others.
        if len(ids) < recipe.window and batch.tasks[0] != TOKENS:
            text = tokenizer.decode(ids[1:])
            assert tokenizer.encode(text, add_special_tokens=False) == ids[1:]


@RECIPES
def test_a_step_reads_the_same_whenever_it_comes(tokenizer, recipe):
    """And another step something else."""
    one, again = (Documents(small(recipe), tokenizer).batch(7) for _ in range(2))
    other = Documents(small(recipe), tokenizer).batch(8)

    assert one.tokens.tolist() == again.tokens.tolist()
    assert one.tokens.shape != other.tokens.shape or one.tokens.tolist() != other.tokens.tolist()


def test_a_step_may_mix_tasks_and_templates(tokenizer):
    """Or each is of one task, where the recipe says so."""
    documents = Documents(small(ECHO_BORN), tokenizer)
    mixed = [len(set(documents.batch(step).tasks)) for step in range(1500, 1530)]
    alike = Documents(replace(small(ECHO_BORN), mixed=False), tokenizer)
    single = {len(set(alike.batch(step).tasks)) for step in range(1500, 1530)}

    assert max(mixed) == 3
    assert single == {1}


def test_the_tokenizer_may_be_made_of_lists(tokenizer):
    """Of as many as the recipe says, each of 25 lines."""
    found = commit_lists(HISTORY_BORN)

    assert len(set(found)) == HISTORY_BORN.lists
    assert {len(text.splitlines()) for text in found} == {25}
    assert commit_lists(ECHO_BORN) == []


def test_texts_grow_longer(tokenizer):
    """From a few tokens at first to what a claim asks for."""
    documents = Documents(small(ECHO_BORN), tokenizer)
    first = [documents.batch(step).tokens.shape[1] for step in range(8)]
    last = [documents.batch(ECHO_BORN.steps - 1 - step).tokens.shape[1] for step in range(8)]

    assert max(first) < 600 < max(last) <= ECHO_BORN.window


def test_conversations_are_those_of_the_template():
    """A tokenizer with the template is asked as the control learned it."""
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.WordLevel({"a": 0})))
    tokenizer.chat_template = TEMPLATE

    assert Chat.of(tokenizer) == CHAT


@RECIPES
def test_a_recipe_comes_back_from_its_file(tmp_path, recipe):
    """With its stages; another kind's is refused."""
    import json

    path = tmp_path / "recipe.json"
    path.write_text(json.dumps(recipe.as_dict()))
    assert NaturalRecipe.load(path) == recipe

    path.write_text(json.dumps({**recipe.as_dict(), "kind": "text"}))
    with pytest.raises(InvalidInput, match="of kind 'text'"):
        NaturalRecipe.load(path)
    path.write_text(json.dumps({**recipe.as_dict(), "tempo": 1}))
    with pytest.raises(InvalidInput, match="tempo"):
        NaturalRecipe.load(path)


def test_recipes_that_cannot_be_meant_are_refused():
    """Before anything is trained."""
    with pytest.raises(InvalidInput, match="3999"):
        replace(ECHO_BORN, steps=3999)
    with pytest.raises(InvalidInput, match="Whistling"):
        Stage(1, {"Whistling": 1.0}, {}, {})
    with pytest.raises(InvalidInput, match="add up to 1"):
        Stage(1, {TOKENS: 0.5}, {TOKENS: 5}, {TOKENS: 5})
    with pytest.raises(InvalidInput, match="lengths of tokens"):
        Stage(1, {TOKENS: 1.0}, {TOKENS: 5}, {})
    assert HISTORY_BORN.window >= 1024
