"""The lines before the definitions: what a program is called, and which alphabet it is for."""

from __future__ import annotations

import re
from typing import Final

from claimkit.crasp.symbols import Alphabet
from claimkit.crasp.text.passages import Passage
from claimkit.crasp.text.reading import SPECIAL_WORDS, quoted, unquoted
from claimkit.errors import InvalidInput

HEADERS: Final = ("program", "alphabet")
"""The header lines, in their order."""

_HEADER: Final = re.compile(rf"({'|'.join(HEADERS)})(?!\S)(?!\s*:=)(.*)", re.DOTALL)
_COMMENT: Final = re.compile(r"(?<!\S)#.*")
_QUOTED: Final = re.compile(r"'(?:[^'\\]|\\.)*'")
_PLAIN_NAME: Final = re.compile(r"(?![':])[^\s#]+(?: [^\s#]+)*")


def header_of(passage: Passage) -> str | None:
    """Return which header a passage is; None if it is none."""
    found = _HEADER.match(passage.text.lstrip())
    return found.group(1) if found else None


def name_in(passage: Passage) -> str:
    """Return what the header *program* says.

    Raises:
        InvalidProgram: If it says no name, or more than a line.
    """
    rest = _rest(passage)
    given = _QUOTED.match(rest)
    if given and not _COMMENT.sub("", rest[given.end() :]).strip():
        return unquoted(given.group())
    name = _COMMENT.sub("", rest).strip()
    if not name or "\n" in name or name.startswith("'"):
        raise passage.wrong("the header 'program' has one name, as in: program UR")
    return name


def alphabet_in(passage: Passage) -> tuple[str, ...]:
    """Return the symbols that the header *alphabet* lists.

    Raises:
        InvalidProgram: If they are no alphabet.
    """
    words = _COMMENT.sub("", _rest(passage)).split()
    symbols = tuple(_symbol(passage, word) for word in words)
    try:
        return Alphabet(symbols).symbols
    except InvalidInput as error:
        raise passage.wrong(str(error)) from None


def headers_text(name: str, alphabet: tuple[str, ...] | None) -> list[str]:
    """Return the header lines of a program."""
    lines = []
    if name:
        plain = _PLAIN_NAME.fullmatch(name)
        lines.append(f"program {name if plain else quoted(name)}")
    if alphabet is not None:
        words = (quoted(word) if _needs_quotes(word) else word for word in alphabet)
        lines.append(" ".join(("alphabet", *words)))
    return lines


def _rest(passage: Passage) -> str:
    found = _HEADER.match(passage.text.lstrip())
    return found.group(2).strip() if found else ""


def _symbol(passage: Passage, word: str) -> str:
    if word in SPECIAL_WORDS:
        raise passage.wrong(
            f"{word} is in every alphabet and is not listed; a symbol that is called so is quoted: "
            f"{quoted(word)}"
        )
    if not word.startswith("'"):
        return word
    if not _QUOTED.fullmatch(word):
        raise passage.wrong(f"{word} begins with a quote; a quoted symbol is written as '\\''")
    return unquoted(word)


def _needs_quotes(symbol: str) -> bool:
    return symbol in SPECIAL_WORDS or symbol.startswith(("'", "#", ":="))
