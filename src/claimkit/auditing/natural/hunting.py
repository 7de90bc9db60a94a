"""Counterexamples of texts: the shortest text that a model was seen to write wrongly.

A few texts of each length are asked about, of lengths that double until some are wrong; then the
smallest such length is found by halving. That takes the texts of every length to be harder than
those of a smaller one; where they are not, a still shorter text may fail. Greedy decoding is how
verdicts have texts written, too, so nothing is left to be confirmed.

Texts are the first of the streams that claims of these lengths read, so that an answer serves both.
How a hunt ended is remembered: a later run loads neither weights nor tokenizer for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, final

from claimkit.auditing.drawing import CLAIM
from claimkit.auditing.natural.asks import TextAsk
from claimkit.auditing.natural.replaying import command_for_text, passage_of
from claimkit.auditing.natural.requests import TextAccuracy
from claimkit.auditing.natural.writing import Writer
from claimkit.evidence.answers import Answer
from claimkit.evidence.counterexamples import Counterexample

TEXT_HUNT_VERSION: Final = 1
"""Raised when the same hunt would end otherwise; what was remembered is forgotten then."""

ASKED: Final = 16
"""Texts of each length that are asked about."""

TEXTS: Final = "texts"
"""Where counterexamples of texts come from: a stream of each length."""


@final
@dataclass(frozen=True)
class Wrong:
    """A text that was written wrongly.

    Attributes:
        ask: Task and setting.
        index: Which text of its stream, counted from 0.
        answer: What was written.
    """

    ask: TextAsk
    index: int
    answer: Answer


def text_counterexample(
    writer: Writer, request: TextAccuracy, sizes: Sequence[int]
) -> Counterexample | None:
    """Return the shortest text that a hunt finds written wrongly, or None.

    Args:
        writer: Where answers come from.
        request: The claim's request.
        sizes: Numbers of texts at which the claim was looked at, ascending.

    Raises:
        NotApplicable: If the model cannot be asked so.
        CheckTripped: If a logit is NaN or infinite.
        BudgetUsedUp: If the time for measuring is over before the end.
        StoreError: If what was found cannot be remembered.
    """
    (ask,), store = request.asks, writer.subject.store
    key = writer.key(ask, CLAIM)
    name = f"text hunt {TEXT_HUNT_VERSION} {key.digest}"
    known = store.facts(name)
    if known is None:
        # A claim that fails because nothing is wrong is no reason to ask about more.
        read = [size for size in sizes if not store.answers.missing(key, size)]
        known = _hunted(writer, ask, read)
        if known is None:
            return None
        store.remember(name, known)
    # The same weights may lie elsewhere now, or be loaded otherwise.
    again = command_for_text(writer, replace(ask, length=known["length"]), known["index"])
    return replace(Counterexample.from_dict(known["found"]), replay=again)


def _hunted(writer: Writer, ask: TextAsk, sizes: Sequence[int]) -> dict[str, Any] | None:
    """Return how a hunt ends as JSON-safe primitives; None if the claim read nothing wrong."""
    tried = (_wrong(writer, ask, size) for size in sizes)
    whole = next((one for one in tried if one is not None), None)
    if whole is None:
        return None
    found = _shortest(writer, whole)
    made = _counterexample(writer, found, whole).to_dict()
    return {"length": found.ask.length, "index": found.index, "found": made}


def _shortest(writer: Writer, whole: Wrong) -> Wrong:
    """Return a text of the smallest length of which some are wrong, as far as halving tells."""
    ask, found, right, length = whole.ask, whole, 0, 1
    while length < ask.length:
        tried = _wrong(writer, replace(ask, length=length), ASKED)
        if tried is not None:
            found = tried
            break
        right, length = length, 2 * length
    while found.ask.length - right > 1:
        length = (right + found.ask.length) // 2
        tried = _wrong(writer, replace(ask, length=length), ASKED)
        if tried is None:
            right = length
        else:
            found = tried
    return found


def _wrong(writer: Writer, ask: TextAsk, size: int) -> Wrong | None:
    """Return the text that goes wrong the earliest among the first of a stream."""
    answers = writer.answers(ask, size, CLAIM).answers
    wrong = [Wrong(ask, index, one) for index, one in enumerate(answers) if not one.right]
    return min(wrong, key=lambda one: (one.answer.first_wrong, one.index), default=None)


def _counterexample(writer: Writer, found: Wrong, whole: Wrong) -> Counterexample:
    """Return a wrong text as a counterexample, with one of the claim's own length beside it."""
    ask = found.ask
    setting, tokenizer = writer.setting(ask), writer.subject.tokenizer
    passage = passage_of(ask.natural, setting, found.index, tokenizer)
    question = writer.question(ask, found.index, CLAIM)
    # Paragraphs are shown around their first glitch instead.
    beside = found is not whole and not ask.is_cut
    return Counterexample(
        task=ask.task.name,
        setting=f"{ask.place}, in conversations" if writer.chats else ask.place,
        prompt=question.removesuffix(passage.answer),
        context=passage.shown,
        query="",
        expected=passage.answer,
        actual=found.answer.text,
        margin=None,
        origin=TEXTS,
        replay="",
        sampled=writer.question(whole.ask, whole.index, CLAIM) if beside else "",
    )
