"""Questions turned into arrays: token codes, positions that are read, and what should hold there.

Axes: ``string`` (one question), ``position`` (of its string, from 0), ``step`` (a position that is
read, in their order), ``output`` (a line that should or should not hold there: NEXT by token code,
or ACCEPT and MAY).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, final

import numpy as np
import numpy.typing as npt

from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.laws.forms import Form, Word, form_of
from claimkit.crasp.operations import Symbol
from claimkit.crasp.program import Program
from claimkit.crasp.running.interpreting import evaluate, next_tokens
from claimkit.crasp.running.trace import Trace
from claimkit.crasp.symbols import BOS, EOS, PADDING, Alphabet
from claimkit.tasks import Language

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NONE: Final = -1
"""Expected where no NEXT may hold."""


@final
@dataclass(frozen=True, eq=False)
class Cases:
    """Strings with the one NEXT that should hold at every position that is read.

    Attributes:
        alphabet: What the codes mean.
        tokens: Int ``(string, position)``, padded on the right with −1.
        positions: Int ``(string, step)``, padded on the right with −1.
        expected: Int ``(string, step)``: the code of the one token whose NEXT should hold, or
            ``NONE``.
        questions: What each string asks.
    """

    alphabet: Alphabet
    tokens: Ints
    positions: Ints
    expected: Ints
    questions: tuple[Word, ...]

    @cached_property
    def outputs(self) -> tuple[str, ...]:
        """The names of the outputs: the tokens, by code."""
        return self.alphabet.tokens

    @cached_property
    def wanted(self) -> Bools:
        """What should hold, bool ``(string, step, output)``."""
        codes = np.arange(len(self.outputs))
        return np.asarray(self.expected[:, :, None] == codes, dtype=np.bool_)

    def given(self, program: Program, offset: int = 0) -> Bools:
        """Return what holds in a program, bool ``(string, step, output)``.

        Raises:
            InvalidProgram: If the program has no Boolean line NEXT.
        """
        _demand(program, "NEXT", 1, "NEXT[a], which says that a is the next symbol")
        return next_tokens(program, self.alphabet, self.tokens, self.positions, offset=offset)


@final
@dataclass(frozen=True, eq=False)
class Labels:
    """Words of a language with what should hold at each of their prefixes.

    Attributes:
        alphabet: What the codes mean.
        tokens: Int ``(string, position)``, padded on the right with −1.
        positions: Int ``(string, step)``: every position of a word, from ``$`` on.
        accept: Bool ``(string, step)``: whether the prefix is a member.
        may: Bool ``(string, step, symbol)``: what may follow the prefix; no symbols where the
            paper's label is membership.
        questions: The words.
    """

    alphabet: Alphabet
    tokens: Ints
    positions: Ints
    accept: Bools
    may: Bools
    questions: tuple[Word, ...]

    @cached_property
    def outputs(self) -> tuple[str, ...]:
        """The names of the outputs: ACCEPT, and MAY for every symbol."""
        symbols = self.alphabet.symbols[: self.may.shape[2]]
        return ("ACCEPT", *(f"MAY[{symbol}]" for symbol in symbols))

    @cached_property
    def wanted(self) -> Bools:
        """What should hold, bool ``(string, step, output)``."""
        return np.concatenate([self.accept[:, :, None], self.may], axis=2)

    def given(self, program: Program, offset: int = 0) -> Bools:
        """Return what holds in a program, bool ``(string, step, output)``.

        Raises:
            InvalidProgram: If the program has no Boolean line ACCEPT, or none MAY where it should.
        """
        _demand(program, "ACCEPT", 0, "ACCEPT, which says that a prefix is in the language")
        if self.may.shape[2]:
            _demand(program, "MAY", 1, "MAY[a], which says that a may follow a prefix")
        trace = evaluate(program, self.alphabet, self.tokens, offset=offset)
        found = np.zeros(self.wanted.shape, dtype=np.bool_)
        found[:, :, 0] = trace["ACCEPT"]
        if self.may.shape[2]:
            found[:, :, 1:] = _may(trace)
        return np.asarray(found & (self.positions != PADDING)[:, :, None], dtype=np.bool_)


Expectation = Cases | Labels


def cases(
    task: str, questions: Iterable[Word], alphabet: Alphabet, *, bos: bool = False
) -> Expectation:
    """Return what programs for a task are held against.

    Args:
        task: A name or key of :func:`claimkit.crasp.laws.forms.form_of`.
        questions: Well-formed for the task, over the alphabet, at least one.
        alphabet: Of the strings; for Sort its order counts.
        bos: Whether a retrieval string begins with ``$``, which is to change nothing; the strings
            of other tasks begin so in any case.

    Raises:
        InvalidQuestion: If a question is not well-formed.
        UnknownTask: If there is no such task.
    """
    form, asked = form_of(task), tuple(questions)
    if isinstance(form, Language):
        return _labels(form, asked, alphabet)
    strings: list[list[int]] = []
    positions: list[range] = []
    expected: list[list[int]] = []
    for question in asked:
        string, first, codes = _framed(form, question, alphabet, bos)
        strings.append(string)
        positions.append(range(first, first + len(codes)))
        expected.append(codes)
    return Cases(alphabet, padded(strings), padded(positions), padded(expected), asked)


def _framed(
    form: Form, question: Word, alphabet: Alphabet, bos: bool
) -> tuple[list[int], int, list[int]]:
    """Return a string, the first position read, and what is expected from there on."""
    prompt = alphabet.encode(form.prompt(question))
    answer = alphabet.encode(form.answer(question, alphabet.symbols))
    if bos and prompt[0] != alphabet.codes[BOS]:
        prompt = [alphabet.codes[BOS], *prompt]
    if form.stop == "unread":
        return prompt, len(prompt) - 1, answer
    end = alphabet.codes[EOS] if form.stop == "eos" else NONE
    return [*prompt, *answer], len(prompt) - 1, [*answer, end]


def _labels(language: Language, words: tuple[Word, ...], alphabet: Alphabet) -> Labels:
    """Return words with the labels of all their prefixes, each computed once."""
    follow = language.may_follow
    width = len(alphabet) if follow is not None else 0
    known: dict[Word, tuple[bool, list[bool]]] = {}

    def label(prefix: Word) -> tuple[bool, list[bool]]:
        if prefix not in known:
            after = follow(prefix) if follow is not None else frozenset[str]()
            may = [symbol in after for symbol in alphabet.symbols[:width]]
            known[prefix] = language.contains(prefix), may
        return known[prefix]

    longest = max(map(len, words)) + 1
    accept = np.zeros((len(words), longest), dtype=np.bool_)
    may = np.zeros((len(words), longest, width), dtype=np.bool_)
    for row, word in enumerate(words):
        for step in range(len(word) + 1):
            accept[row, step], may[row, step] = label(word[:step])
    tokens = padded([alphabet.encode((BOS, *word)) for word in words])
    positions = np.where(tokens == PADDING, PADDING, np.arange(longest))
    return Labels(alphabet, tokens, positions, accept, may, words)


def padded(rows: Sequence[Sequence[int]]) -> Ints:
    """Return rows as one array, padded on the right with −1."""
    array = np.full((len(rows), max(map(len, rows))), PADDING, dtype=np.int64)
    for number, row in enumerate(rows):
        array[number, : len(row)] = row
    return array


def _may(trace: Trace) -> Bools:
    """Return MAY, bool ``(string, position, symbol)``, from one line for all symbols or several."""
    found = np.zeros((*trace.tokens.shape, len(trace.alphabet)), dtype=np.bool_)
    for line in trace.program.definitions_named("MAY"):
        (index,) = line.indices
        if isinstance(index, Symbol):
            found[:, :, trace.alphabet.codes[index.symbol]] = trace[line.key]
        else:
            found[:] = np.moveaxis(trace[line.key], 1, 2)
    return found


def _demand(program: Program, name: str, indices: int, what: str) -> None:
    """Refuse a program without Boolean lines of this name and so many indices."""
    lines = program.definitions_named(name)
    for line in lines:
        if program.kind(line.key) != "boolean" or len(line.indices) != indices:
            raise InvalidProgram(
                f"{line.title} of {program.name or 'the program'} has {len(line.indices)} indices "
                f"and is a {program.kind(line.key)}; the task needs a Boolean line {what}"
            )
    if not lines:
        known = ", ".join(line.title for line in program.definitions)
        raise InvalidProgram(
            f"{program.name or 'the program'} has no line {name!r}; the task needs a Boolean line "
            f"{what}; lines: {known}"
        )
