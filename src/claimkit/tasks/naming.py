"""Finding a task or a language by what people call it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Protocol, TypeVar

from claimkit.errors import UnknownTask


class Named(Protocol):
    """What has a name, as in its paper, and a key, which is a file name and a word of the shell."""

    @property
    def name(self) -> str:
        """The name, e.g. ``Tomita-4``."""

    @property
    def key(self) -> str:
        """The key, e.g. ``tomita-4``."""


N = TypeVar("N", bound=Named)


def named(called: str, known: Iterable[N], what: str) -> N:
    """Return the one of this name or key.

    Args:
        called: A name or a key.
        known: Those there are.
        what: The noun for an error's message.

    Raises:
        UnknownTask: If there is none; the message offers the nearest name.
    """
    calls = {call: one for one in known for call in (one.key, one.name)}
    if called in calls:
        return calls[called]
    hint = did_you_mean(called, {call: one.name for call, one in calls.items()})
    names = ", ".join(dict.fromkeys(one.name for one in calls.values()))
    raise UnknownTask(f"no {what} {called!r}{hint} There are: {names}")


def did_you_mean(called: str, known: Mapping[str, str]) -> str:
    """Return how an error goes on: with what was probably meant, or with a full stop.

    Args:
        called: What is not known, in any case.
        known: What could have been said, and how it is offered.

    >>> did_you_mean("nrfirst", {"NRFirst": "NRFirst"}), did_you_mean("xyz", {"UR": "UR"})
    ("; did you mean 'NRFirst'?", '.')
    """
    folded = {call.casefold(): offered for call, offered in known.items()}
    near = get_close_matches(called.casefold(), folded, n=1, cutoff=0.5)
    return f"; did you mean {folded[near[0]]!r}?" if near else "."
