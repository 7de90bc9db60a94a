"""Lorem-ipsum paragraphs: sentences of few words, some of them repeated, some with a word doubled.

45 sentences are drawn for every 500 tokens. A sentence has 4 to 8 words, independent and uniform.
With probability 0.5 one of its words is doubled; then its words are shuffled. With probability 0.3
the sentence is repeated, from 1 to 4 times. Copies count among the 45, and all 45 are shuffled.

Source: arXiv:2505.21785, §4.2, the recipe of the Lorem-ipsum paragraphs.
Differs: where the recipe is silent. How often a sentence is repeated is uniform; copies count, and
stand anywhere; the copy of a doubled word, too. If 45 sentences have fewer words than the budget
has tokens, 45 further ones are drawn in the same way, so that every tokenizer has enough to cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

import numpy as np

from claimkit.tasks.natural.enough import enough
from claimkit.tasks.natural.words import lorem_words
from claimkit.tasks.sampling import Uniforms

SENTENCES = 45
"""Sentences of a paragraph of ``PER_TOKENS`` tokens, copies included."""

PER_TOKENS = 500

SHORTEST, LONGEST = 4, 8
"""Words of a sentence before one is doubled, as in the package ``lorem`` 0.1.1."""

P_DOUBLED = 0.5
P_REPEATED = 0.3
MOST_REPEATS = 4


@dataclass(frozen=True)
class LoremSentence:
    """A sentence as drawn.

    Attributes:
        words: Lower-case, in the order shown.
        doubled: Whether one of the words is there once more than it was drawn.
        repeats: Copies beside the sentence itself, 0 to 4.
    """

    words: tuple[str, ...]
    doubled: bool
    repeats: int

    @property
    def text(self) -> str:
        """The sentence with its capital letter and its full stop."""
        return " ".join(self.words).capitalize() + "."


def draw_lorem(uniforms: Uniforms, tokens: int) -> str:
    """Return a paragraph of at least so many words, whose last sentence is whole."""
    return enough(_sentences(uniforms, sentences_for(tokens)), tokens)


def sentences_for(tokens: int) -> int:
    """Return how many sentences a paragraph of so many tokens is made of."""
    return ceil(SENTENCES * tokens / PER_TOKENS)


def _sentences(uniforms: Uniforms, count: int) -> Iterator[str]:
    """Yield sentences without end, every ``count`` of them by the recipe."""
    while True:
        yield from draw_block(uniforms, count)


def draw_block(uniforms: Uniforms, count: int) -> list[str]:
    """Return exactly ``count`` sentences, copies included, in random order."""
    drawn = draw_sentences(uniforms, count)
    # Every sentence stands at least once, so as many as are to be shown are enough to draw.
    shown = [one.text for one in drawn for _ in range(1 + one.repeats)][:count]
    order = np.argsort(uniforms.floats(count), kind="stable")
    return [shown[i] for i in order.tolist()]


def draw_sentences(uniforms: Uniforms, count: int) -> list[LoremSentence]:
    """Return ``count`` independent sentences, each with how often it is to be repeated."""
    vocabulary = lorem_words()
    sizes = SHORTEST + uniforms.below(LONGEST - SHORTEST + 1, count)
    drawn = uniforms.below(len(vocabulary), count, LONGEST).tolist()
    doubled = uniforms.floats(count) < P_DOUBLED
    which = uniforms.below(sizes, count).tolist()
    orders = np.argsort(uniforms.floats(count, LONGEST + 1), axis=1, kind="stable").tolist()
    repeated = uniforms.floats(count) < P_REPEATED
    repeats = np.where(repeated, 1 + uniforms.below(MOST_REPEATS, count), 0).tolist()
    sentences = []
    for n in range(count):
        words = [vocabulary[word] for word in drawn[n][: sizes[n]]]
        words += [words[which[n]]] if doubled[n] else []
        shuffled = tuple(words[place] for place in orders[n] if place < len(words))
        sentences.append(LoremSentence(shuffled, bool(doubled[n]), repeats[n]))
    return sentences
