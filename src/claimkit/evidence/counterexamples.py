"""Counterexamples: one question that a model gets wrong, as small as a search could make it.

Of texts, it is the shortest one, put as the question alone, without its demonstrations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, final

from claimkit.errors import InvalidInput


@final
@dataclass(frozen=True)
class Counterexample:
    """A question with a wrong answer, confirmed by greedy generation.

    Attributes:
        task: The task's name.
        setting: The setting in words, such as ``length 3, template rule``.
        prompt: What the model was given, as text, without BOS.
        context: Symbols of the context or source, separated by spaces; or the text that is shown.
        query: The query, or "" for copying and for texts.
        expected: The right answer, symbols separated by spaces.
        actual: What greedy generation gave, as text.
        margin: The gold token's logit minus the largest other, at the worst position; below 0. None
            of texts, whose right answer is not scored.
        origin: Where the search started: ``database``, ``sample`` or ``hypothesis``; or ``texts``.
        replay: The command line that asks the question again.
        sampled: One of the claim's own strings that is wrong, too, with its right answer, as the
            prompt's last line has it. The smallest question may be far from what the claim is
            about; this one is not. Empty where the sample holds none.
    """

    task: str
    setting: str
    prompt: str
    context: str
    query: str
    expected: str
    actual: str
    margin: float | None
    origin: str
    replay: str
    sampled: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-safe primitives that :meth:`from_dict` reads back."""
        return asdict(self)

    @staticmethod
    def from_dict(record: Mapping[str, Any]) -> Counterexample:
        """Read what :meth:`to_dict` wrote.

        Raises:
            InvalidInput: If a field is missing or unknown.
        """
        try:
            return Counterexample(**record)
        except TypeError as error:
            raise InvalidInput(f"not a counterexample: {error}") from error
