"""Enough text for a budget of tokens that no tokenizer has counted yet."""

from __future__ import annotations

from collections.abc import Iterable


def enough(sentences: Iterable[str], tokens: int) -> str:
    """Return the first sentences that have at least so many words, joined by spaces.

    A token is taken to be at most one word, so so many words are at least so many tokens. A
    tokenizer that joins words across a space breaks that bound, and whoever cuts the text has to
    notice.

    Args:
        sentences: At least so many words of them; no more are taken than needed.
        tokens: The budget.

    >>> enough(["Dolor sit amet.", "Ut velit.", "Quia est."], tokens=4)
    'Dolor sit amet. Ut velit.'
    """
    taken: list[str] = []
    words = 0
    for sentence in sentences:
        taken.append(sentence)
        words += len(sentence.split())
        if words >= tokens:
            break
    return " ".join(taken)
