from collections import Counter
from math import ceil, perm

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from claimkit.tasks.natural import NaturalGroup, draw_passages, lorem_words
from claimkit.tasks.natural.lorem import draw_block, draw_sentences, sentences_for
from claimkit.tasks.sampling import Uniforms

PARAGRAPHS = 400
seeds = st.integers(0, 2**64 - 1)


@pytest.fixture(scope="module")
def sentences():
    """All sentences that many paragraphs of 500 tokens are made of, before copies are laid out."""
    paragraphs = range(PARAGRAPHS)
    return [one for number in paragraphs for one in draw_sentences(Uniforms(11, number), 45)]


def plausible(hits, trials, p):
    """Whether a binomial count is between its quantiles at 1e-6 and 1 − 1e-6."""
    low, high = binom.ppf([1e-6, 1 - 1e-6], trials, p)
    return low <= hits <= high


def test_a_third_of_the_sentences_is_repeated_and_half_have_a_word_doubled(sentences):
    """The two probabilities of the recipe, 0.3 and 0.5."""
    assert plausible(sum(one.repeats > 0 for one in sentences), len(sentences), 0.3)
    assert plausible(sum(one.doubled for one in sentences), len(sentences), 0.5)


def test_repeats_are_one_to_four_alike(sentences):
    """A repeated sentence has 1, 2, 3 or 4 copies beside itself, each as likely."""
    times = Counter(one.repeats for one in sentences if one.repeats)

    assert set(times) == {1, 2, 3, 4}
    assert all(plausible(count, times.total(), 1 / 4) for count in times.values())


def test_the_words_say_themselves_that_one_is_doubled(sentences):
    """The share of sentences that hold a word twice, counted in the text.

    Every doubled one does; one of n words of V = 29 that is not does with probability
    1 − V (V − 1) … (V − n + 1) / Vⁿ, n uniform on 4 … 8.
    """
    V = len(lorem_words())
    by_chance = np.mean([1 - perm(V, n) / V**n for n in range(4, 9)])
    holding = sum(len(set(one.words)) < len(one.words) for one in sentences)

    assert all(len(set(one.words)) < len(one.words) for one in sentences if one.doubled)
    assert plausible(holding, len(sentences), 0.5 + 0.5 * by_chance)


def test_sentences_have_four_to_eight_words_and_a_doubled_one_more(sentences):
    """Lengths are alike before a word is doubled, and words are alike in those with none."""
    sizes = Counter(len(one.words) - one.doubled for one in sentences)
    words = Counter(word for one in sentences if not one.doubled for word in one.words)

    assert set(sizes) == {4, 5, 6, 7, 8}
    assert all(plausible(count, len(sentences), 1 / 5) for count in sizes.values())
    assert set(words) == set(lorem_words())
    assert all(plausible(count, words.total(), 1 / len(words)) for count in words.values())


def test_the_copy_of_a_doubled_word_stands_anywhere(sentences):
    """In sentences of distinct words but one, it is next to its like as often as chance has it.

    Two of the n places of a shuffled sentence are neighbours with probability 2 / n; n is 6 here.
    """
    six = [one for one in sentences if one.doubled and len(one.words) == 6]
    six = [one for one in six if len(set(one.words)) == 5]
    next_to_it = sum(any(a == b for a, b in zip(s.words, s.words[1:], strict=False)) for s in six)

    assert len(six) > 500
    assert plausible(next_to_it, len(six), 2 / 6)


@settings(max_examples=30)
@given(seed=seeds, count=st.integers(1, 120))
def test_a_paragraph_is_its_first_copies_in_another_order(seed, count):
    """The slow way: write each sentence down as often as it stands, until there are enough."""
    drawn = draw_sentences(Uniforms(seed, 3), count)
    expected = []
    for one in drawn:
        expected += [one.text] * (1 + one.repeats)
    block = draw_block(Uniforms(seed, 3), count)

    assert Counter(block) == Counter(expected[:count])


def test_copies_stand_anywhere():
    """The first of two shown sentences is the first of two drawn ones half of the time."""
    firsts = [
        draw_block(Uniforms(5, number), 2)[0] == drawn[0].text
        for number in range(1500)
        if not (drawn := draw_sentences(Uniforms(5, number), 2))[0].repeats
    ]

    assert plausible(sum(firsts), len(firsts), 1 / 2)


@settings(max_examples=20)
@given(seed=seeds, length=st.integers(1, 1200))
def test_a_passage_is_the_shortest_that_is_enough(seed, length):
    """So many tokens are at most so many words; the last sentence is whole and needed."""
    (passage,) = draw_passages(NaturalGroup.LOREM, length, seed, stop=1)
    without_last = passage[:-1].rpartition(".")[0]

    assert len(passage.split()) >= length > len(without_last.split())
    assert passage.endswith(".")
    assert set(passage.replace(".", "").lower().split()) <= set(lorem_words())


@pytest.mark.parametrize("tokens, count", [(500, 45), (1000, 90), (5000, 450), (10, 1), (12, 2)])
def test_a_paragraph_has_45_sentences_for_500_tokens(tokens, count):
    """More tokens, more sentences; the number is rounded up."""
    assert sentences_for(tokens) == count == ceil(tokens * 45 / 500)


def test_what_is_shown_begins_with_one_paragraph_of_the_recipe():
    """The first 45 sentences of a passage for 500 tokens are one draw of the recipe."""
    shown = draw_passages(NaturalGroup.LOREM, 500, seed=3, stop=50)
    heads = [Counter(passage.split(". ")[:45]) for passage in shown]

    assert all(head.total() == 45 for head in heads)
    assert all(max(head.values()) >= 2 for head in heads)
