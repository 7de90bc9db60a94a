"""The word-level vocabulary of the control checkpoints, and its tokenizer.

62 symbols (letters and digits), every word and mark of the templates and separators of
:mod:`claimkit.prompts.wording`, and four special tokens. A text is split at spaces, around line
breaks and around marks; every piece is one token.
"""

from __future__ import annotations

import string
from pathlib import Path

from claimkit.prompts.wording import COPYING_TEMPLATES, RETRIEVAL_TEMPLATES, opening, worked_example
from claimkit.tasks import TASKS, Retrieval

SYMBOLS = string.ascii_letters + string.digits
SPECIAL = ("<pad>", "<bos>", "<eos>", "<unk>")
MARKS = ("\n", "|", "||", ":", ",", ".", ">", "#", ";", "=", "+", "-", "[", "]", "(", ")", "?", "!")
SPARE_WORDS = ("Answer", "Copy", "Question", "commit", "pick", "revert", "text", "write", "words")


def words() -> list[str]:
    """Return every token of the vocabulary, in the order of its ids."""
    texts = [
        opening(task, template)
        for task in TASKS.values()
        for template in (RETRIEVAL_TEMPLATES if isinstance(task, Retrieval) else COPYING_TEMPLATES)
    ]
    texts += [
        worked_example(task, ["a"], "a", 1, "a")
        for task in TASKS.values()
        if isinstance(task, Retrieval)
    ]
    known = [*SPECIAL, *MARKS, *SYMBOLS]
    more = sorted({word for text in texts for word in text.split()} | set(SPARE_WORDS))
    return known + [word for word in more if word not in known]


def ids() -> dict[str, int]:
    """Return the id of every token."""
    return {word: i for i, word in enumerate(words())}


def save_tokenizer(folder: Path, window: int) -> None:
    """Write a tokenizer that ``transformers.AutoTokenizer`` loads.

    Args:
        folder: Where ``tokenizer.json`` and its companions go.
        window: The longest sequence in tokens.
    """
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    table = ids()
    tokenizer = Tokenizer(models.WordLevel(table, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r" +"), behavior="removed"),
            pre_tokenizers.Split(Regex(r"\|\||[\n|:,.>#;=+\-\[\]()?!]"), behavior="isolated"),
        ]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<bos> $A", pair="<bos> $A $B", special_tokens=[("<bos>", table["<bos>"])]
    )
    fast = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        bos_token="<bos>",
        eos_token="<eos>",
        pad_token="<pad>",
        unk_token="<unk>",
        model_max_length=window,
    )
    fast.save_pretrained(str(folder))
