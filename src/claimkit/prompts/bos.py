"""What stands in front of every prompt, so that a model is asked as it was trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from claimkit.errors import Unsupported
from claimkit.prompts.alphabet import Tokenizer


@dataclass(frozen=True)
class BosPolicy:
    """What stands in front of every prompt.

    Attributes:
        tokens: What the tokenizer puts there by itself or the prompt begins with; mostly one BOS
            token, also several (``[gMASK] <sop>``) or none.
        name: For keys and reports.
    """

    tokens: tuple[int, ...]
    name: str

    @staticmethod
    def of(tokenizer: Tokenizer, text: str) -> BosPolicy:
        """Return what the tokenizer does when it is asked to add special tokens to a prompt.

        What it puts behind the text (EOS, ``[SEP]``) is ignored: an answer is not the end of all.

        Raises:
            Unsupported: If special tokens change the tokens of the text itself, or BOS is among
                them twice.
        """
        bos = tokenizer.bos_token_id
        plain = tokenizer.encode(text, add_special_tokens=False)
        added = _in_front(plain, tokenizer.encode(text, add_special_tokens=True))
        if bos is not None and added.count(bos) > 1:
            raise Unsupported(
                f"this tokenizer puts its BOS token {bos} in front of a prompt {added.count(bos)} "
                f"times ({' '.join(map(str, added))}), which no model is trained on; correct its "
                "post-processor, or name another with --tokenizer"
            )
        if added:
            return BosPolicy(added, _added_name(added))
        if bos is None:
            return BosPolicy((), "none: the tokenizer has no BOS token")
        if plain[:1] == [bos]:
            return BosPolicy((bos,), f"token {bos}, already written in the prompt")
        return BosPolicy((), f"none: the tokenizer does not add its BOS token {bos}")

    def in_front_of(self, ids: Sequence[int]) -> list[int]:
        """Return a text's ids with the tokens in front; what is written there is not doubled."""
        for there in range(len(self.tokens), 0, -1):
            if tuple(ids[:there]) == self.tokens[-there:]:
                return [*self.tokens, *ids[there:]]
        return [*self.tokens, *ids]


def _added_name(added: tuple[int, ...]) -> str:
    if len(added) == 1:
        return f"token {added[0]}, as the tokenizer adds it"
    return f"tokens {' '.join(map(str, added))}, as the tokenizer adds them"


def _in_front(plain: list[int], marked: list[int]) -> tuple[int, ...]:
    """Return what stands in front of a text's ids where special tokens are added."""
    for start in range(len(marked) - len(plain) + 1):
        if marked[start : start + len(plain)] == plain:
            return tuple(marked[:start])
    raise Unsupported(
        f"this tokenizer encodes a prompt as {plain}, but with special tokens as {marked}; nothing "
        "may change but what stands in front and behind"
    )
