"""What is read off the syntax tree of a line in one place for all: words, numbers, signs, text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.operations import Symbol, Term, Variable
from claimkit.crasp.symbols import BOS, EOS, SEP
from claimkit.crasp.text.passages import Passage

if TYPE_CHECKING:
    from lark import Token, Tree

    Node = Tree[Token]

SPECIAL_WORDS: Final = {"bos": BOS, "sep": SEP, "eos": EOS}
"""How special symbols are written, without quotes."""
MOST_DIGITS: Final = 18
"""Of a whole number: counts are 64-bit numbers."""

_SPELLINGS: Final = {"<=": "≤", ">=": "≥", "!=": "≠"}


@final
@dataclass(frozen=True)
class Reader:
    """Reads the syntax tree of one passage."""

    passage: Passage

    def wrong(self, tree: Node, what: str) -> InvalidProgram:
        """Return the error that something is wrong where a part of the tree begins."""
        return self.passage.wrong(what, tree.meta.line)

    def text(self, tree: Node) -> str:
        """Return a part of the tree as it is written."""
        return " ".join(self.passage.text[tree.meta.start_pos : tree.meta.end_pos].split())

    def integer(self, tree: Node) -> int:
        """Return a whole number."""
        value = self.digits(tree, str(tree.children[0]))
        return -value if tree.data == "negative" else value

    def digits(self, tree: Node, digits: str) -> int:
        """Return a number without a sign."""
        if len(digits) > MOST_DIGITS:
            raise self.wrong(
                tree, f"the number {digits[:6]}… has {len(digits)} digits; at most {MOST_DIGITS}"
            )
        return int(digits)

    def terms(self, trees: Sequence[Node]) -> tuple[Term, ...]:
        """Return indices."""
        return tuple(map(self.term, trees))

    def term(self, tree: Node) -> Term:
        """Return an index: a variable, a special symbol, or a quoted symbol of the alphabet."""
        text = str(tree.children[0])
        if tree.data == "variable":
            return Variable(text)
        if tree.data == "special":
            return Symbol(SPECIAL_WORDS[text])
        if text == "''":
            raise self.wrong(tree, "a quoted symbol is empty; write it between the quotes, as 'a'")
        return Symbol(unquoted(text))


def parts(tree: Node) -> list[Node]:
    """Return the parts of a tree that are trees themselves, in their order."""
    return [child for child in tree.children if not isinstance(child, str | None)]


def sign_of(tree: Node) -> str:
    """Return a relation in its Unicode spelling."""
    sign = str(tree.children[0])
    return _SPELLINGS.get(sign, sign)


def bare_word(tree: Node) -> str | None:
    """Return a word that stands alone, as positions do; None for any other operation."""
    alone = tree.data == "reference" and tree.children[1:] == [None, None]
    return str(tree.children[0]) if alone else None


def quoted(text: str) -> str:
    r"""Put a text in quotes.

    >>> print(quoted("it's"))
    'it\'s'
    """
    return "'" + re.sub(r"(['\\])", r"\\\1", text) + "'"


def unquoted(text: str) -> str:
    """Return the text that stands in quotes."""
    return re.sub(r"\\(.)", r"\1", text[1:-1])
