"""Programs that come close to tasks which have none, to be refuted.

Each is right on all short questions, or on all but some, and wrong from some length on.
"""

from __future__ import annotations

from claimkit.crasp.program import Program
from claimkit.crasp.text.parsing import parse

_PREDECESSORS = """
PRED[a](i)   := ∃[j ≤ i, j = i−1] Q[a](j)
PRED[bos](i) := ∃[j ≤ i, j = i−1] Q[bos](j)
PAST(i)      := ∃[j ≤ i] Q[sep](j)
START[a](i)  := ∃[j ≤ i] (Q[a](j) ∧ PRED[bos](j))
"""

_COUNTED_BIGRAMS = f"""
program counted bigrams
{_PREDECESSORS}
SOURCE[a,b](i) := #[j ≤ i] (Q[b](j) ∧ PRED[a](j) ∧ ¬PAST(j))
COPIED[a,b](i) := #[j ≤ i] (Q[b](j) ∧ PRED[a](j) ∧ PAST(j))
LEFT[a,b](i)   := COPIED[a,b](i) + 1 ≤ SOURCE[a,b](i)
NEXT[a](i)     := (Q[sep](i) ∧ START[a](i))
                ∨ ⋁[s] (Q[s](i) ∧ LEFT[s,a](i) ∧ ⋀[b : b < a] ¬LEFT[s,b](i))
"""

_TRIGRAMS = f"""
program trigrams
{_PREDECESSORS}
TWO_BACK[a](i)       := ∃[j ≤ i, j = i−2] Q[a](j)
TWO_BACK[bos](i)     := ∃[j ≤ i, j = i−2] Q[bos](j)
TRIGRAM[a,b,c](i)    := ∃[j ≤ i] (Q[c](j) ∧ PRED[b](j) ∧ TWO_BACK[a](j))
SECOND[b,c](i)       := ∃[j ≤ i] (Q[c](j) ∧ PRED[b](j) ∧ TWO_BACK[bos](j))
FIRST(i)             := ∃[j ≤ i, j = i−1] Q[sep](j)
NEXT[a](i)           := (Q[sep](i) ∧ START[a](i)) ∨ ⋁[s] (Q[s](i)
                      ∧ ((FIRST(i) ∧ SECOND[s,a](i)) ∨ ⋁[r] (PRED[r](i) ∧ TRIGRAM[r,s,a](i))))
"""

_MAJORITY = {
    "NLLast": "#[j ≤ i] (Q[s](j) ∧ PRED[a](j))",
    "NRLast": "#[j ≤ i] (Q[a](j) ∧ PRED[s](j))",
}


def counted_bigrams() -> Program:
    """Return a program for NF: the least symbol that followed more often than it was copied."""
    return parse(_COUNTED_BIGRAMS)


def trigrams() -> Program:
    """Return a program for NF: every symbol that followed the last two."""
    return parse(_TRIGRAMS)


def by_place(task: str, longest: int) -> Program:
    """Return a program that copies right up to a length, by one line for every place.

    Args:
        task: ``NF`` or ``NB``.
        longest: The length up to which it is right.
    """
    lines = [f"program {longest} places"]
    for place in range(1, longest + 1):
        mark, read = ("Q[a]", "Q[bos]") if task == "NF" else ("Q[sep]", "Q[a]")
        lines += [
            f"PLACE{place}[a](i) := ∃[j ≤ i] ({mark}(j) ∧ ∃[k ≤ j, j−k = {place}] {read}(k))",
            f"STEP{place}(i) := ∃[j ≤ i, i−j = {place - 1}] Q[sep](j)",
        ]
    steps = (f"(STEP{place}(i) ∧ PLACE{place}[a](i))" for place in range(1, longest + 1))
    return parse("\n".join([*lines, f"NEXT[a](i) := {' ∨ '.join(steps)}"]))


def within(task: str, reach: int) -> Program:
    """Return a program that is right where the query's last occurrence is near.

    Args:
        task: ``NLLast`` or ``NRLast``.
        reach: The greatest distance from the query's own place at which it looks; at least 2.
    """
    lines = [f"program window {reach}"]
    found = []
    for distance in range(2, reach + 1):
        answer = distance + 1 if task == "NLLast" else distance - 1
        nearer = "".join(f" ∧ ¬HERE{near}[s](i)" for near in range(2, distance))
        lines.append(f"HERE{distance}[s](i) := ∃[j ≤ i, i−j = {distance}] Q[s](j)")
        found.append(f"(HERE{distance}[s](i){nearer} ∧ ∃[j ≤ i, i−j = {answer}] Q[a](j))")
    return parse("\n".join([*lines, f"NEXT[a](i) := ⋁[s] (Q[s](i) ∧ ({' ∨ '.join(found)}))"]))


def majority(task: str) -> Program:
    """Return a program that names the query's most frequent neighbours.

    Args:
        task: ``NLLast`` or ``NRLast``.
    """
    return parse(
        f"""
        program majority
        PRED[a](i)    := ∃[j ≤ i, j = i−1] Q[a](j)
        TIMES[s,a](i) := {_MAJORITY[task]}
        NEXT[a](i)    := ⋁[s] (Q[s](i) ∧ 1 ≤ TIMES[s,a](i) ∧ ⋀[b] (TIMES[s,b](i) ≤ TIMES[s,a](i)))
        """
    )
