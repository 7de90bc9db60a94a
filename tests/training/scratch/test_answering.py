"""Answers by one pass, against decoding one token after the other."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from tests.training.scratch.test_examples import tiny

from claimkit.errors import InvalidInput
from claimkit.tasks import NF, UB, UF, UL, UR
from claimkit.tasks.sampling import Uniforms
from claimkit.training.loop import Trainer
from claimkit.training.scratch.answering import accuracy_by_string, token_by_token
from claimkit.training.scratch.course import ScratchCourse
from claimkit.training.scratch.examples import Marks
from claimkit.training.scratch.exams import exam
from claimkit.training.scratch.recipe import Sizes
from claimkit.training.scratch.strings import draw


@pytest.fixture(scope="module")
def taught(tmp_path_factory):
    """Models that know a little of UR and UL: right on some strings, wrong on others."""
    models = {}
    for task, steps in ((UR, 220), (UL, 160)):
        recipe = tiny(task.name, "llama", growing=0, gaps=False, symbols=15)
        recipe = replace(recipe, sizes=Sizes(layers=2, heads=4, width=32))
        folder = tmp_path_factory.mktemp(task.name)
        trainer = Trainer(ScratchCourse(recipe), folder)
        list(trainer.run(until=steps))
        models[task.name] = recipe, trainer.model.eval()
    return models


def greedy(model, prompt, tokens):
    """Decode token by token, without any shortcut."""
    ids = list(prompt)
    for _ in range(tokens):
        with torch.no_grad():
            ids.append(int(model(input_ids=torch.tensor([ids])).logits[0, -1].argmax()))
    return ids[len(prompt) :]


def test_whole_answers_are_those_of_greedy_decoding(taught):
    """On strings of which some are right and some are wrong."""
    recipe, model = taught["UR"]
    whole = exam(recipe, (6, 9), count=60)
    found = accuracy_by_string(model, whole)
    expected = whole.by_string(
        lambda episodes: np.array(
            [
                greedy(model, row[:start], episodes.width) == answer.tolist()
                for row, start, answer in zip(
                    episodes.tokens.tolist(), episodes.starts, episodes.answers, strict=True
                )
            ]
        )
    )

    assert (found == expected).all()
    assert 0 < found.mean() < 1


@pytest.mark.parametrize("retrieval, copying", [(UR, UF), (UL, UB)])
def test_copying_token_by_token_is_asking_one_question_after_the_other(taught, retrieval, copying):
    """Each answer of the model becomes the next query, until one is wrong or the end is reached."""
    recipe, model = taught[retrieval.name]
    drawn = draw(copying.group, Uniforms(2, 0), 60, (3, 6), recipe.symbols)
    marks = Marks.behind(recipe.symbols)
    expected = []
    for row, length in enumerate(drawn.lengths):
        source = drawn.contexts[row, :length].tolist()
        gold = copying.answer(source)
        answer = [gold[0]]
        while len(answer) < length:
            prompt = [marks.bos, *source, marks.sep, answer[-1]]
            answer += greedy(model, prompt, 1)
        expected.append(answer == gold)
    found = token_by_token(model, copying, drawn, recipe.symbols)

    assert found.tolist() == expected
    assert 0 < found.mean() < 1


def test_only_unique_sources_are_copied_token_by_token(taught):
    """In others no symbol says what follows it."""
    recipe, model = taught["UR"]
    drawn = draw(NF.group, Uniforms(2, 0), 5, (3, 6), 4)

    with pytest.raises(InvalidInput, match="only UF and UB are copied token by token, got NF"):
        token_by_token(model, NF, drawn, recipe.symbols)
