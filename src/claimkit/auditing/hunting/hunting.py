"""A hunt: first what failed before, then a search, then the simplest failing question."""

from __future__ import annotations

from collections.abc import Iterable

from claimkit.auditing.hunting.asking import Ledger
from claimkit.auditing.hunting.domain import Domain
from claimkit.auditing.hunting.minimizing import minimize
from claimkit.auditing.hunting.questions import Confirmation, Found, Hunt, Oracle, Question
from claimkit.auditing.hunting.searching import Search
from claimkit.tasks import Group

SEARCHED = "hypothesis"
"""The origin of what no start led to."""

REFUTATIONS = 16
"""Minimal questions that the confirmation may find right before a hunt gives up."""


def hunt(
    oracle: Oracle,
    group: Group,
    symbols: int,
    shortest: int,
    longest: int,
    *,
    starts: Iterable[tuple[Question, str]] = (),
    seed: int = 0,
    batches: int = 64,
    confirm: Confirmation = lambda question: True,
) -> Hunt:
    """Hunt for a wrong answer and minimize its question.

    Args:
        oracle: Asked at most 256 different questions at a time, never the same one twice; of
            several lengths.
        group: Whose strings are asked; see :func:`claimkit.tasks.domains.well_posed`.
        symbols: Size of the alphabet.
        shortest: Fewest symbols of a context or source.
        longest: Most symbols of a context or source.
        starts: Questions tried first, in one batch if they fit, each with the word for where it
            came from; those that are no questions of the group, or too long, are passed over.
        seed: Of all that is drawn; the same seed and starts give the same hunt.
        batches: Most batches that the search asks before it gives up; neither starts nor minimizing
            are counted.
        confirm: Asked of minimized questions only; while it says no, the hunt goes on to the next
            simplest, at most :data:`REFUTATIONS` times.

    Raises:
        NotApplicable: If the group has no strings of these lengths over so many symbols.
    """
    domain, ledger = Domain(group, symbols, shortest, longest), Ledger(oracle)
    search = Search(ledger, domain, seed)
    origins = _origins(domain, starts)
    if not ledger.wrong_among(origins):
        search.watch(list(origins))
    while len(ledger.refuted) < REFUTATIONS:
        start = ledger.simplest_wrong() or search.run(batches)
        if start is None:
            break
        smallest = minimize(ledger, domain, start, seed)
        if confirm(smallest):
            found = Found(
                question=smallest,
                margin=ledger.margins[smallest],
                origin=origins.get(start, SEARCHED),
                start=start,
            )
            return Hunt(found, len(ledger.margins), ledger.batches, ledger.refuted)
        ledger.refute(smallest)
    return Hunt(None, len(ledger.margins), ledger.batches, ledger.refuted)


def _origins(domain: Domain, starts: Iterable[tuple[Question, str]]) -> dict[Question, str]:
    """Return where those starts came from that are questions here; the first of two words."""
    named: dict[Question, str] = {}
    for question, origin in starts:
        named.setdefault(question, origin)
    return {question: named[question] for question in domain.keep(named)}
