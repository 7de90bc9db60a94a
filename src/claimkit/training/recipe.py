"""Recipes: everything that decides what a control checkpoint is."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from claimkit.errors import InvalidInput
from claimkit.training.checking import AUTOCASTS, OPTIMIZERS, object_in, require_known
from claimkit.training.documents import DocumentStream

FORWARD = {"UR": 0.14, "NRFirst": 0.13, "NRLast": 0.24, "UF": 0.13, "NF": 0.26}
"""Shares of the tasks that point right, nine tenths of the documents in all.

NRLast is seen twice as often as NRFirst, and so is NLLast as NLFirst: short demonstrations often
answer NRFirst and NLLast alike (the symbol between the query's two occurrences), and without a
preference a reader of both directions would be at a loss there.
"""

_REMEDY = "give a folder that `claimkit pretrain` of this control wrote, or an empty one"

MIRROR = {"UR": "UL", "NRFirst": "NLFirst", "NRLast": "NLLast", "UF": "UB", "NF": "NB"}


RETRIEVING = {"UR": 0.27, "NRFirst": 0.14, "NRLast": 0.22, "UF": 0.05, "NF": 0.22}
"""Shares once copying is learned, which comes first: more retrieval."""


def shares(right: float, mix: dict[str, float] = FORWARD) -> dict[str, float]:
    """Return the share of documents per task when ``right`` of them point right.

    >>> round(sum(shares(0.5).values()), 6)
    1.0
    """
    total = sum(mix.values())
    pointing_right = {name: right * share / total for name, share in mix.items()}
    pointing_left = {MIRROR[name]: (1 - right) * share / total for name, share in mix.items()}
    return {**pointing_right, **pointing_left}


@dataclass(frozen=True)
class Stage:
    """A stretch of training with one batch shape.

    Attributes:
        steps: Optimizer steps.
        rows: Documents per step.
        window: Tokens per document.
        shares: Share of documents per task, where not the recipe's.
        taught: Share of the retrieval documents that name their rules.
        colonless: Share of the other retrieval documents without a colon before the answers.
        sources: Shortest and longest source, where copying documents hold the circuits' line alone.
        chats: Share of the documents that are conversations.
        words: Share of all documents whose symbols are words.

    Raises:
        InvalidInput: If a share is none.
    """

    steps: int
    rows: int
    window: int
    shares: dict[str, float] | None = None
    taught: float = 0.0
    colonless: float = 0.0
    sources: tuple[int, int] | None = None
    chats: float = 0.0
    words: float = 0.0

    def __post_init__(self) -> None:
        """Refuse shares that are none."""
        for name in ("chats", "words"):
            if not 0 <= (share := getattr(self, name)) <= 1:
                raise InvalidInput(f"{name} is a share from 0 to 1, got {share!r}")

    @property
    def is_plain(self) -> bool:
        """Whether it has neither conversations nor words."""
        return self.chats == self.words == 0

    def stream(self, shares: dict[str, float], seed: int) -> DocumentStream:
        """Return this stage's documents, with the recipe's shares where it has none of its own."""
        return DocumentStream(
            self.shares or shares, seed, self.taught, self.colonless, self.sources
        )


@dataclass(frozen=True)
class Recipe:
    """What a control is trained on, how long, and how large it is.

    Attributes:
        name: The checkpoint's name and folder.
        shares: Share of documents per task.
        seed: Of weights and documents.
        stages: In order.
        learning_rate: Peak, of AdamW, or of the vector parameters under ``muon``.
        matrix_learning_rate: Peak, of the matrices under ``muon``.
        optimizer: ``adamw`` or ``muon`` (matrices by Muon, the rest by AdamW).
        warmup: Steps in which the learning rate goes up.
        cooldown: Steps in which it goes down at the end.
        tail: Steps behind that, at the lowest learning rate.
        start: The control whose weights it begins with; none are fresh from the seed.
        architecture: ``llama`` (rotary positions) or ``gpt2`` (learned absolute positions).

    Raises:
        InvalidInput: If there is no such optimizer or number format.
    """

    name: str
    shares: dict[str, float]
    seed: int
    stages: tuple[Stage, ...]
    learning_rate: float = 2e-3
    matrix_learning_rate: float = 0.02
    weight_decay: float = 0.01
    warmup: int = 200
    cooldown: int = 1500
    tail: int = 0
    clip: float = 1.0
    optimizer: str = "muon"
    layers: int = 4
    heads: int = 4
    width: int = 128
    inner_width: int = 320
    positions: int = 1024
    threads: int = 1
    autocast: str = "bfloat16"
    compile: bool = True
    start: str | None = None
    architecture: str = "llama"

    def __post_init__(self) -> None:
        """Refuse words that others would be taken for."""
        require_known("optimizer", self.optimizer, OPTIMIZERS)
        require_known("autocast", self.autocast, AUTOCASTS)

    @property
    def steps(self) -> int:
        """Optimizer steps of all stages."""
        return sum(stage.steps for stage in self.stages)

    @property
    def is_wide(self) -> bool:
        """Whether its vocabulary has words as symbols, and what conversations are written in."""
        return not all(stage.is_plain for stage in self.stages)

    @property
    def tokens(self) -> int:
        """Tokens of all stages, padding counted."""
        return sum(stage.steps * stage.rows * stage.window for stage in self.stages)

    def share_of(self, tasks: Set[str]) -> float:
        """Return the share of some tasks in the documents of all stages."""
        documents = [stage.steps * stage.rows for stage in self.stages]
        mixes = [stage.shares or self.shares for stage in self.stages]
        parts = [sum(mix[t] for t in tasks if t in mix) / sum(mix.values()) for mix in mixes]
        return sum(p * n for p, n in zip(parts, documents, strict=True)) / sum(documents)

    def stage_at(self, step: int) -> Stage:
        """Return the stage that an optimizer step belongs to, counted from 0."""
        end = 0
        for stage in self.stages:
            end += stage.steps
            if step < end:
                return stage
        raise InvalidInput(f"step {step} lies behind the last of {self.steps} steps")

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for ``recipe.json``."""
        plain = asdict(self)
        # Recipes that were written before these fields stay as they are.
        later = [(stage, name) for stage in plain["stages"] for name in ("chats", "words")]
        for part, name in [(plain, "start"), *((stage, "sources") for stage in plain["stages"])]:
            if part[name] is None:
                del part[name]
        for part, name in later:
            if not part[name]:
                del part[name]
        if self.architecture == "llama":
            del plain["architecture"]
        return plain

    @staticmethod
    def load(path: Path) -> Recipe:
        """Read a recipe written with :meth:`as_dict`.

        Raises:
            InvalidInput: If it is damaged, or one of another kind.
        """
        raw = object_in(path)
        if "kind" in raw:
            raise InvalidInput(
                f"{path} is a recipe of kind {raw['kind']!r}, not of a control; {_REMEDY}"
            )
        try:
            stages = tuple(_stage(stage) for stage in raw.pop("stages"))
            return Recipe(stages=stages, **raw)
        except InvalidInput as error:
            raise InvalidInput(f"{path}: {error}") from error
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InvalidInput(f"{path} is no recipe of a control: {error!r}; {_REMEDY}") from error


def _stage(raw: dict[str, Any]) -> Stage:
    """Read a stage as JSON has it, its lists turned into tuples again."""
    sources = raw.pop("sources", None)
    return Stage(**raw, sources=None if sources is None else tuple(sources))
