"""Instructed models: the biases of retrieval and copying stay in conversations.

Models that hold conversations are asked as their users ask them: in the words of their own chat
template, with a system prompt that asks for a careful, direct answer. They write their answer
between tags, after thinking where they do so, and are right where it is the right one to the
letter. A model without a chat template holds no conversations and is not asked.

Claims are those of directional bias and of uniqueness bias; each is made at headline settings, and
at settings drawn from a grid: there it holds only if it holds at every one of them. An answer is
written token by token, so four settings are drawn. Unique and non-unique tasks have strings of
their own, so their differences are not paired.

Source: Jobanputra et al. 2025, "Born a Transformer – Always a Transformer?",
arXiv:2505.21785, §4.1.
"""

from __future__ import annotations

from functools import partial

import pytest

from claimkit.auditing.natural.grids import TOLD_COPYING_GRID, TOLD_RETRIEVAL_GRID
from claimkit.tasks import NB, NF, UB, UF, UL, UR, NLFirst, NLLast, NRFirst, NRLast, task_name

A15 = pytest.mark.claim(
    "A15",
    source="arXiv:2505.21785, §4.1",
    says="The biases stay in models that are instructed, or think before they answer.",
)

LENGTHS = pytest.mark.lengths(10, 30)
RETRIEVAL = pytest.mark.parametrize(
    "right, left", [(UR, UL), (NRFirst, NLFirst), (NRLast, NLLast)], ids=task_name
)
COPYING = pytest.mark.parametrize("right, left", [(UF, UB), (NF, NB)], ids=task_name)
UNIQUE_AND_NOT = pytest.mark.parametrize(
    "unique, repeated", [(UR, NRFirst), (UR, NRLast), (UL, NLFirst), (UL, NLLast)], ids=task_name
)


@A15
@RETRIEVAL
@LENGTHS
def test_told_retrieval_is_easier_to_the_right(texts, judge, right, left, length):
    gap = texts.gap(right, left, length=length, template="rule")

    judge(gap, above=0.0)


@A15
@RETRIEVAL
def test_told_retrieval_is_easier_to_the_right_at_drawn_settings(texts, judge, right, left):
    gap = texts.drawn(partial(texts.gap, right, left), TOLD_RETRIEVAL_GRID)

    judge(gap, above=0.0)


@A15
@COPYING
@LENGTHS
def test_told_copying_is_easier_forward(texts, judge, right, left, length):
    gap = texts.gap(right, left, length=length, template="rule")

    judge(gap, above=0.0)


@A15
@COPYING
def test_told_copying_is_easier_forward_at_drawn_settings(texts, judge, right, left):
    gap = texts.drawn(partial(texts.gap, right, left), TOLD_COPYING_GRID)

    judge(gap, above=0.0)


@A15
@UNIQUE_AND_NOT
@LENGTHS
def test_told_unique_retrieval_is_easier(texts, judge, unique, repeated, length):
    gap = texts.unpaired_gap(unique, repeated, length=length, template="rule")

    judge(gap, above=0.0)


@A15
@UNIQUE_AND_NOT
def test_told_unique_retrieval_is_easier_at_drawn_settings(texts, judge, unique, repeated):
    gap = texts.drawn(partial(texts.unpaired_gap, unique, repeated), TOLD_RETRIEVAL_GRID)

    judge(gap, above=0.0)
