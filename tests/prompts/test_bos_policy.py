import numpy as np
import pytest

from claimkit.tasks import NF, UF, UR, Setting, task_name
from claimkit.tasks.questions import draw_questions


def asked(prompter, task, setting, stop=8):
    """Questions and their episodes."""
    questions = draw_questions(task.group, setting, stop)
    return questions, prompter.episodes(task, questions)


@pytest.mark.parametrize(
    "name, policy, begins",
    [
        ("bpe", "none: the tokenizer has no BOS token", 0),
        ("bpe, idle BOS", "none: the tokenizer does not add its BOS token 0", 0),
        ("bpe, added BOS", "token 0, as the tokenizer adds it", 1),
        ("bpe, literal BOS", "token 0, as the tokenizer adds it", 1),
        ("words", "token 1, as the tokenizer adds it", 1),
    ],
)
@pytest.mark.parametrize("task", [UR, UF, NF], ids=task_name)
def test_a_prompt_begins_with_bos_exactly_where_the_tokenizer_adds_it(
    tokenizers, prompter_of, name, policy, begins, task
):
    """BOS comes first, once, and never where the tokenizer would not put it."""
    prompter = prompter_of(name, task, Setting(9, 20))
    _, episodes = asked(prompter, task, Setting(9, 20))
    first = (episodes.tokens[:, :2] == tokenizers[name].bos_token_id).sum(axis=1)

    assert prompter.bos.name == policy
    assert first.tolist() == [begins] * 8


@pytest.mark.parametrize("name", ["bpe, literal BOS", "words"])
def test_a_copy_line_that_begins_with_bos_gets_no_second_one(tokenizers, prompter_of, name):
    """``<bos>`` is the BOS token there: one per line, none beside another."""
    tokenizer, setting = tokenizers[name], Setting(length=6, symbols=20)
    _, episodes = asked(prompter_of(name, UF, setting), UF, setting)
    places = episodes.tokens == tokenizer.bos_token_id
    places &= np.arange(places.shape[1]) < episodes.lengths[:, None]

    assert places.sum(axis=1).tolist() == [6] * 8
    assert not (places[:, 1:] & places[:, :-1]).any()
