"""Recipes of text: everything that decides what a model of text is."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from claimkit.errors import InvalidInput
from claimkit.training.checking import AUTOCASTS, OPTIMIZERS, object_in, require_known
from claimkit.training.text.corpus import CorpusRecord

KIND = "text"
"""Says in ``recipe.json`` what kind of recipe it is."""

_REMEDY = "give a folder that `claimkit pretrain stdlib-born` wrote, or an empty one"


@dataclass(frozen=True)
class TextRecipe:
    """A recipe of a Llama-architecture model of text.

    Attributes:
        name: Of the checkpoint.
        seed: Of the first weights and the windows.
        steps: Optimizer steps.
        rows: Windows of a step.
        window: Tokens of a window, ``<bos>`` included; the model knows as many positions.
        vocabulary: Tokens of the byte-level BPE tokenizer.
        layers: Of the model.
        heads: Of attention in each layer.
        width: Of the hidden states.
        inner_width: Of the layers' perceptrons.
        optimizer: ``adamw``, or ``muon`` (matrices by Muon, the rest by AdamW).
        learning_rate: Peak, of AdamW.
        matrix_learning_rate: Peak, of Muon.
        weight_decay: Of all parameters.
        warmup: Steps until the peak.
        cooldown: Steps at the end in which the learning rate falls.
        clip: The largest norm of a gradient.
        threads: Of the CPU.
        autocast: Number format of the matrix products: ``float32`` or ``bfloat16``.
        compile: Whether ``torch.compile`` compiles the body of the model.
        corpus: What it was trained on, by version and digest; None before it is known.
    """

    name: str
    seed: int
    steps: int
    rows: int = 16
    window: int = 256
    vocabulary: int = 2048
    layers: int = 4
    heads: int = 4
    width: int = 128
    inner_width: int = 320
    optimizer: str = "muon"
    learning_rate: float = 2e-3
    matrix_learning_rate: float = 0.02
    weight_decay: float = 0.01
    warmup: int = 200
    cooldown: int = 1500
    clip: float = 1.0
    threads: int = 1
    autocast: str = "bfloat16"
    compile: bool = True
    corpus: CorpusRecord | None = None

    def __post_init__(self) -> None:
        """Check what would otherwise be noticed late, or never."""
        require_known("optimizer", self.optimizer, OPTIMIZERS)
        require_known("autocast", self.autocast, AUTOCASTS)
        if self.window < 2:
            raise InvalidInput(f"a window is <bos> and a token or more, got window={self.window}")

    @property
    def tokens(self) -> int:
        """Tokens of all windows."""
        return self.steps * self.rows * self.window

    def on(self, corpus: CorpusRecord) -> TextRecipe:
        """Return this recipe for another corpus, which makes it another checkpoint's."""
        return replace(self, corpus=corpus)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for ``recipe.json``."""
        return {"kind": KIND, **asdict(self)}

    @staticmethod
    def load(path: Path) -> TextRecipe:
        """Read a recipe written with :meth:`as_dict`.

        Raises:
            InvalidInput: If it is damaged, or one of another kind.
        """
        raw = object_in(path)
        kind = raw.pop("kind", "control")
        if kind != KIND:
            raise InvalidInput(f"{path} is a recipe of kind {kind!r}, not of text; {_REMEDY}")
        try:
            corpus = raw.pop("corpus")
            return TextRecipe(corpus=None if corpus is None else CorpusRecord(**corpus), **raw)
        except InvalidInput as error:
            raise InvalidInput(f"{path}: {error}") from error
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidInput(f"{path} is no recipe of text: {error!r}; {_REMEDY}") from error


STDLIB_BORN = TextRecipe(
    "stdlib-born",
    seed=7,
    steps=6000,
    cooldown=1500,
    corpus=CorpusRecord(
        python="3.11.7",
        digest="4842b8762b02c2ad049662489c73c68482f09bc955cad1f1bbd7b7dd63cecc32",
        files=1784,
        bytes=31_473_180,
    ),
)

TEXT_RECIPES = {recipe.name: recipe for recipe in (STDLIB_BORN,)}
