"""Recipes of models that are fine-tuned on one task."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, get_args

from claimkit.errors import InvalidInput
from claimkit.tasks import Copying, Task, task_named
from claimkit.training.checking import (
    AUTOCASTS,
    lengths_of,
    require_kind,
    require_known,
    require_numbers,
)
from claimkit.training.scratch.recipe import Learning, Lengths

Method = Literal["full", "lora"]
METHODS: Final = get_args(Method)
KIND: Final = "finetuned"

LEAST_CONTEXT: Final = 6
"""Places of the shortest context whose first half holds a query twice, beside its first symbol."""


@dataclass(frozen=True)
class FinetuneRecipe:
    """One task, one pretrained model, one seed.

    Attributes:
        task: Name of one of the ten tasks.
        base: The pretrained model, as its user named it.
        fingerprint: Of its weights, tokenizer and configuration.
        seed: Of the strings, and of an adapter's weights.
        preset: What the settings are called.
        method: ``full`` moves all weights; ``lora`` low-rank matrices beside those of the layers,
            which are added to them at the end.
        learning: How it learns.
        lengths: Shortest and longest training length: of a context, or of source and answer
            together.
        pool: How many symbols a string of a non-unique task is made of.
        questions: The most questions about one context; 1 for copying.
        offsets: Whether training strings begin at any position (the offset trick), as a model with
            learned absolute positions needs it.
        examples: How many examples there are, read again and again; 0 is new ones at every step.
        stops: Whether training ends soon after an exam was passed.
        rank: Of LoRA's matrices.
        autocast: Number format of the matrix products: ``float32`` or ``bfloat16``.

    Raises:
        InvalidInput: If there is no such task, method or number format, or lengths cannot be.
    """

    task: str
    base: str
    fingerprint: str
    seed: int
    preset: str
    method: Method
    learning: Learning
    lengths: Lengths
    pool: int
    questions: int = 1
    offsets: bool = False
    examples: int = 0
    stops: bool = True
    rank: int = 8
    autocast: str = "float32"
    kind: str = field(default=KIND, init=False)

    def __post_init__(self) -> None:
        """Refuse what cannot be trained."""
        task_named(self.task)
        if self.method not in METHODS:
            raise InvalidInput(f"a method is {' or '.join(METHODS)}, got {self.method!r}")
        require_known("autocast", self.autocast, AUTOCASTS)
        low, high = self.lengths
        if not LEAST_CONTEXT <= low <= high:
            raise InvalidInput(
                f"training lengths are {LEAST_CONTEXT} ≤ shortest ≤ longest, got {low} to {high}"
            )

    @property
    def known(self) -> Task:
        """The task."""
        return task_named(self.task)

    @property
    def copies(self) -> bool:
        """Whether the task copies, so that an answer is as long as the source."""
        return isinstance(self.known, Copying)

    @property
    def base_name(self) -> str:
        """The base without the folder that it lies in."""
        return Path(self.base).name

    @property
    def name(self) -> str:
        """Such as ``absolute-born-UR-small-1``."""
        return f"{self.base_name}-{self.task}-{self.preset}-{self.seed}"

    @property
    def bins(self) -> tuple[Lengths, Lengths]:
        """The training lengths, and those up to twice the longest."""
        _, high = self.lengths
        return self.lengths, (high + 1, 2 * high)

    def strings_of(self, place: int) -> Lengths:
        """Return the shortest and the longest context or source of bin 1 or 2.

        A source and its answer share a combined length, which is what the bins bound.
        """
        low, high = self.bins[place - 1]
        return (-(-low // 2), high // 2) if self.copies else (low, high)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for ``recipe.json``."""
        return asdict(self)

    @staticmethod
    def of(raw: dict[str, Any]) -> FinetuneRecipe:
        """Read what :meth:`as_dict` wrote.

        Raises:
            InvalidInput: If it is no such recipe.
        """
        try:
            require_kind(raw, KIND)
            given = {name: value for name, value in raw.items() if name != "kind"}
            require_numbers(FinetuneRecipe, raw)
            require_numbers(Learning, raw["learning"])
            lengths = lengths_of("lengths", raw["lengths"])
            read = {"learning": Learning(**raw["learning"]), "lengths": lengths}
            return FinetuneRecipe(**{**given, **read})
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, InvalidInput):
                raise
            raise InvalidInput(f"not a recipe {KIND}: {error!r}") from error

    @staticmethod
    def load(path: Path) -> FinetuneRecipe:
        """Read a recipe's file.

        Raises:
            InvalidInput: If it holds none.
        """
        try:
            raw = json.loads(path.read_text())
        except ValueError as error:
            raise InvalidInput(f"{path} is no recipe: {error}") from error
        if not isinstance(raw, dict):
            raise InvalidInput(f"{path} is no recipe: it holds a {type(raw).__name__}")
        return FinetuneRecipe.of(raw)
