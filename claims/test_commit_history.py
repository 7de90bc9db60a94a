"""Commit history: a list of commits is kept in order more reliably than it is reversed.

``git log`` shows the newest commit first, ``git revert`` takes them in that order, and
``git cherry-pick`` takes the oldest first. Both tasks are asked about the same lists: the one
copies it, the other reverses its lines. Near perfect is an accuracy of at least 0.95, a clear drop
one of more than 0.1; both numbers are ours.

Source: Jobanputra et al. 2025, "Born a Transformer – Always a Transformer?",
arXiv:2505.21785, §4.2.
"""

from __future__ import annotations

from functools import partial

import pytest

from claimkit.auditing.natural.grids import COMMIT_GRID
from claimkit.tasks.natural import CHERRY_PICK_ORDER, REVERT_ORDER

A19 = pytest.mark.claim(
    "A19",
    source="arXiv:2505.21785, §4.2",
    says="Commits are listed near perfectly as shown, and clearly worse in reversed order.",
)

NEAR_PERFECT = 0.95
CLEAR_DROP = 0.1
# Commits; --lengths is about symbols.
LENGTHS = pytest.mark.parametrize("length", [10, 15, 20, 25], ids="length={}".format)


@A19
@LENGTHS
def test_revert_order_is_near_perfect(texts, judge, length):
    accuracy = texts.accuracy(REVERT_ORDER, length=length)

    judge(accuracy, at_least=NEAR_PERFECT)


@A19
def test_revert_order_is_near_perfect_at_drawn_settings(texts, judge):
    accuracy = texts.drawn(partial(texts.accuracy, REVERT_ORDER), COMMIT_GRID)

    judge(accuracy, at_least=NEAR_PERFECT)


@A19
@LENGTHS
def test_cherry_pick_order_drops(texts, judge, length):
    drop = texts.gap(REVERT_ORDER, CHERRY_PICK_ORDER, length=length)

    judge(drop, above=CLEAR_DROP)


@A19
def test_cherry_pick_order_drops_at_drawn_settings(texts, judge):
    drop = texts.drawn(partial(texts.gap, REVERT_ORDER, CHERRY_PICK_ORDER), COMMIT_GRID)

    judge(drop, above=CLEAR_DROP)
