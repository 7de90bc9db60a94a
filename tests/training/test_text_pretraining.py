"""From a recipe of text to a checkpoint, and what another corpus means for it."""

import json
from dataclasses import replace

import pytest

from claimkit.errors import InvalidInput
from claimkit.models.checkpoint import Checkpoint
from claimkit.models.language_model import load
from claimkit.models.spec import ModelSpec
from claimkit.models.tokenizer import load_tokenizer
from claimkit.training.controls import FORWARD_BORN, RECIPES, recipe_named
from claimkit.training.text.corpus import Corpus, read_corpus
from claimkit.training.text.pretraining import pretrain_text
from claimkit.training.text.recipe import TEXT_RECIPES, TextRecipe

TINY = TextRecipe(
    "tiny",
    seed=5,
    steps=2,
    rows=2,
    window=42,
    vocabulary=300,
    layers=1,
    heads=2,
    width=16,
    inner_width=16,
    autocast="float32",
    compile=False,
)


@pytest.fixture(scope="module")
def corpus():
    """The first hundred files of the library, two of which are held out."""
    return Corpus(read_corpus().files[:100])


@pytest.fixture(scope="module")
def other(corpus):
    """The same without its last file, as another release of Python might be."""
    return Corpus(corpus.files[:-1])


def test_the_checkpoint_loads_and_tells_what_it_is(tmp_path, corpus):
    """Weights, tokenizer, recipe with its corpus, log and card are there."""
    said = []
    folder = pretrain_text(TINY, tmp_path / "run", tmp_path / "tiny", said.append, corpus)
    spec = ModelSpec(str(folder))
    checkpoint = Checkpoint.find(spec)
    card = (folder / "README.md").read_text()

    assert load(checkpoint, spec).vocabulary == len(load_tokenizer(checkpoint)) == 300
    assert checkpoint.window == 42
    assert TextRecipe.load(folder / "recipe.json") == replace(TINY, corpus=corpus.record)
    assert [json.loads(line)["step"] for line in said] == [2]
    assert "built to show nothing" in card
    assert str(corpus.record) in card
    assert "trained from scratch on 168 tokens" in card.replace("\n", " ")


def test_another_corpus_than_the_recorded_one_is_told_in_a_sentence(tmp_path, corpus, other):
    """A fresh run is of what is here, and records it."""
    said = []
    recipe = TINY.on(other.record)
    folder = pretrain_text(recipe, tmp_path / "run", tmp_path / "tiny", said.append, corpus)

    assert said[0] == (
        f"the corpus here ({corpus.record}) is not the one that tiny was made from "
        f"({other.record}), so this will be another checkpoint"
    )
    assert TextRecipe.load(folder / "recipe.json").corpus == corpus.record


def test_a_run_goes_on_with_its_own_corpus_and_recipe_only(tmp_path, corpus, other):
    """Weights of two corpora, or of two recipes, would be of none."""
    pretrain_text(TINY, tmp_path, tmp_path / "tiny", None, corpus)

    with pytest.raises(InvalidInput, match=r"holds a run on another corpus \(.*100 files.*99"):
        pretrain_text(TINY, tmp_path, tmp_path / "tiny", None, other)
    with pytest.raises(InvalidInput, match=r"another recipe \(tiny\) with seed 5 and not 6"):
        pretrain_text(replace(TINY, seed=6), tmp_path, tmp_path / "tiny", None, corpus)
    with pytest.raises(InvalidInput, match=r"another recipe \(tiny\) with seed 5 and not 6"):
        pretrain_text(replace(TINY, seed=6), tmp_path, tmp_path / "tiny", None, other)
    assert TextRecipe.load(tmp_path / "recipe.json") == TINY.on(corpus.record)


def test_a_controls_recipe_is_not_one_of_text(tmp_path):
    """A run folder of a control is refused by name."""
    path = tmp_path / "recipe.json"
    path.write_text(json.dumps(FORWARD_BORN.as_dict()))

    with pytest.raises(InvalidInput, match=r"is a recipe of kind 'control', not of text"):
        TextRecipe.load(path)


def test_a_name_that_is_nearly_the_models_is_understood():
    """Recipes of text are offered beside the controls, and no two have one name."""
    with pytest.raises(InvalidInput, match=r"'stdlib-brn'; did you mean 'stdlib-born'\?"):
        recipe_named("stdlib-brn")
    assert not set(RECIPES) & set(TEXT_RECIPES)


@pytest.mark.parametrize(
    "change, says",
    [({"optimizer": "sgd"}, "'adamw' or 'muon', got 'sgd'"), ({"window": 1}, "got window=1")],
)
def test_a_recipe_that_cannot_be_trained_is_refused(change, says):
    """At once, not after the tokenizer is trained."""
    with pytest.raises(InvalidInput, match=says):
        replace(TINY, **change)
