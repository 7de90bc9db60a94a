"""An answer as it grows, and when it ends."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from claimkit.evaluation.generation.answers import Answer, Ended
from claimkit.evaluation.generation.stopping import StopStrings
from claimkit.models.language_model import LanguageModel

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

__all__ = ["Ending", "Row", "end_markers"]


@dataclass(frozen=True)
class Ending:
    """What ends an answer before its cap: stop strings, and tokens that are end markers."""

    stop: StopStrings
    markers: frozenset[int]


@dataclass(eq=False)
class Row:
    """A prompt and what was written after it so far.

    Attributes:
        prompt: Token ids.
        cap: The most tokens that are written.
        tokens: The token ids written.
        margin: The smallest margin of a token written (:class:`Answer`).
        ended: What ended it, or ``None``.
    """

    prompt: tuple[int, ...]
    cap: int
    tokens: list[int] = field(default_factory=list)
    margin: float = float("inf")
    ended: Ended | None = None

    def take(self, token: int, margin: float, ending: Ending) -> None:
        """Write one more token."""
        self.tokens.append(token)
        self.margin = min(self.margin, margin)
        if token in ending.markers:
            self.ended = "end"
        elif ending.stop.complete(self.tokens):
            self.ended = "stop"
        elif len(self.tokens) == self.cap:
            self.ended = "cap"

    def answer(self, ending: Ending) -> Answer:
        """Return what was written; it has ended."""
        assert self.ended is not None
        said = self.tokens[:-1] if self.ended == "end" else self.tokens
        return Answer(tuple(self.tokens), ending.stop.before(said), self.ended, self.margin)


def end_markers(
    language_model: LanguageModel, tokenizer: PreTrainedTokenizerBase
) -> frozenset[int]:
    """Return every token id that tokenizer, configuration or generation settings call an end.

    Chat models name the end of a turn in one of them and the end of a text in another.
    """
    model: Any = language_model.model
    homes = (getattr(model, "config", None), getattr(model, "generation_config", None))
    found = [tokenizer.eos_token_id, *(getattr(home, "eos_token_id", None) for home in homes)]
    markers: set[int] = set()
    for one in found:
        markers |= set(one) if isinstance(one, Collection) else {one} - {None}
    return frozenset(markers)
