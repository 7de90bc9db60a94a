"""Documents that name the rule behind their lines, read back word by word."""

import numpy as np
import pytest

from claimkit.tasks import TASKS, Retrieval
from claimkit.tasks.sampling import Uniforms
from claimkit.training import vocabulary
from claimkit.training.documents import DocumentStream
from claimkit.training.recipe import shares
from claimkit.training.retrieval_documents import taught_documents

RULES = {
    (task.direction,) if task.occurrence == "only" else (task.direction, task.occurrence): task
    for task in TASKS.values()
    if isinstance(task, Retrieval)
}


@pytest.fixture(scope="module")
def stretches():
    """(lines, rule words) of every rule that is named in full."""
    words = np.array(vocabulary.words(), dtype=object)
    batch = taught_documents(Uniforms(3, 0), list(RULES.values()), rows_wanted=20, window=256)
    found = []
    for tokens in batch.tokens:
        text = " ".join(words[tokens])
        for stretch in text.split("<bos>")[1:-1]:
            *lines, rule, _ = stretch.split("\n")
            found.append((lines, tuple(rule.split())))
    return found


def test_the_rule_that_is_named_is_the_one_that_was_followed(stretches):
    """Every line, worked out again by the named rule, has the answer that it shows."""
    for lines, rule in stretches:
        for line in lines:
            context, _, asked = line.partition("|")
            query, _, answer = asked.partition(":")

            assert RULES[rule].answer(context.split(), query.strip()) == answer.strip()


def test_all_rules_are_named(stretches):
    """Directions and occurrences all come up, behind one to three lines."""
    assert {rule for _, rule in stretches} == set(RULES)
    assert {len(lines) for lines, _ in stretches} == {1, 2, 3}


def test_only_names_and_later_answers_are_learned():
    """The first answer under a new rule cannot be known; the name and later answers can."""
    words = np.array(vocabulary.words(), dtype=object)
    batch = taught_documents(Uniforms(4, 0), list(RULES.values()), rows_wanted=10, window=256)
    for tokens, learned in zip(batch.tokens, batch.learned, strict=True):
        seen = 0
        for word, flag, before in zip(words[tokens], learned, [None, *words[tokens]], strict=False):
            seen = 0 if word == "<bos>" else seen + (before == ":")
            is_answer = before == ":" and seen > 1

            assert flag == (is_answer or word in {"right", "left", "first", "last"})


def test_taught_documents_take_their_share():
    """A share of the retrieval documents, rounded; copying documents stay."""
    plain = DocumentStream(shares(0.5), 1).batch(0, 20, 64)
    taught = DocumentStream(shares(0.5), 1, taught=0.5).batch(0, 20, 64)
    retrieval = sum(isinstance(TASKS[name], Retrieval) for name in plain.tasks)

    assert taught.tasks.count("rule") == round(0.5 * retrieval)
    assert len(taught.tasks) == len(plain.tasks) == 20
