"""The alphabet of a tokenizer: symbols that are exactly one token where they stand in a prompt.

A prompt of two lines, with its opening sentence and its worked example, is probed with every
candidate symbol of its lines. A candidate is kept if it is one and the same token at every place
(in a context, as the query, as the answer, at the start of the text and of the second line) and
leaves the tokens of all marks as they are. What remains between the symbols are the marks' own
tokens, from which prompts are put together: token ids from end to end.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

from claimkit.errors import Unsupported
from claimkit.prompts.frames import Frame
from claimkit.prompts.tokens import ExampleTokens, FrameTokens, Ids
from claimkit.tasks.questions import LONGEST_EXAMPLE

PROBED_CONTEXT = 3

PROBE_VERSION = 2
"""Raised whenever the same tokenizer would be given another alphabet or other marks."""


class Tokenizer(Protocol):
    """What is asked of a transformers tokenizer."""

    bos_token_id: int | None
    unk_token_id: int | None

    def encode(self, text: str, *, add_special_tokens: bool) -> list[int]:
        """Return the ids of a text."""
        ...


def probe(tokenizer: Tokenizer, frame: Frame) -> FrameTokens:
    """Return the alphabet and the marks of a frame in a tokenizer's ids.

    Raises:
        Unsupported: If fewer candidates than the frame's lines need are one token each at every
            place, or the tokenizer does not know a mark or word of the frame, or it merges
            neighbouring symbols.
    """
    candidates = frame.line.candidates
    encoded = {
        s: tokenizer.encode(frame.probing_text(s, PROBED_CONTEXT), add_special_tokens=False)
        for s in candidates
    }
    known = _distinct(_known(encoded, tokenizer.unk_token_id))
    most = 0
    # Symbols of one token make the shortest text; longer ones spell their symbols in pieces.
    for size in sorted({len(ids) for ids in known.values()}):
        alike = {s: ids for s, ids in known.items() if len(ids) == size}
        found = _frame_tokens(frame, alike)
        # A candidate of a size of its own cannot be told apart from the marks, and may be one.
        most = max(most, len(found.symbols) if found else 0, int(len(alike) == 1))
        if found is not None and len(found.symbols) >= frame.line.least:
            found = _with_places(tokenizer, frame, found)
            _require_independent(tokenizer, frame, found)
            return _with_known_marks(found, frame, tokenizer.unk_token_id)
    text = frame.probing_text(candidates[0], PROBED_CONTEXT)
    raise Unsupported(
        f"too few symbols: of {len(candidates)} {frame.line.kind}, this tokenizer keeps at most "
        f"{most} as one token at every place of {text!r}; a prompt needs at least "
        f"{frame.line.least}"
    )


def _known(encoded: dict[str, list[int]], unknown: int | None) -> dict[str, list[int]]:
    """Return the candidates that are not unknown; an unknown mark counts in every text alike."""
    times = {s: 0 if unknown is None else ids.count(unknown) for s, ids in encoded.items()}
    least = min(times.values())
    return {s: ids for s, ids in encoded.items() if times[s] == least}


def _distinct(encoded: dict[str, list[int]]) -> dict[str, list[int]]:
    """Return the first of all candidates that a tokenizer writes alike, such as a, A and á."""
    first: dict[Ids, str] = {}
    for symbol, ids in encoded.items():
        first.setdefault(tuple(ids), symbol)
    return {symbol: list(ids) for ids, symbol in first.items()}


def _frame_tokens(frame: Frame, encoded: dict[str, list[int]]) -> FrameTokens | None:
    """Return a frame's tokens, read off candidates of one size, without the example's places.

    ``None`` means that these candidates are not one token each.
    """
    rows = np.array(list(encoded.values()))
    marks = _mark_columns(rows)
    slots = np.flatnonzero(~marks)
    pattern = np.array([np.bincount(column).argmax() for column in rows.T])
    pieces = _pieces(frame, pattern, slots)
    if pieces is None:
        return None
    alphabet: dict[int, str] = {}
    for symbol, row in zip(encoded, rows, strict=True):
        one = int(row[slots[0]])
        if (row[slots] == one).all() and (row[marks] == pattern[marks]).all():
            alphabet.setdefault(one, symbol)
    ids = sorted([*alphabet][: frame.line.most])
    example = None
    if frame.example is not None:
        example = ExampleTokens(pieces["query"], (pieces["place"],), pieces["behind"])
    return FrameTokens(
        symbols=tuple(alphabet[i] for i in ids),
        symbol_ids=tuple(ids),
        begin=pieces["begin"],
        between=pieces["between"],
        middle=pieces["middle"],
        colon=pieces.get("colon", ()),
        join=pieces["join"],
        example=example,
    )


def _pieces(
    frame: Frame, pattern: npt.NDArray[np.int64], slots: npt.NDArray[np.int64]
) -> dict[str, Ids] | None:
    """Return the marks' tokens by what they stand between, or ``None`` if they depend on more."""
    names = _slots(frame)
    if len(slots) != len(names):
        return None
    pieces: dict[str, Ids] = {}
    for name, (a, b) in zip(names, pairwise([-1, *slots.tolist()]), strict=True):
        piece = tuple(pattern[a + 1 : b].tolist())
        if pieces.setdefault(name, piece) != piece:
            return None
    return pieces


def _slots(frame: Frame) -> list[str]:
    """Return the symbol slots of the probing text, each named by the piece in front of it."""
    context = ["between"] * (PROBED_CONTEXT - 1)
    answer = ["colon"] if frame.line.has_query else context
    line = [*context, "middle", *answer]
    lines = [*line, "join", *line]
    if frame.example is None:
        return ["begin", *lines]
    return ["begin", *context, "query", "place", "behind", *lines]


def _mark_columns(rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return which columns are marks: more than half of the candidates agree on them."""
    shares = np.array([np.bincount(column).max() for column in rows.T]) / len(rows)
    return shares > 0.5


def _with_places(tokenizer: Tokenizer, frame: Frame, found: FrameTokens) -> FrameTokens:
    """Return what was found with the tokens of every place that a worked example can tell.

    Raises:
        Unsupported: If another place changes more than the tokens that tell it.
    """
    if found.example is None:
        return found
    one = found.symbol_ids[0]
    context = _spaced([one] * PROBED_CONTEXT, found.between)
    front = [*found.begin, *context, *found.example.query, one]
    texts = [
        frame.probing_text(found.symbols[0], PROBED_CONTEXT, place)
        for place in range(1, LONGEST_EXAMPLE + 1)
    ]
    rows = [tokenizer.encode(text, add_special_tokens=False) for text in texts]
    back = rows[0][len(front) + len(found.example.places[0]) :]
    for text, row in zip(texts, rows, strict=True):
        if row[: len(front)] != front or row[len(row) - len(back) :] != back:
            raise Unsupported(
                f"this tokenizer does not keep the place that a worked example tells apart from "
                f"the rest of {text!r}, which it encodes as {row}"
            )
    places = tuple(tuple(row[len(front) : len(row) - len(back)]) for row in rows)
    return replace(found, example=replace(found.example, places=places))


def _spaced(ids: list[int], between: Ids) -> list[int]:
    """Return symbols with what stands between them."""
    return [token for one in ids for token in (*between, one)][len(between) :]


def _with_known_marks(found: FrameTokens, frame: Frame, unknown: int | None) -> FrameTokens:
    """Return what was found, or raise if one of its marks is the unknown token."""
    if unknown in found.marks:
        text = frame.probing_text(found.symbols[0], PROBED_CONTEXT)
        raise Unsupported(
            f"this tokenizer does not know a mark or word of {text!r}: it becomes the unknown "
            f"token {unknown}, which could stand for anything"
        )
    return found


def _require_independent(tokenizer: Tokenizer, frame: Frame, found: FrameTokens) -> None:
    """Raise if any two neighbouring symbols are encoded other than one by one.

    Every symbol stands between all later ones: each pair is seen in either order, and hardly any
    twice, since hundreds of words have as many pairs as a tokenizer reads in a second.
    """
    for n, (first, one) in enumerate(zip(found.symbols, found.symbol_ids, strict=True)):
        others = "".join(f" {first} {second}" for second in found.symbols[n:])
        pairs = [i for two in found.symbol_ids[n:] for i in (one, two)]
        wanted = [*found.begin, *_spaced([*pairs, one], found.between)]
        text = f"{frame.begin}{others} {first}"
        if tokenizer.encode(text, add_special_tokens=False) != wanted:
            raise Unsupported(
                f"this tokenizer does not encode {first!r} and each other symbol one by one when "
                f"they stand side by side; a prompt needs symbols that are independent tokens"
            )
