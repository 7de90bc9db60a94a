"""Draws by Hypothesis: distinct numbers, all equally likely, that depend on the seed alone."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

Example = TypeVar("Example")


# All claims on a grid draw the same.
@lru_cache(maxsize=64)
def drawn_indices(size: int, count: int, seed: int) -> tuple[int, ...]:
    """Return ``count`` distinct numbers of 0 … size − 1, the same in every process."""
    # Imported here: collection needs no drawn setting.
    from hypothesis import strategies

    lists = strategies.lists(_index(size), min_size=count, max_size=count, unique=True)
    # The first example is the simplest there is, the second one is drawn.
    return tuple(drawn_examples(lists, 2, seed)[-1])


def drawn_examples(strategy: SearchStrategy[Example], count: int, seed: int) -> list[Example]:
    """Return what Hypothesis draws first: at most ``count`` examples, which the seed decides.

    No database is read, nothing is shrunk and nothing else of a process has a say.
    """
    from hypothesis import HealthCheck, Phase, Verbosity, given, settings
    from hypothesis import seed as seeded

    drawn: list[Example] = []

    @seeded(seed)
    @settings(
        max_examples=count,
        backend="hypothesis",
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(strategy)
    def note(example: Example) -> None:
        drawn.append(example)

    note()
    return drawn


def _index(size: int) -> SearchStrategy[int]:
    """Return a strategy for 0 … size − 1 that is made of fair coins.

    Hypothesis's own integers prefer small ones, and constants that occur in the source of whatever
    modules happen to be loaded; then two processes could draw different settings.
    """
    from hypothesis import strategies

    width = (size - 1).bit_length()
    coins = strategies.lists(strategies.booleans(), min_size=width, max_size=width)
    numbers = coins.map(lambda bits: sum(bit << place for place, bit in enumerate(bits)))
    return numbers.filter(lambda number: number < size)
