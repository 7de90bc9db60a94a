"""Recipes of models that are trained from scratch on one task."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, get_args

from claimkit.errors import InvalidInput
from claimkit.tasks import Copying, Task, task_named
from claimkit.training.checking import (
    OPTIMIZERS,
    lengths_of,
    require_fields,
    require_kind,
    require_known,
    require_numbers,
)

Architecture = Literal["gpt2", "llama"]
ARCHITECTURES: Final = get_args(Architecture)
KIND: Final = "from-scratch"

Lengths = tuple[int, int]
"""The shortest and the longest, both included."""


@dataclass(frozen=True)
class Sizes:
    """How large a model is.

    Attributes:
        layers: Of attention and feed-forward network.
        heads: In each layer.
        width: Of the residual stream; the inner one is four times as wide.
    """

    layers: int
    heads: int
    width: int


@dataclass(frozen=True)
class Learning:
    """How the weights move, and when they stop.

    Attributes:
        learning_rate: Peak of AdamW: for all weights, or under ``muon`` for all but the matrices.
        optimizer: ``adamw`` or ``muon``.
        matrix_learning_rate: Peak of Muon.
        weight_decay: Of all parameters.
        batch: Contexts or sources of a step.
        steps: The most steps.
        warmup: Steps in which the learning rate goes up.
        decay: Whether it goes down in a straight line from there to the last step; else it stays.
        cooldown: Steps in which it goes down once the exam is passed, or at the end; 0 stops at
            once.
        exam_every: Steps between two exams.
        passing: The accuracy in the first bin that passes.
        clip: The largest norm of a gradient.

    Raises:
        InvalidInput: If there is no such optimizer.
    """

    learning_rate: float
    optimizer: str = "adamw"
    matrix_learning_rate: float = 0.02
    weight_decay: float = 0.01
    batch: int = 64
    steps: int = 30_000
    warmup: int = 1
    decay: bool = False
    cooldown: int = 0
    exam_every: int = 250
    passing: float = 1.0
    clip: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what another optimizer would be taken for."""
        require_known("optimizer", self.optimizer, OPTIMIZERS)


@dataclass(frozen=True)
class ScratchRecipe:
    """One task, one model, one seed.

    Attributes:
        task: Name of one of the ten tasks.
        architecture: ``gpt2`` (learned absolute positions) or ``llama`` (rotary ones).
        seed: Of weights and strings.
        preset: What it is called; ``custom`` where a preset was changed.
        sizes: How large the model is.
        learning: How it learns.
        bins: Lengths of the three bins; the first holds the training lengths.
        symbols: Size of the vocabulary without its marks.
        questions: Asked about one context, each as if it were the only one; 1 for copying.
        growing: Steps in which the longest training length grows from the shortest; 0 is at once.
        gaps: Whether rotary positions are skipped at a random place, so that every distance of the
            longest string is trained; how many grows in as many steps, once the lengths have grown.
        rope_factor: By how much rotary positions are squeezed (linear scaling).
        rope_theta: Base of the rotary frequencies.

    Raises:
        InvalidInput: If there is no such task or architecture, or a number cannot be.
    """

    task: str
    architecture: Architecture
    seed: int
    preset: str
    sizes: Sizes
    learning: Learning
    bins: tuple[Lengths, Lengths, Lengths]
    symbols: int
    questions: int = 1
    growing: int = 0
    gaps: bool = False
    rope_factor: float = 1.0
    rope_theta: float = 10_000.0
    kind: str = field(default=KIND, init=False)

    def __post_init__(self) -> None:
        """Refuse what cannot be trained."""
        task_named(self.task)
        if self.architecture not in ARCHITECTURES:
            raise InvalidInput(
                f"an architecture is {' or '.join(ARCHITECTURES)}, got {self.architecture!r}"
            )
        if self.sizes.width % self.sizes.heads:
            raise InvalidInput(
                f"the width of a model is shared by its heads, got {self.sizes.width} for "
                f"{self.sizes.heads}"
            )
        if self.known.group.value.startswith("unique-copying") and self.symbols < self.longest:
            raise InvalidInput(
                f"{self.task} up to length {self.longest} needs as many symbols, got {self.symbols}"
            )

    @property
    def known(self) -> Task:
        """The task."""
        return task_named(self.task)

    @property
    def name(self) -> str:
        """Such as ``UR-gpt2-small-1``."""
        return f"{self.task}-{self.architecture}-{self.preset}-{self.seed}"

    @property
    def longest(self) -> int:
        """The longest length of all bins."""
        return max(hi for _, hi in self.bins)

    @property
    def settled(self) -> int:
        """The step from which on an exam may be passed: strings and gaps are as long as they get.

        About the ends of contexts it is asked later, from twice that step on.
        """
        return self.growing * (2 if self.gaps else 1)

    @property
    def copies(self) -> bool:
        """Whether the task copies, so that an answer is as long as the source."""
        return isinstance(self.known, Copying)

    @property
    def positions(self) -> int:
        """Tokens of the longest string: how many absolute positions there are."""
        return 2 * self.longest + 3 if self.copies else self.longest + 5

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for ``recipe.json``."""
        return asdict(self)

    @staticmethod
    def of(raw: dict[str, Any]) -> ScratchRecipe:
        """Read what :meth:`as_dict` wrote.

        Raises:
            InvalidInput: If it is no such recipe.
        """
        try:
            require_kind(raw, KIND)
            given = {name: value for name, value in raw.items() if name != "kind"}
            require_fields(ScratchRecipe, given)
            parts = ((ScratchRecipe, given), (Sizes, raw["sizes"]), (Learning, raw["learning"]))
            for kind, values in parts:
                require_fields(kind, values)
                require_numbers(kind, values)
            low, middle, high = (lengths_of("bins", lengths) for lengths in raw["bins"])
            return ScratchRecipe(
                **{
                    **given,
                    "sizes": Sizes(**raw["sizes"]),
                    "learning": Learning(**raw["learning"]),
                    "bins": (low, middle, high),
                }
            )
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, InvalidInput):
                raise
            raise InvalidInput(f"not a recipe {KIND}: {error!r}") from error

    @staticmethod
    def load(path: Path) -> ScratchRecipe:
        """Read a recipe's file.

        Raises:
            InvalidInput: If it holds none.
        """
        try:
            raw = json.loads(path.read_text())
        except ValueError as error:
            raise InvalidInput(f"{path} is no recipe: {error}") from error
        return ScratchRecipe.of(raw)
