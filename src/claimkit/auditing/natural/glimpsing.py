"""Glimpses of outputs: the first copy that goes wrong, around its first glitch.

A glimpse is remembered in the store, so that a run whose answers are all there needs no tokenizer.

Source: arXiv:2505.21785, §4.2, on glitches and ambiguous tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from claimkit.auditing.natural.asks import TextAsk
from claimkit.auditing.natural.requests import GlitchExcess, SettledText, TextAccuracy
from claimkit.auditing.natural.writing import Writer
from claimkit.evaluation.glitches.alignment import align
from claimkit.evaluation.glitches.ambiguity import ambiguous
from claimkit.evaluation.glitches.counting import glitches
from claimkit.evaluation.glitches.spans import transitions
from claimkit.evidence.answers import Answer, Answers
from claimkit.evidence.glimpses import Glimpse, Piece
from claimkit.evidence.verdicts import Verdict

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

GLIMPSE_VERSION: Final = 1
"""Raised when the same answers would be shown otherwise; what was remembered is forgotten then."""

AROUND: Final = 12
"""Tokens that are shown on either side of the place where an output goes wrong."""


def glimpse_of(
    writer: Writer,
    request: SettledText,
    verdict: Verdict,
    found: Sequence[Answers],
    purpose: str,
) -> Glimpse | None:
    """Return where the first copy that goes wrong does so; None where there is nothing to show.

    That is of glitches, unless nothing can be said of them, and of accuracies in copying paragraphs
    that fail.

    Args:
        writer: Whose answers they are.
        request: What was judged.
        verdict: What came out.
        found: The answers to each of its asks that were read, in order.
        purpose: Of their streams.

    Raises:
        StoreError: If what is shown cannot be remembered.
    """
    if not (found and _is_shown(request, verdict)):
        return None
    ask, answers = request.asks[0], found[0].answers
    index = first_wrong_copy(answers, transitions_only=isinstance(request, GlitchExcess))
    if index is None:
        return None
    store = writer.subject.store
    name = f"glimpse {GLIMPSE_VERSION} {writer.key(ask, purpose).digest} {index}"
    known = store.facts(name)
    if known is None:
        known = _made(ask, answers[index], index, writer.subject.tokenizer).to_dict()
        store.remember(name, known)
    return Glimpse.from_dict(known)


def first_wrong_copy(answers: Sequence[Answer], *, transitions_only: bool) -> int | None:
    """Return which answer is the first copy that goes wrong; None if there is none.

    Where none is a copy, by the length filter, the first wrong answer that was where it should be
    is shown instead, unless only transitions count. Answers that are the same tokens show nothing.
    """
    wrong = [i for i, one in enumerate(answers) if one.parsed and one.gold != one.given]
    for i in wrong:
        seen = glitches(answers[i].gold, answers[i].given)
        if seen.kept and (seen.transitions or not transitions_only):
            return i
    return None if transitions_only or not wrong else wrong[0]


def pieces_of(tokenizer: PreTrainedTokenizerBase, ids: Sequence[int], start: int = 0) -> list[str]:
    """Return tokens as text that can be put together, from one on.

    Some tokenizers drop the space before a token that stands alone, and a letter may be several
    tokens: then only the last of these shows it, and the others the replacement character.

    Args:
        tokenizer: Whose tokens they are.
        ids: Token ids, int ``(token,)``.
        start: The first token that is returned.
    """
    found, done = [], ""
    # One token more in front keeps the first one's space.
    for stop in range(max(0, start - 1), len(ids)):
        part = list(ids[max(0, start - 1) : stop + 1])
        whole = str(tokenizer.decode(part, clean_up_tokenization_spaces=False))
        if whole.startswith(done) and len(whole) > len(done) and not whole.endswith("\ufffd"):
            piece, done = whole[len(done) :], whole
        else:
            piece = str(tokenizer.decode([ids[stop]], clean_up_tokenization_spaces=False))
        found.append(piece)
    return found[min(start, 1) :]


def _is_shown(request: SettledText, verdict: Verdict) -> bool:
    if isinstance(request, GlitchExcess):
        return verdict is not Verdict.NOT_APPLICABLE
    copies = isinstance(request, TextAccuracy) and request.asks[0].is_cut
    return copies and verdict is Verdict.FAILS


def _made(ask: TextAsk, answer: Answer, index: int, tokenizer: PreTrainedTokenizerBase) -> Glimpse:
    gold, given = answer.gold, answer.given
    right, instead = _parting(answer)
    first, last = max(0, right - AROUND), min(len(gold), right + AROUND)
    marked = ambiguous(gold).tolist()
    shown = pieces_of(tokenizer, gold[:last], first)
    pieces = [Piece(text, marked[first + i]) for i, text in enumerate(shown)]
    return Glimpse(
        task=ask.task.name,
        setting=ask.place,
        index=index,
        position=right,
        tokens=len(gold),
        copied=tuple(pieces[: right - first]),
        expected=tuple(pieces[right - first :]),
        written=tuple(pieces_of(tokenizer, given[: instead + AROUND], instead)),
        goes_on=len(given) > instead + AROUND,
    )


def _parting(answer: Answer) -> tuple[int, int]:
    """Return how many tokens of original and output there are up to and with the transition."""
    alignment = align(answer.gold, answer.given)
    ends = transitions(alignment)
    if not len(ends):
        return 0, 0
    (column,) = np.flatnonzero(alignment.gold == ends[0])
    return int(ends[0]) + 1, int(alignment.output[column]) + 1
