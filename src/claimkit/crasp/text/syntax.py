"""The grammar at work: the syntax tree of a line, or a person's words for what is wrong."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.text.passages import Passage

if TYPE_CHECKING:
    from lark import Lark, Token, UnexpectedCharacters, UnexpectedToken

    from claimkit.crasp.text.reading import Node

_CLOSING: Final = {"[": "]", "(": ")", "{": "}"}

_EXPECTED: Final[tuple[tuple[str, frozenset[str]], ...]] = (
    ("an operation such as Q[a](i)", frozenset({"_NOT"})),
    ("':='", frozenset({"DEFINED"})),
    ("a relation such as =", frozenset({"EQUAL"})),
    ("an operator such as ∧", frozenset({"_AND"})),
    ("'['", frozenset({"LSQB"})),
    ("']'", frozenset({"RSQB"})),
    ("')'", frozenset({"RPAR"})),
    ("'}'", frozenset({"RBRACE"})),
    ("'{'", frozenset({"LBRACE"})),
    ("','", frozenset({"COMMA"})),
    ("':'", frozenset({"COLON"})),
    ("a name", frozenset({"WORD"})),
    ("a symbol", frozenset({"QUOTED"})),
    ("a whole number", frozenset({"INTEGER"})),
    ("the end of the line", frozenset({"$END"})),
)
"""What to call terminals of the grammar; a list of them is long, so an operation stands alone."""

_HINTS: Final = {
    "&": "'and' is written ∧ or and",
    "|": "'or' is written ∨ or or; the separator is the word sep",
    "!": "'not' is written ¬ or not",
    "$": "the symbol before a string is the word bos",
    "#": "a comment begins after a blank; the symbol after an answer is the word eos",
    '"': "a symbol stands in single quotes, as 'a'",
    "*": "there is no product of counts",
    "∀": "'for all' is written ¬∃[j ≤ i] ¬P(j), or ⋀[a] over symbols",
    "Σ": "a sum over symbols is written ∑[a] or sum[a]",
    "∉": "write the residues or distances that are meant with ∈",
}
"""What was probably meant by a character that is not in the language."""


def tree_of(passage: Passage) -> Node:
    """Return the syntax tree of a definition.

    Raises:
        InvalidProgram: If its words and signs are in no order that the grammar knows.
    """
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    try:
        try:
            return _lark().parse(passage.text)
        except UnexpectedToken as error:
            raise (_unpaired(passage) or _unexpected(passage, error)) from None
    except UnexpectedCharacters as error:
        raise _unknown_character(passage, error) from None


@lru_cache(maxsize=1)
def _lark() -> Lark:
    """Return the parser.

    Its lexer is the same everywhere, so that a word such as *any* is never a name.
    """
    from lark import Lark

    grammar = files("claimkit.crasp.text").joinpath("grammar.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", lexer="basic", start="definition", propagate_positions=True)


def _unpaired(passage: Passage) -> InvalidProgram | None:
    """Return what is wrong with brackets, as this says more than what was expected next."""
    opened: list[Token] = []
    for token in _lark().lex(passage.text):
        line = token.line or 1
        if token in _CLOSING:
            opened.append(token)
        elif token in _CLOSING.values():
            if not opened:
                return passage.wrong(f"'{token}' closes no bracket", line)
            last = opened.pop()
            if token != _CLOSING[last]:
                return passage.wrong(f"expected '{_CLOSING[last]}', found '{token}'", line)
    if opened:
        last = opened.pop()
        return passage.wrong(f"'{last}' is never closed by '{_CLOSING[last]}'", last.line or 1)
    return None


def _unknown_character(passage: Passage, error: UnexpectedCharacters) -> InvalidProgram:
    character = passage.text[error.pos_in_stream or 0]
    if character == "'":
        return passage.wrong("a quote is never closed; a symbol is quoted as in 'a'", error.line)
    hint = _HINTS.get(character)
    return passage.wrong(
        f"{character} is not in the language" + (f"; {hint}" if hint else ""), error.line
    )


def _unexpected(passage: Passage, error: UnexpectedToken) -> InvalidProgram:
    token: Token = error.token
    expected = [phrase for phrase, terminals in _EXPECTED if terminals & error.accepts]
    listed = expected[0] if "_NOT" in error.accepts else " or ".join(expected)
    found = "the end of the line" if token.type == "$END" else f"'{token}'"
    line = passage.last if token.type == "$END" else token.line or 1
    hint = _hint(token, passage)
    return passage.wrong(
        f"expected {listed}, found {found}" + (f"; {hint}" if hint else ""),
        line,
    )


def _hint(token: Token, passage: Passage) -> str | None:
    """Return what to do about some tokens wherever they surprise."""
    if token.type == "$END" and re.search(r"#\s+\[", passage.text):
        return "a count is written #[j ≤ i] without a blank, since # and a blank begin a comment"
    if token.type == "DEFINED":
        return "a definition begins at the start of a line, an indented line goes on from the last"
    if token == "=" and ":=" not in passage.text:
        return "a definition is written with :="
    if token.type in ("EQUAL", "LESSTHAN", "MORETHAN", "ATMOST", "ATLEAST", "UNEQUAL"):
        return "a comparison has two sides, and stands in parentheses behind ¬, ∃ and their like"
    if token.type in ("_MOD", "_IN"):
        return "i mod 3 = 1 stands in parentheses behind ¬, ∃ and their like"
    if token.type == "QMARK":
        return "a conditional inside of another operation stands in parentheses"
    if token.type in ("BOS", "SEP", "EOS"):
        return "a special symbol stands in square brackets, as Q[sep]"
    return None
