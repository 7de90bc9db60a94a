"""The alphabet of a tokenizer: symbols that are exactly one token where they stand in a prompt.

A line of a prompt is probed with every candidate symbol. A candidate is kept if it is one and the
same token at every place (in a context, as the query, as the answer, at the start of the text and
after a line break) and leaves the tokens of all marks as they are. What remains between the
symbols are the marks' own tokens, from which prompts are put together: token ids from end to end.
"""

from __future__ import annotations

import string
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from claimkit.errors import Unsupported
from claimkit.prompts.lines import Line

CANDIDATES = (
    string.ascii_letters
    + string.digits
    + "".join(chr(code) for code in range(0xC0, 0x180) if chr(code).isalpha())
)
"""Letters, digits, and letters with diacritics (Latin-1 Supplement and Latin Extended-A)."""

PROBED_CONTEXT = 3

PROBE_VERSION = 1
"""Raised whenever the same tokenizer would be given another alphabet or other marks."""


class Tokenizer(Protocol):
    """What is asked of a transformers tokenizer."""

    bos_token_id: int | None
    unk_token_id: int | None

    def encode(self, text: str, *, add_special_tokens: bool) -> list[int]:
        """Return the ids of a text."""
        ...


@dataclass(frozen=True)
class LineTokens:
    """One kind of line in the tokens of one tokenizer.

    Attributes:
        symbols: The alphabet, as text, in the order of its token ids.
        symbol_ids: The one token of each symbol.
        begin: Tokens in front of the first symbol of a text.
        middle: Tokens between the context and the query, or the source and the answer.
        colon: Tokens between query and answer; empty for copying.
        join: Tokens between an answer and the first symbol of the next line.
    """

    symbols: str
    symbol_ids: tuple[int, ...]
    begin: tuple[int, ...]
    middle: tuple[int, ...]
    colon: tuple[int, ...]
    join: tuple[int, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values that :meth:`from_dict` reads back, as JSON knows them."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}

    @staticmethod
    def from_dict(raw: dict[str, Any]) -> LineTokens:
        """Read what :meth:`as_dict` wrote."""
        plain: dict[str, Any] = {k: v if k == "symbols" else tuple(v) for k, v in raw.items()}
        return LineTokens(**plain)


def probe(tokenizer: Tokenizer, line: Line, candidates: str = CANDIDATES) -> LineTokens:
    """Return the alphabet and the marks of a line in a tokenizer's ids.

    Raises:
        Unsupported: If fewer than two candidates are one token each at every place, or the
            tokenizer does not know a mark of the line, or it merges neighbouring symbols.
    """
    encoded = {
        s: tokenizer.encode(_probing_text(line, s), add_special_tokens=False) for s in candidates
    }
    known = _known(encoded, tokenizer.unk_token_id)
    # Symbols of one token make the shortest line; longer ones spell their symbols in pieces.
    for size in sorted({len(ids) for ids in known.values()}):
        found = _line_tokens(line, {s: ids for s, ids in known.items() if len(ids) == size})
        if found is not None and len(found.symbols) >= 2:
            _require_independent(tokenizer, line, found)
            return _with_known_marks(found, line, tokenizer.unk_token_id)
    raise Unsupported(
        f"of {len(candidates)} letters and digits, this tokenizer keeps fewer than two as one "
        f"token at every place of {_probing_text(line, candidates[0])!r}; a prompt needs symbols "
        f"of one token each"
    )


def _known(encoded: dict[str, list[int]], unknown: int | None) -> dict[str, list[int]]:
    """Return the candidates that are not unknown; an unknown mark counts in every line alike."""
    times = {s: 0 if unknown is None else ids.count(unknown) for s, ids in encoded.items()}
    least = min(times.values())
    return {s: ids for s, ids in encoded.items() if times[s] == least}


def _line_tokens(line: Line, encoded: dict[str, list[int]]) -> LineTokens | None:
    """Return a line's tokens, read off candidates of one size, or ``None``.

    ``None`` means that these candidates are not one token each.
    """
    rows = np.array(list(encoded.values()))
    marks = _mark_columns(rows)
    slots = np.flatnonzero(~marks)
    if len(slots) != len(_slots(line)):
        return None
    pattern = np.array([np.bincount(column).argmax() for column in rows.T])
    pieces = _pieces(line, pattern, slots)
    if pieces["context 2"] or pieces["context 3"]:
        return None
    alphabet: dict[int, str] = {}
    for symbol, row in zip(encoded, rows, strict=True):
        one = int(row[slots[0]])
        if (row[slots] == one).all() and (row[marks] == pattern[marks]).all():
            alphabet.setdefault(one, symbol)
    ids = sorted(alphabet)
    return LineTokens(
        symbols="".join(alphabet[i] for i in ids),
        symbol_ids=tuple(ids),
        begin=pieces["begin"],
        middle=pieces["middle"],
        colon=pieces.get("colon", ()),
        join=pieces["join"],
    )


def _pieces(
    line: Line, pattern: npt.NDArray[np.int64], slots: npt.NDArray[np.int64]
) -> dict[str, tuple[int, ...]]:
    """Return the marks' tokens in front of each symbol slot."""
    edges = [-1, *slots.tolist()]
    between = [tuple(pattern[a + 1 : b].tolist()) for a, b in pairwise(edges)]
    return dict(zip(_slots(line), between, strict=True))


def _with_known_marks(found: LineTokens, line: Line, unknown: int | None) -> LineTokens:
    """Return what was found, or raise if one of its marks is the unknown token."""
    if unknown in (*found.begin, *found.middle, *found.colon, *found.join):
        text = _probing_text(line, found.symbols[0])
        raise Unsupported(
            f"this tokenizer does not know a mark of the line {text!r}: it becomes the unknown "
            f"token {unknown}, which could stand for anything"
        )
    return found


def _require_independent(tokenizer: Tokenizer, line: Line, found: LineTokens) -> None:
    """Raise if any two neighbouring symbols are encoded other than one by one."""
    for first, one in zip(found.symbols, found.symbol_ids, strict=True):
        text = line.begin + line.spaced(s for second in found.symbols for s in (first, second))
        wanted = [*found.begin, *(i for two in found.symbol_ids for i in (one, two))]
        if tokenizer.encode(text, add_special_tokens=False) != wanted:
            raise Unsupported(
                f"this tokenizer does not encode {first!r} and each other symbol one by one when "
                f"they stand side by side; a prompt needs symbols that are independent tokens"
            )


def _slots(line: Line) -> list[str]:
    """Return the symbol slots of the probing text, each named by the piece in front of it."""
    inner = [f"context {i}" for i in range(2, PROBED_CONTEXT + 1)]
    if line.has_query:
        behind = [*inner, "middle", "colon"]
    else:
        behind = [*inner, "middle", *(f"answer {i}" for i in range(2, PROBED_CONTEXT + 1))]
    return ["begin", *behind, "join", *(f"{name} again" for name in behind)]


def _probing_text(line: Line, symbol: str) -> str:
    """Return two lines whose every symbol is this one."""
    context = [symbol] * PROBED_CONTEXT
    answer = context[:1] if line.has_query else context
    return line.text([(context, symbol if line.has_query else None, answer)] * 2)


def _mark_columns(rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return which columns are marks: more than half of the candidates agree on them."""
    shares = np.array([np.bincount(column).max() for column in rows.T]) / len(rows)
    return shares > 0.5
