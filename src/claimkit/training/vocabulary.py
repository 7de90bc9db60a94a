"""The word-level vocabulary of the control checkpoints, and its tokenizer.

62 symbols (letters and digits), every word and mark of the templates and separators of
:mod:`claimkit.prompts.wording`, and four special tokens. A text is split at spaces, around line
breaks and around marks; every piece is one token.

Controls that hold conversations have a *wide* vocabulary: words as symbols and what a conversation
is written in besides, behind all of the others. Their tokenizer has a chat template.
"""

from __future__ import annotations

import re
import string
from pathlib import Path
from typing import TYPE_CHECKING

from claimkit.prompts.chat import CLOSE, OPEN
from claimkit.prompts.told import TOLD
from claimkit.prompts.word_symbols import MOST_WORDS, word_candidates
from claimkit.prompts.wording import COPYING_TEMPLATES, RETRIEVAL_TEMPLATES, opening, worked_example
from claimkit.tasks import TASKS, Retrieval
from claimkit.training.conversations import CHAT, TEMPLATE

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

SYMBOLS = string.ascii_letters + string.digits
SPECIAL = ("<pad>", "<bos>", "<eos>", "<unk>")
MARKS = ("\n", "|", "||", ":", ",", ".", ">", "#", ";", "=", "+", "-", "[", "]", "(", ")", "?", "!")
TURNS = ("<|im_start|>", "<|im_end|>", OPEN, CLOSE)
"""What stands around the turns of a conversation, and around an answer."""
SPLIT = r"([\s|:,.>#;=+\-\[\]()?!])"
SPARE_WORDS = ("Answer", "Copy", "Question", "commit", "pick", "revert", "text", "write", "words")


def words(*, wide: bool = False) -> list[str]:
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
    known += [word for word in more if word not in known]
    if not wide:
        return known
    said = re.sub("|".join(map(re.escape, TURNS)), " ", CHAT.prompt(TOLD))
    found = [*word_symbols(), *TURNS, *(word for word in re.split(SPLIT, said) if word.strip())]
    return list(dict.fromkeys([*known, *found]))


def word_symbols() -> tuple[str, ...]:
    """Return the words that are symbols of a wide vocabulary."""
    return word_candidates()[:MOST_WORDS]


def ids(*, wide: bool = False) -> dict[str, int]:
    """Return the id of every token."""
    return {word: i for i, word in enumerate(words(wide=wide))}


def tokenizer_of(window: int, *, wide: bool = False) -> PreTrainedTokenizerFast:
    """Return the tokenizer of a vocabulary.

    Args:
        window: The longest sequence in tokens.
        wide: Whether it has words as symbols and a chat template.
    """
    from tokenizers import AddedToken, Regex, Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    table = ids(wide=wide)
    tokenizer = Tokenizer(models.WordLevel(table, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r" +"), behavior="removed"),
            pre_tokenizers.Split(Regex(r"\|\||[\n|:,.>#;=+\-\[\]()?!]"), behavior="isolated"),
        ]
    )
    if wide:
        # None is special: what a model writes between its tags has to be read.
        tokenizer.add_tokens([AddedToken(turn, normalized=False) for turn in TURNS])
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
    if wide:
        fast.chat_template = TEMPLATE
    return fast


def save_tokenizer(folder: Path, window: int, *, wide: bool = False) -> None:
    """Write a tokenizer that ``transformers.AutoTokenizer`` loads.

    Args:
        folder: Where ``tokenizer.json`` and its companions go.
        window: The longest sequence in tokens.
        wide: As of :func:`tokenizer_of`.
    """
    tokenizer_of(window, wide=wide).save_pretrained(str(folder))
