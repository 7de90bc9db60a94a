"""The tokenizer of models from scratch: symbols are called s0, s1, …, and marks stand behind."""

from __future__ import annotations

from pathlib import Path

from claimkit.training.scratch.examples import Marks
from claimkit.training.scratch.recipe import ScratchRecipe


def words(symbols: int) -> list[str]:
    """Return every token in the order of its ids.

    >>> words(2)
    ['s0', 's1', '<bos>', '<sep>', '<eos>', '<pad>']
    """
    marks = Marks.behind(symbols)
    named = {marks.bos: "<bos>", marks.sep: "<sep>", marks.eos: "<eos>", marks.pad: "<pad>"}
    return [named.get(number, f"s{number}") for number in range(marks.vocabulary)]


def save_tokenizer(folder: Path, recipe: ScratchRecipe) -> None:
    """Write a tokenizer that ``transformers.AutoTokenizer`` loads; spaces part its words.

    Args:
        folder: Where ``tokenizer.json`` and its companion go.
        recipe: Says how many symbols there are, and how long a string may be.
    """
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    table = {word: number for number, word in enumerate(words(recipe.symbols))}
    tokenizer = Tokenizer(models.WordLevel(table))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<bos> $A", pair="<bos> $A $B", special_tokens=[("<bos>", table["<bos>"])]
    )
    fast = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        bos_token="<bos>",
        sep_token="<sep>",
        eos_token="<eos>",
        pad_token="<pad>",
        model_max_length=recipe.positions,
    )
    fast.save_pretrained(str(folder))
