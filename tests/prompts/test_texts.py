"""Natural questions in words: what is shown, how it is cut, and what stands around it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.errors import Unsupported
from claimkit.prompts.chat import CLOSE, OPEN
from claimkit.prompts.text_frames import WITH_CHAT, templates_of_text, text_frame
from claimkit.prompts.texts import SHOWN_LENGTHS, check_texts, cut, drawn_texts, written
from claimkit.tasks import Setting
from claimkit.tasks.natural import (
    CHERRY_PICK_ORDER,
    LOREM_COPY,
    NATURAL_TASKS,
    REVERT_ORDER,
    NaturalGroup,
)
from claimkit.training.text.tokenizer import train_tokenizer

TASKS = st.sampled_from(sorted(NATURAL_TASKS.values(), key=str))
WORDS = st.lists(st.sampled_from(["a", "bc", "def", "ghij."]), min_size=1, max_size=30)


class Letters:
    """A tokenizer of one token a letter, spaces included: the slowest there is to read."""

    def encode(self, text, *, add_special_tokens):
        """Return the letters' numbers."""
        assert not add_special_tokens
        return [ord(letter) for letter in text]


@pytest.fixture(scope="module")
def tokenizer():
    """Return a byte-level BPE tokenizer."""
    return train_tokenizer(["Dolor sit amet, consectetur adipiscing elit. " * 9], 300, 4096)


def setting(template, length=5, demonstrations=0):
    """Return a setting of a natural task."""
    return Setting(length=length, symbols=1, template=template, demonstrations=demonstrations)


@given(WORDS, st.data())
def test_a_cut_text_has_as_many_words_as_fit(words, data):
    """And no more, and always one; what is left is the beginning of the text."""
    text = " ".join(words)
    budget = data.draw(st.integers(1, len(text)))
    found = cut(text, Letters(), budget)
    fitting = [n for n in range(1, len(words) + 1) if len(" ".join(words[:n])) <= budget]

    assert found == " ".join(words[: max([1, *fitting])])


def test_a_text_too_short_for_its_budget_is_refused():
    """A tokenizer for which a token is several words has too little to read."""
    with pytest.raises(Unsupported, match="fewer than 9 tokens of 2 words"):
        cut("ab cd", Letters(), 9)


@settings(max_examples=40, deadline=None)
@given(task=TASKS, length=st.integers(1, 30), shown=st.integers(0, 3), data=st.data())
def test_every_template_shows_the_text_and_its_examples(tokenizer, task, length, shown, data):
    """In order, the question last; the answer is the task's, to what the cut left."""
    template = data.draw(st.sampled_from(templates_of_text(task)))
    asked = setting(template, length, shown)
    drawn = drawn_texts(task.group, asked, stop=3)
    for row, question in enumerate(written(task, asked, drawn, tokenizer)):
        texts = [place[row] for place in drawn.demonstrations] + [drawn.shown[row]]
        budgets = [SHOWN_LENGTHS[task.group]] * shown + [length]
        if task.group.is_cut:
            texts = [cut(t, tokenizer, n) for t, n in zip(texts, budgets, strict=True)]
        at = -1
        for text in texts:
            at = question.words.index(text, at + 1)
        assert question.gold == task.answer(texts[-1])
        if template.endswith(WITH_CHAT):
            assert question.words.count(OPEN) == question.words.count(CLOSE) == shown
        else:
            frame = text_frame(task, template)
            assert question.words.endswith(texts[-1] + frame.middle)
            assert question.words.count(frame.stop) >= shown


@given(task=TASKS, start=st.integers(0, 5), count=st.integers(1, 4))
def test_a_range_of_texts_is_the_same_in_any_piece(task, start, count):
    """So batches do not decide what is asked."""
    asked = setting(templates_of_text(task)[0], demonstrations=2)
    whole = drawn_texts(task.group, asked, stop=start + count)
    part = drawn_texts(task.group, asked, stop=start + count, start=start)

    assert part.shown == whole.shown[start:]
    assert part.demonstrations == tuple(place[start:] for place in whole.demonstrations)
    assert part.digests().tolist() == whole.digests().tolist()[start:]


def test_texts_differ_by_purpose_template_and_place():
    """Fresh strings are fresh, and a demonstration is not the question."""
    asked = setting("log", 4, 3)
    drawn = drawn_texts(NaturalGroup.COMMITS, asked, stop=4)
    fresh = drawn_texts(NaturalGroup.COMMITS, asked, stop=4, purpose="confirm")
    shown = [*drawn.shown, *fresh.shown, *(text for p in drawn.demonstrations for text in p)]

    assert len(set(shown)) == len(shown)
    assert {len(text.splitlines()) for text in drawn.demonstrations[0]} == {6}


def test_both_orders_are_asked_about_the_same_commits(tokenizer):
    """So they can be compared pair by pair."""
    asked = setting("log", 10, 3)
    drawn = drawn_texts(NaturalGroup.COMMITS, asked, stop=5)
    kept, turned = (written(t, asked, drawn, tokenizer) for t in (REVERT_ORDER, CHERRY_PICK_ORDER))

    for one, other in zip(kept, turned, strict=True):
        assert one.gold.splitlines() == other.gold.splitlines()[::-1]
        assert one.words != other.words


def test_a_template_that_a_task_lacks_is_refused():
    """With those that it has."""
    with pytest.raises(Unsupported, match=r"LoremCopy has no template 'log', it has 'echo', "):
        check_texts(LOREM_COPY, setting("log"))


@pytest.mark.parametrize("task", NATURAL_TASKS.values(), ids=str)
def test_no_prompt_ends_in_a_space(task):
    """A model goes on with a token that begins with its space, where there is one."""
    for template in templates_of_text(task):
        if not template.endswith(WITH_CHAT):
            assert not text_frame(task, template).middle.endswith(" ")
