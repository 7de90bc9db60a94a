"""Looking: the streams of strings that a request reads, and what each look at them sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

from claimkit.auditing.asks import Ask
from claimkit.auditing.grids import Options
from claimkit.auditing.observing import Observer, questions_of
from claimkit.auditing.requests import Drawn, HeadlineRequest, PairedGap
from claimkit.auditing.subject import Subject
from claimkit.errors import NotApplicable, Unsupported
from claimkit.evidence.looks import Looks
from claimkit.evidence.outcomes import Outcomes
from claimkit.prompts.prompter import Prompter
from claimkit.tasks import Setting, Strings, Task
from claimkit.tasks.questions import check_askable


@final
@dataclass(frozen=True)
class Asked:
    """A stream of strings that a request reads: one task at one setting of this model.

    Attributes:
        task: What is asked.
        setting: How, over this model's alphabet.
        purpose: ``claim``, or another word for fresh strings.
        tokens_per_string: The most tokens that a prompt with its answer takes.
    """

    task: Task
    setting: Setting
    purpose: str
    tokens_per_string: int

    def strings(self, stop: int) -> Strings:
        """Return the first strings of the stream, without their demonstrations."""
        return questions_of(self.task.group, self.setting, stop, self.purpose).strings


@final
@dataclass(frozen=True)
class Sight:
    """What one look sees.

    Attributes:
        streams: What was asked.
        outcomes: One for each stream, of as many strings each.
        tail: The error that each bound may spend at this look.
    """

    streams: tuple[Asked, ...]
    outcomes: tuple[Outcomes, ...]
    tail: float

    @property
    def size(self) -> int:
        """How many strings of each stream were read."""
        return len(self.outcomes[0])


def sights(observer: Observer, streams: tuple[Asked, ...], looks: Looks) -> Iterator[Sight]:
    """Look at growing samples; what the store lacks is measured when its look is reached."""
    asks = [(stream.task, stream.setting, stream.purpose) for stream in streams]
    for size, tail in looks.schedule:
        yield Sight(streams, observer.all_outcomes(asks, size), tail)


def streams_of(
    subject: Subject, request: HeadlineRequest, purpose: str = "claim"
) -> tuple[Asked, ...]:
    """Return the streams that a request reads, one for each of its asks; nothing is measured.

    Raises:
        NotApplicable: If the model cannot be asked so: no such template for the task, too few
            symbols, a window that is too short, or two alphabets where one is needed.
    """
    prompters = [_prompter(subject, ask) for ask in request.asks]
    if isinstance(request, PairedGap):
        require_one_alphabet(request, prompters)
    pairs = zip(request.asks, prompters, strict=True)
    return tuple(_asked(subject, ask, prompter, purpose) for ask, prompter in pairs)


def askable_points(subject: Subject, request: Drawn) -> list[Options]:
    """Return the points of a request's grid that a model can be asked at, in the grid's order.

    Raises:
        NotApplicable: If there are none, with the reason at the first.
    """
    askable, reasons = [], []
    for point in request.grid.points():
        try:
            streams_of(subject, request.at(point))
        except NotApplicable as reason:
            reasons.append(str(reason))
        else:
            askable.append(point)
    if not askable:
        raise NotApplicable(f"no setting of the grid can be asked: {reasons[0]}")
    return askable


def _prompter(subject: Subject, ask: Ask) -> Prompter:
    try:
        return subject.prompter(ask.task, ask.setting(symbols=2))
    except Unsupported as error:
        raise NotApplicable(str(error)) from error


def require_one_alphabet(request: PairedGap, prompters: list[Prompter]) -> None:
    """Raise unless both tasks of a pair are asked with the same symbols.

    Raises:
        NotApplicable: With how many symbols each has, and how many are the same.
    """
    right, left = (prompter.tokens.symbols for prompter in prompters)
    if right != left:
        raise NotApplicable(
            f"{request.right.name} and {request.left.name} are worded differently here, and this "
            f"tokenizer keeps {len(right)} symbols as one token beside the words of the one and "
            f"{len(left)} beside those of the other, of which {len(set(right) & set(left))} are "
            "the same; a paired gap needs one alphabet"
        )


def _asked(subject: Subject, ask: Ask, prompter: Prompter, purpose: str) -> Asked:
    setting = ask.setting(symbols=len(prompter.tokens.symbols))
    check_askable(ask.task.group, setting)
    prompter.check_window(ask.task, setting, subject.checkpoint.window)
    return Asked(ask.task, setting, purpose, prompter.longest(ask.task, setting))
