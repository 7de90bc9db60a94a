"""Ordinary prose, the control of the Lorem-ipsum paragraphs.

A passage begins with a sentence of a text that claimkit ships (``fixtures/texts``) and runs on in
that text; paragraphs are joined, as a Lorem-ipsum passage is one paragraph. Every sentence that is
followed by enough text is equally likely to be the first, so two passages of a stream may overlap
and, rarely, be the same.

Source: arXiv:2505.21785, §4.2, the control with ordinary text.
Differs: the paper does not name its texts; these are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from claimkit.errors import NotApplicable
from claimkit.shipped import shipped
from claimkit.tasks.natural.enough import enough
from claimkit.tasks.sampling import Uniforms


@lru_cache
def prose_texts() -> Mapping[str, tuple[str, ...]]:
    """Return the sentences of every text, in order, by the name of its file, sorted."""
    files = sorted(shipped("texts").glob("*.txt"))
    return MappingProxyType({file.stem: _sentences(file.read_text("ascii")) for file in files})


def _sentences(text: str) -> tuple[str, ...]:
    """Return the lines that are not empty; each is a sentence."""
    return tuple(line for line in text.splitlines() if line)


@lru_cache
def prose_starts(tokens: int) -> tuple[tuple[str, int], ...]:
    """Return where a passage for so many tokens can begin: (text, sentence), sentences from 0.

    Raises:
        NotApplicable: If no text is long enough.
    """
    starts = [
        (name, place)
        for name, sentences in prose_texts().items()
        for place, words in enumerate(_words_from(sentences))
        if words >= tokens
    ]
    if not starts:
        longest = max(_words_from(sentences)[0] for sentences in prose_texts().values())
        raise NotApplicable(
            f"too little prose: a passage of {tokens} tokens needs a text of {tokens} words, "
            f"the longest has {longest}"
        )
    return tuple(starts)


def _words_from(sentences: tuple[str, ...]) -> list[int]:
    """Return the words from each sentence to the end of its text."""
    totals: list[int] = []
    for sentence in reversed(sentences):
        totals.append(len(sentence.split()) + (totals[-1] if totals else 0))
    return totals[::-1]


def draw_prose(uniforms: Uniforms, tokens: int) -> str:
    """Return a passage of at least so many words, whose last sentence is whole.

    Raises:
        NotApplicable: If no text is long enough.
    """
    starts = prose_starts(tokens)
    name, first = starts[int(uniforms.below(len(starts), 1)[0])]
    return enough(prose_texts()[name][first:], tokens)
