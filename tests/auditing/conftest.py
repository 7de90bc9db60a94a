"""A checkpoint that knows nothing: random weights, the controls' vocabulary, a window of 256."""

import pytest

from claimkit.auditing.observing import Observer
from claimkit.auditing.subject import Subject
from claimkit.models.spec import ModelSpec


@pytest.fixture(scope="session")
def random_checkpoint(tmp_path_factory):
    from claimkit.training import vocabulary
    from claimkit.training.control_course import build_model
    from claimkit.training.recipe import Recipe, shares

    folder = tmp_path_factory.mktemp("models") / "random-born"
    recipe = Recipe(
        "random-born", shares(0.5), 0, (), layers=1, width=32, inner_width=32, positions=256
    )
    build_model(recipe).save_pretrained(str(folder))
    vocabulary.save_tokenizer(folder, recipe.positions)
    return folder


def options(checkpoint, evidence):
    return {"spec": ModelSpec(str(checkpoint), device="cpu"), "evidence": evidence}


@pytest.fixture
def open_subject(random_checkpoint, tmp_path):
    """Open the random checkpoint, each time as a new process would."""

    def opened(evidence=tmp_path / "evidence"):
        return Subject.open(Subject.prepare(**options(random_checkpoint, evidence)), evidence)

    return opened


@pytest.fixture
def observer(open_subject):
    return Observer(open_subject())
