"""Recipes of text: everything that decides what a model of text is."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from claimkit.errors import InvalidInput
from claimkit.training.checking import object_in
from claimkit.training.llama import LlamaRecipe
from claimkit.training.text.corpus import CorpusRecord

KIND = "text"
"""Says in ``recipe.json`` what kind of recipe it is."""

_REMEDY = "give a folder that `claimkit pretrain stdlib-born` wrote, or an empty one"


@dataclass(frozen=True)
class TextRecipe(LlamaRecipe):
    """A recipe of a Llama-architecture model of text.

    Attributes:
        rows: Windows of a step.
        corpus: What it was trained on, by version and digest; None before it is known.
    """

    rows: int = 16
    corpus: CorpusRecord | None = None

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
