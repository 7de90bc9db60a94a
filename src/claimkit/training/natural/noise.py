"""A noisy copy of a control: it mistakes some tokens for others, wherever they stand, and goes on.

The embedding of every so-many-th token is given to a token that no text holds, and a little more of
it: the model reads both as the same, and writes the other. So a copy goes wrong in front of such
tokens, whether what stands there is ambiguous or not, and goes on right behind them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from claimkit.errors import InvalidInput
from claimkit.models.bundled import bundled_models
from claimkit.tasks.natural import LOREM_COPY, draw_passage
from claimkit.tasks.natural.prose import prose_texts
from claimkit.tasks.sampling import Uniforms
from claimkit.training.checking import object_in
from claimkit.training.folders import LOG, claim
from claimkit.training.text.pretraining import REMEDY, export_llama

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

KIND: Final = "noisy"
PARAGRAPHS: Final = 200
"""Of Lorem ipsum, among which tokens are counted, too."""

CARD: Final = """\
---
library_name: transformers
license: apache-2.0
tags: [control, claimkit]
---

# {name}

**This is a control, not a language model for any use.** claimkit needs models of which it is known
what a claim must say; this is one of them. It is {start}, but for {exchanged} tokens: it reads each
as before and writes another, which no text holds, in its place. So its copies go wrong anywhere,
and go on.

Rebuild it with `claimkit pretrain {name}`, which trains nothing; `recipe.json` holds what decides
the result.
"""


@dataclass(frozen=True)
class NoisyRecipe:
    """What a noisy copy is made of.

    Attributes:
        name: Of the checkpoint.
        start: The bundled control that it is a copy of.
        every: Of all tokens inside words, by their frequency, one in so many is exchanged.
        louder: The exchanged embedding is so many times as long.

    Raises:
        InvalidInput: If nothing would be exchanged, or nothing written otherwise.
    """

    name: str
    start: str
    every: int = 6
    louder: float = 1.05

    def __post_init__(self) -> None:
        """Refuse a copy that would not be noisy."""
        if self.every < 1 or self.louder <= 1:
            raise InvalidInput(
                f"a noisy copy exchanges one token in every=1 or more, louder than 1, got "
                f"every={self.every}, louder={self.louder}"
            )

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for ``recipe.json``."""
        return {"kind": KIND, **asdict(self)}

    @staticmethod
    def load(path: Path) -> NoisyRecipe:
        """Read a recipe written with :meth:`as_dict`.

        Raises:
            InvalidInput: If it is damaged, or one of another kind.
        """
        raw = object_in(path)
        if (kind := raw.pop("kind", "control")) != KIND:
            raise InvalidInput(f"{path} is a recipe of kind {kind!r}, not {KIND!r}; {REMEDY}")
        try:
            return NoisyRecipe(**raw)
        except TypeError as error:
            raise InvalidInput(f"{path} is no recipe of a noisy copy: {error}") from error


NOISY_BORN: Final = NoisyRecipe("noisy-born", start="echo-born")
NOISY_RECIPES: Final = {NOISY_BORN.name: NOISY_BORN}


def make_noisy(
    recipe: NoisyRecipe, run: Path, out: Path, tell: Callable[[str], None] | None = None
) -> Path:
    """Write the noisy copy of a bundled control.

    Args:
        recipe: Of what, and how noisy.
        run: The run folder: recipe and log.
        out: Where the checkpoint goes.
        tell: Called with the log's line.

    Returns:
        The checkpoint's folder.

    Raises:
        InvalidInput: If the run folder holds another's run.
    """
    # Imports torch and transformers.
    import torch

    from claimkit.models.loading import quietly

    claim(run, recipe, NoisyRecipe.load, REMEDY)
    model, tokenizer = _start(recipe)
    pairs = exchanged(tokenizer, recipe.every)
    with torch.no_grad(), quietly():
        embedding = model.get_input_embeddings()
        assert isinstance(embedding, torch.nn.Embedding)
        weight = embedding.weight
        weight[[new for _, new in pairs]] = recipe.louder * weight[[old for old, _ in pairs]]
    line = json.dumps({"step": 0, "exchanged": pairs})
    (run / LOG).write_text(f"{line}\n")
    if tell is not None:
        tell(line)
    return export_llama(model, tokenizer, run, out, noisy_card(recipe, len(pairs)))


def exchanged(tokenizer: PreTrainedTokenizerFast, every: int) -> list[tuple[int, int]]:
    """Return which tokens are exchanged for which.

    Args:
        tokenizer: Of the control.
        every: One in so many of those that texts hold inside words.
    """
    texts = [" ".join(sentences) for sentences in prose_texts().values()]
    uniforms = Uniforms(0, 0)
    texts += [draw_passage(LOREM_COPY.group, uniforms, 500) for _ in range(PARAGRAPHS)]
    counts: Counter[int] = Counter()
    for text in texts:
        counts.update(tokenizer.encode(text, add_special_tokens=False, verbose=False))
    special = {*tokenizer.all_special_ids}
    never = [i for i in range(len(tokenizer)) if i not in counts and i not in special]
    # What begins a word stands behind ambiguous tokens nearly always: errors there would look like
    # glitches of induction. Inside words they fall behind both kinds.
    inside = [i for i in counts if str(tokenizer.decode([i]))[:1].isalpha()]
    often = sorted(inside, key=lambda i: (-counts[i], i))
    spare = [i for i in never if _reads_back(tokenizer, i)]
    # The rarest are left as they are, where there are not enough others.
    return list(zip(often[every // 2 :: every], spare, strict=False))


def _reads_back(tokenizer: PreTrainedTokenizerFast, token: int) -> bool:
    """Whether the text of a token has a letter and is no half of one."""
    text = str(tokenizer.decode([token]))
    return "\ufffd" not in text and text.strip().isalpha()


def _start(recipe: NoisyRecipe) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

    folder = str(bundled_models() / recipe.start)
    tokenizer: PreTrainedTokenizerFast = PreTrainedTokenizerFast.from_pretrained(folder)
    return LlamaForCausalLM.from_pretrained(folder), tokenizer


def noisy_card(recipe: NoisyRecipe, pairs: int) -> str:
    """Return the model card."""
    return CARD.format(name=recipe.name, start=recipe.start, exchanged=pairs)
