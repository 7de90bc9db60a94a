"""The word lists that claimkit ships; ``fixtures/words/README.md`` says where they are from."""

from __future__ import annotations

from functools import lru_cache

from claimkit.shipped import shipped


@lru_cache
def common_words() -> tuple[str, ...]:
    """Return common English words, lower-case ASCII, all different, the commonest first.

    They are more than the 300 that a claim needs, since not each is one token of every model.

    Source: arXiv:2505.21785, §4.1, the word vocabulary.
    Differs: the paper does not print its list; this one is ours.
    """
    return _lines("common")


@lru_cache
def lorem_words() -> tuple[str, ...]:
    """Return the words that Lorem-ipsum sentences are made of, lower-case ASCII, all different.

    Source: Cicero, De finibus I 32, as the package ``lorem`` 0.1.1 has them.
    Differs: that package runs four of its words into two, ``etincidunt`` and ``quiquia``.
    """
    return _lines("lorem")


def _lines(name: str) -> tuple[str, ...]:
    return tuple((shipped("words") / f"{name}.txt").read_text(encoding="ascii").split())
