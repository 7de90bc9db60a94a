"""Too many answers for too few messages: two prompts that a program cannot tell apart.

Cut a string before the prompt's last symbol, the separator, where the answer's first symbol is
read. All that a program knows there and later of what precedes is its message
(:mod:`claimkit.crasp.protocol.messages`). If two prompts have the same message and the same last
symbol, every NEXT is the same for both, whatever follows. So if their right answers differ, feed
what these begin with alike: at the place where they part, NEXT is the same for both, and wrong for
one of them. Prompts whose right answers all differ are a *fooling set*: a program that is right on
all of them needs a message for each.

Proven elsewhere: arXiv:2410.02140, Theorem 12, that messages have O(log n) bits, so that a fooling
set of k^N prompts outgrows them. Run here, for a program at hand: two prompts with the same message
are looked for and found, and NEXT after both is evaluated on the whole strings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product, takewhile
from typing import final

from claimkit.crasp.program import Program
from claimkit.crasp.protocol.messages import Protocol
from claimkit.crasp.running.interpreting import next_tokens
from claimkit.crasp.symbols import Alphabet
from claimkit.errors import InvalidInput

Symbols = tuple[str, ...]


@final
@dataclass(frozen=True)
class Question:
    """A prompt, up to where the answer's first symbol is read, and its one right answer."""

    prompt: Symbols
    answer: Symbols


@final
@dataclass(frozen=True)
class FoolingSet:
    """Questions about all sources x_1 … x_N over some symbols, for every N.

    Attributes:
        task: What is asked.
        symbols: What sources are made of, at least two.
        ask: The question about a source. For sources of one length, prompts have one length and one
            last symbol, answers have one length, and all answers differ.

    Raises:
        InvalidInput: If there are less than two symbols.
    """

    task: str
    symbols: Symbols
    ask: Callable[[Symbols], Question]

    def __post_init__(self) -> None:
        """Refuse sets of one source for each length."""
        if len(self.symbols) < 2:
            raise InvalidInput(f"sources need at least two symbols to differ, got {self.symbols}")

    def questions(self, length: int) -> list[Question]:
        """Return the questions about all sources of one length, in order of their symbols."""
        return [self.ask(source) for source in product(self.symbols, repeat=length)]

    def sources(self, length: int) -> int:
        """Return how many questions there are: so many messages are needed."""
        number: int = len(self.symbols) ** length
        return number

    def before(self, length: int) -> int:
        """Return how many symbols stand before the separator."""
        return len(self.ask(self.symbols[:1] * length).prompt) - 1


@final
@dataclass(frozen=True)
class Collision:
    """Two prompts that a program treats alike, although their answers differ.

    Attributes:
        first: Of the two questions, the one asked first.
        second: The other one.
        fed: What both right answers begin with.
        said: The symbols whose NEXT holds after either prompt and ``fed``.
    """

    first: Question
    second: Question
    fed: Symbols
    said: Symbols

    @property
    def right(self) -> Symbols:
        """What should come next, after the one and the other."""
        place = len(self.fed)
        return self.first.answer[place], self.second.answer[place]

    @property
    def wrong_on(self) -> Question:
        """A question that the program answers wrongly; the first, if it does so on both."""
        return self.second if self.said == self.right[:1] else self.first

    def __str__(self) -> str:
        """Say what is wrong in one sentence."""
        prompts = " and ".join(repr(" ".join(q.prompt)) for q in (self.first, self.second))
        fed = f" and then {' '.join(self.fed)!r}" if self.fed else ""
        said, right = " and ".join(self.said) or "nothing", " and ".join(self.right)
        return f"after {prompts}{fed} it says {said} both times, but {right} are right"


def collision(
    program: Program, alphabet: Alphabet, questions: Sequence[Question]
) -> Collision | None:
    """Return two prompts that a program treats alike and should not; None if it tells all apart.

    Args:
        program: With lines NEXT.
        alphabet: Σ.
        questions: All prompts of one length with the same last symbol, all answers of one length.

    Raises:
        InvalidInput: If lengths or last symbols differ.
        InvalidProgram: If the program has no NEXT or is for another alphabet.
    """
    if len({(len(q.prompt), q.prompt[-1:], len(q.answer)) for q in questions}) != 1:
        raise InvalidInput(
            "questions to be told apart have prompts of one length and last symbol, and answers of "
            f"one length, got {' and '.join(' '.join(q.prompt) for q in questions[:2]) or 'none'}"
        )
    prompts = [alphabet.encode(question.prompt[:-1]) for question in questions]
    messages = Protocol(program, alphabet).messages(prompts)
    first: dict[str, Question] = {}
    for message, question in zip(messages, questions, strict=True):
        other = first.setdefault(message, question)
        if other.answer != question.answer:
            return _confirmed(program, alphabet, other, question)
    return None


def _confirmed(
    program: Program, alphabet: Alphabet, first: Question, second: Question
) -> Collision:
    """Return what a program says where two answers part, evaluated on the whole strings."""
    pairs = zip(first.answer, second.answer, strict=True)
    fed = tuple(symbol for symbol, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    strings = [alphabet.encode((*question.prompt, *fed)) for question in (first, second)]
    last = len(strings[0]) - 1
    said, said_too = next_tokens(program, alphabet, strings, [[last], [last]])[:, 0]
    if (said != said_too).any():
        raise AssertionError(
            f"{first.prompt} and {second.prompt} have one message, but NEXT differs after them; "
            "the protocol leaves something out"
        )
    return Collision(first, second, fed, tuple(alphabet.decode(said.nonzero()[0].tolist())))
