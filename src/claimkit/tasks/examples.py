"""Worked examples: what each task answers, and what it refuses, written out by hand.

Whatever computes a task's answer meets these tables: the rule, the vectorized rule, and later its
C-RASP program and its control checkpoint. Every character is one symbol.
"""

from __future__ import annotations

from claimkit.tasks.copying import NB, NF, UB, UF, Copying
from claimkit.tasks.retrieval import (
    UL,
    UR,
    NLFirst,
    NLLast,
    NRFirst,
    NRLast,
    NRLastFar,
    Retrieval,
)

RETRIEVAL_EXAMPLES: tuple[tuple[Retrieval, str, str, str], ...] = (
    (UR, "bac", "a", "c"),
    (UR, "xxaxx", "a", "x"),
    (UR, "bacdbe", "d", "b"),
    (UR, "abc", "a", "b"),
    (UL, "bac", "a", "b"),
    (UL, "xxaxx", "a", "x"),
    (UL, "bacdbe", "d", "c"),
    (UL, "abc", "c", "b"),
    (NRFirst, "xyabcad", "a", "b"),
    (NRFirst, "xyaaz", "a", "a"),
    (NRFirst, "axaya", "a", "x"),
    (NRFirst, "pqarasat", "a", "r"),
    (NLFirst, "xyabcad", "a", "y"),
    (NLFirst, "xyaaz", "a", "y"),
    (NLFirst, "pqarasat", "a", "q"),
    (NLFirst, "xaya", "a", "x"),
    (NRLast, "xyabcad", "a", "d"),
    (NRLast, "xyaaz", "a", "z"),
    (NRLast, "pqarasat", "a", "t"),
    (NRLast, "axay", "a", "y"),
    (NLLast, "xyabcad", "a", "c"),
    (NLLast, "xyaaz", "a", "a"),
    (NLLast, "axaya", "a", "y"),
    (NLLast, "pqarasat", "a", "s"),
    (NRLastFar, "xyabacdefgh", "a", "c"),
    (NRLastFar, "xyabazz", "a", "z"),
    (NRLastFar, "pqarasbcdefghijk", "a", "s"),
)
"""(task, context, query, answer)."""

COPYING_EXAMPLES: tuple[tuple[Copying, str, str], ...] = (
    (UF, "a", "a"),
    (UF, "abc", "abc"),
    (UF, "q7Zx", "q7Zx"),
    (UB, "a", "a"),
    (UB, "abc", "cba"),
    (UB, "q7Zx", "xZ7q"),
    (NF, "a", "a"),
    (NF, "abac", "abac"),
    (NF, "zzz", "zzz"),
    (NB, "a", "a"),
    (NB, "abac", "caba"),
    (NB, "aab", "baa"),
)
"""(task, source, answer)."""

REFUSED_RETRIEVAL: tuple[tuple[Retrieval, str, str, str], ...] = (
    (UR, "bcd", "a", "UR needs the query once and its occurrence not in last place"),
    (UR, "bacad", "a", "stands at [1, 3] of 'bacad'"),
    (UR, "bca", "a", "its occurrence not in last place, but 'a' stands at [2]"),
    (UL, "bcd", "a", "stands at [] of 'bcd'"),
    (UL, "bacad", "a", "the query once"),
    (UL, "abc", "a", "its occurrence not in first place, but 'a' stands at [0]"),
    (UL, "", "a", "stands at [] of ''"),
    (NRFirst, "xyaz", "a", "the query at least twice"),
    (NRFirst, "xyz", "a", "stands at [] of 'xyz'"),
    (NLFirst, "axay", "a", "its first occurrence not in first place, but 'a' stands at [0, 2]"),
    (NLFirst, "xyaz", "a", "stands at [2] of 'xyaz'"),
    (NRLast, "xaya", "a", "its last occurrence not in last place, but 'a' stands at [1, 3]"),
    (NRLast, "xyaz", "a", "claimkit.tasks.sample draws well-formed questions"),
    (NLLast, "xyaz", "a", "NLLast needs the query at least twice"),
    (NRLastFar, "xyabcdef", "a", "NRLastFar needs the query at least twice"),
)
"""(task, context, query, words of the message)."""

REFUSED_COPYING: tuple[tuple[Copying, str, str], ...] = (
    (UF, "", "UF needs at least one symbol"),
    (UF, "abca", "UF needs distinct symbols, but 'a' repeats in 'abca'"),
    (UB, "", "UB needs at least one symbol"),
    (UB, "abb", "'b' repeats in 'abb'; claimkit.tasks.sample draws well-formed questions"),
    (NF, "", "NF needs at least one symbol"),
    (NB, "", "NB needs at least one symbol"),
)
"""(task, source, words of the message)."""
