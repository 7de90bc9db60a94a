"""The minimizer: from a wrong question to the simplest one, many candidates in one batch.

Questions are ordered by simplicity: length, then symbols, then query. The minimizer stands at the
simplest question that is known to be wrong and asks about simpler ones, batch by batch, until one
is wrong; it stops when all that it can think of are right. In turn it thinks of

1. the first questions there are, in order of simplicity,
2. short parts of the question, blocks left out, and one or two symbols left out,
3. symbols renamed, made the smallest ones, exchanged or lowered,
4. all questions made of the question's own symbols and the two smallest, as far as they go,
5. mutations of whatever simpler question came closest to a wrong answer, length by length.

So the result is a fixpoint, whatever the oracle: no single deletion and no single lowering of a
symbol is wrong, too.

Source: Zeller and Hildebrandt 2002, "Simplifying and Isolating Failure-Inducing Input".
Differs: their candidates are asked one at a time; here all of a size, and several sizes, at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice, takewhile
from random import Random

from claimkit.auditing.hunting.asking import MOST_AT_ONCE, Ledger
from claimkit.auditing.hunting.domain import Domain
from claimkit.auditing.hunting.mutations import mutations
from claimkit.auditing.hunting.neighbours import lower, shorter, subsequences, two_at_once
from claimkit.auditing.hunting.ordering import in_order
from claimkit.auditing.hunting.questions import Question

PARTS = 96
"""Random parts of a question that are tried before anything else is left out."""

SWEPT = 1024
"""Questions in order of simplicity that are asked before a result is taken for minimal."""

EARLY, STEERED = 2, 4
"""Times that the closest questions are mutated before anything is lowered, and at the end."""

PER_LENGTH = 4
"""Closest questions of each length."""


def minimize(ledger: Ledger, domain: Domain, wrong: Question, seed: int) -> Question:
    """Return the simplest wrong question that can be found.

    Args:
        ledger: Where ``wrong`` was asked; other wrong questions in it are starts as good.
        domain: What a question has to belong to.
        wrong: A wrong question.
        seed: Of the parts that are tried.
    """
    random = Random(f"minimize {seed}")
    first = islice(in_order(domain, range(domain.symbols)), MOST_AT_ONCE)
    best = _simpler(ledger, domain, wrong, first)
    while True:
        found = _simpler(ledger, domain, best, _candidates(ledger, domain, best, random))
        if found == best:
            return best
        best = found


def _candidates(
    ledger: Ledger, domain: Domain, best: Question, random: Random
) -> Iterator[Question]:
    """Yield what the minimizer thinks of, the most rewarding first."""
    own = {*best.context, *([] if best.query is None else [best.query]), 0, 1}
    alphabet = [symbol for symbol in sorted(own) if symbol < domain.symbols]
    if len(best.context) > domain.shortest:
        yield from subsequences(best, domain.shortest, PARTS, random)
        yield from shorter(best)
        # Whatever is lowered before the shortest length is reached is lowered in vain.
        yield from _steered(ledger, domain, best, random, EARLY)
    yield from lower(best, domain.symbols)
    yield from two_at_once(best)
    for symbols in (alphabet, range(domain.symbols)):
        swept = islice(in_order(domain, symbols), SWEPT)
        yield from takewhile(lambda question: question.simplicity < best.simplicity, swept)
    yield from _steered(ledger, domain, best, random, STEERED)


def _steered(
    ledger: Ledger, domain: Domain, best: Question, random: Random, times: int
) -> Iterator[Question]:
    """Yield mutations of the simpler questions with the lowest margins, where margins differ."""
    below = replace(domain, longest=len(best.context))
    for _ in range(times):
        close = closest(ledger, best)
        if not close:
            return
        for parent in close:
            size = max(1, MOST_AT_ONCE // len(close))
            yield from mutations(parent, size, below, random, random.choice(close))


def closest(ledger: Ledger, best: Question) -> list[Question]:
    """Return the simpler questions of the lowest margins, a few of each length; none if all tie."""
    asked = {q: m for q, m in ledger.margins.items() if q.simplicity < best.simplicity}
    if len(set(asked.values())) < 2:
        return []
    by_length: dict[int, list[Question]] = {}
    for question in sorted(asked, key=lambda question: (asked[question], question.simplicity)):
        by_length.setdefault(len(question.context), []).append(question)
    return [question for length in sorted(by_length) for question in by_length[length][:PER_LENGTH]]


def _simpler(
    ledger: Ledger, domain: Domain, best: Question, candidates: Iterable[Question]
) -> Question:
    """Ask about simpler candidates until a batch holds a wrong one; return the simplest known."""
    new = _unasked(ledger, domain, best, candidates)
    while batch := list(islice(new, MOST_AT_ONCE)):
        if ledger.wrong_among(batch):
            break
    return min(best, ledger.simplest_wrong() or best, key=lambda question: question.simplicity)


def _unasked(
    ledger: Ledger, domain: Domain, best: Question, candidates: Iterable[Question]
) -> Iterator[Question]:
    """Yield the candidates that are questions, simpler, and not asked yet, each once."""
    rest, seen = iter(candidates), set(ledger.margins)
    while chunk := list(islice(rest, MOST_AT_ONCE)):
        simpler = (question for question in chunk if question.simplicity < best.simplicity)
        for question in domain.keep(q for q in simpler if q not in seen):
            seen.add(question)
            yield question
