"""The reduction of Σ*be* to NRLast and NLLast, run: with the rule as solver, and with any program.

Three laws. With the task's own rule as the solver, the reduction recognizes Σ*be*. With a program
as the solver, the program that :meth:`LastRetrieval.recognizer` builds of it says the same as the
reduction does when it asks that program, right or wrong. And a program at hand is wrong: on the
shortest word on which its recognizer errs, it answers the question it is asked there wrongly.

Proven elsewhere: that such a word exists for *every* program (arXiv:2410.02140, Lemma 35). Here it
is found for the programs given, if it is not too long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import final

import numpy as np
import numpy.typing as npt

from claimkit.crasp.laws.law import Law
from claimkit.crasp.program import Program
from claimkit.crasp.reductions.languages import WORDS, Word, is_member, words
from claimkit.crasp.reductions.last_retrieval import (
    ACCEPT,
    CONTEXTS,
    QUERY,
    Context,
    LastRetrieval,
)
from claimkit.crasp.running.interpreting import evaluate, next_tokens
from claimkit.crasp.symbols import SEP

RULE_LENGTH = 9
PROGRAM_LENGTH = 7


@final
@dataclass(frozen=True)
class WrongAnswer:
    """A question that a program answers wrongly, and the word that led there.

    Attributes:
        word: Over a, b, e.
        context: Over a, b, e, q; the query is q.
        right: The right answer.
        said: The symbols whose NEXT holds.
    """

    word: Word
    context: Context
    right: str
    said: tuple[str, ...]

    def __str__(self) -> str:
        """Say what is wrong in one sentence."""
        question = " ".join((*self.context, SEP, QUERY))
        said = " and ".join(self.said) or "nothing"
        return f"{''.join(self.word)!r} asks {question!r}: it says {said}, {self.right} is right"


def answers(program: Program, contexts: Sequence[Context]) -> list[tuple[str, ...]]:
    """Return the symbols whose NEXT holds at the query q after each context.

    Args:
        program: With lines NEXT, for a, b, e and q.
        contexts: Of any lengths.

    Raises:
        InvalidProgram: If the program has no NEXT or is for another alphabet.
    """
    strings = [CONTEXTS.encode((*context, SEP, QUERY)) for context in contexts]
    longest = max(map(len, strings), default=0)
    tokens = [[*string, *[-1] * (longest - len(string))] for string in strings]
    places = np.array([[len(string) - 1] for string in strings]).reshape(-1, 1)
    found = next_tokens(program, CONTEXTS, np.reshape(tokens, (len(strings), -1)), places)
    return [tuple(CONTEXTS.decode(row.nonzero()[0].tolist())) for row in found[:, 0]]


def by_program(
    reduction: LastRetrieval, program: Program, asked: Sequence[Word]
) -> dict[Word, bool]:
    """Return which words the reduction accepts that asks a program."""
    contexts = [reduction.context(word) for word in asked]
    says_b = {
        context: "b" in said
        for context, said in zip(contexts, answers(program, contexts), strict=True)
    }
    return {word: reduction.accepts(word, says_b.__getitem__) for word in asked}


def rule_law(reduction: LastRetrieval, longest: int = RULE_LENGTH) -> Law:
    """Check that with the task's rule as solver the reduction recognizes Σ*be*."""
    label = f"Σ*be* by the rule of {reduction.task.name}"
    number = 0
    for word in words(longest):
        if reduction.accepts(word, reduction.by_rule) != is_member(word):
            return Law(label, f"{number:,} words", f"{''.join(word)!r} is decided wrongly")
        number += 1
    return Law(label, f"all {number:,} words up to length {longest} over {' '.join(WORDS.symbols)}")


def program_law(reduction: LastRetrieval, program: Program, longest: int = PROGRAM_LENGTH) -> Law:
    """Check that the recognizer built of a program says what the reduction that asks it says."""
    return recognizer_law(reduction, program, reduction.recognizer(program), longest)


def recognizer_law(
    reduction: LastRetrieval, program: Program, recognizer: Program, longest: int = PROGRAM_LENGTH
) -> Law:
    """Check that a recognizer accepts what the reduction accepts that asks a program.

    Args:
        reduction: Of Σ*be* to NRLast or NLLast.
        program: The solver, right or wrong.
        recognizer: With a line ACCEPT, over a, b, e.
        longest: Words up to this length are tried.
    """
    label = f"Σ*be* by {program.name or 'a program'} for {reduction.task.name}"
    asked = list(words(longest))
    expected = by_program(reduction, program, asked)
    accepted = _accepted(recognizer, longest)
    for word in asked:
        if accepted[word] != expected[word]:
            verdict = "accepts" if accepted[word] else "rejects"
            return Law(label, f"{len(asked):,} words", f"the program {verdict} {''.join(word)!r}")
    return Law(label, f"all {len(asked):,} words up to length {longest}")


def first_error(
    reduction: LastRetrieval, program: Program, longest: int = RULE_LENGTH
) -> WrongAnswer | None:
    """Return the shortest word on which a program's recognizer errs, with the question it asks.

    Returns:
        None if the recognizer is right on all words up to the length.
    """
    recognizer = reduction.recognizer(program)
    for length in range(1, longest + 1):
        asked = list(product(WORDS.symbols, repeat=length))
        accepted = _values(recognizer, asked)[:, -1]
        wrong = np.flatnonzero(accepted != [is_member(word) for word in asked])
        if wrong.size:
            return _confirmed(reduction, program, asked[wrong[0]])
    return None


def error_law(reduction: LastRetrieval, program: Program, longest: int = RULE_LENGTH) -> Law:
    """Check that a program answers a question of the task wrongly, found by the recognizer."""
    label = f"{reduction.task.name} by {program.name or 'a program'}, refuted"
    found = first_error(reduction, program, longest)
    if found is None:
        wrong = f"its recognizer is right on all words up to length {longest}"
        return Law(label, f"words up to length {longest}", wrong)
    return Law(label, f"a shortest word that its recognizer decides wrongly: {found}")


def _confirmed(reduction: LastRetrieval, program: Program, word: Word) -> WrongAnswer:
    """Return the question that a word leads to, asked once more of the program itself."""
    context = reduction.context(word)
    right = reduction.task.answer(context, QUERY)
    (said,) = answers(program, [context])
    if ("b" in said) == (right == "b"):
        raise AssertionError(f"{''.join(word)!r} is decided wrongly, but its question is not")
    return WrongAnswer(word, context, right, said)


def _accepted(recognizer: Program, longest: int) -> dict[Word, bool]:
    """Return which words up to a length a recognizer accepts: prefixes of the longest ones."""
    asked = list(product(WORDS.symbols, repeat=longest))
    values = _values(recognizer, asked)
    return {
        word[: place + 1]: bool(values[row, place])
        for row, word in enumerate(asked)
        for place in range(longest)
    }


def _values(recognizer: Program, asked: Sequence[Word]) -> npt.NDArray[np.bool_]:
    tokens = [WORDS.encode(word) for word in asked]
    return evaluate(recognizer, WORDS, tokens)[ACCEPT].astype(np.bool_)
