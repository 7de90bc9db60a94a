"""Uniqueness bias: what theory calls hard, repeated symbols, stays hard after pretraining.

Each statement is tested at headline settings, and at settings drawn from a grid: there the claim
holds only if it holds at every one of them. Unique and non-unique tasks have strings of their own,
so their differences are not paired.

Source: Jobanputra et al. 2025, "Born a Transformer – Always a Transformer?",
arXiv:2505.21785, §4.1.
"""

from __future__ import annotations

from functools import partial

import pytest

from claimkit.auditing.grids import BARE_GRID, COPYING_GRID, RETRIEVAL_GRID
from claimkit.tasks import NB, NF, UB, UF, UL, UR, NLFirst, NLLast, NRFirst, NRLast, task_name

SOURCE = "arXiv:2505.21785, §4.1"

A12 = pytest.mark.claim(
    "A12", source=SOURCE, says="Unique retrieval is easier to elicit than non-unique retrieval."
)
A14_COPIES = pytest.mark.claim(
    "A14",
    source=SOURCE,
    says="Copying with repeated symbols stays near perfect up to length 100.",
)
A14_EASIER = pytest.mark.claim(
    "A14", source=SOURCE, says="Copying is easier to elicit than retrieval."
)
A14_POOR = pytest.mark.claim(
    "A14", source=SOURCE, says="NRFirst is poor, although it is expressible."
)

UNIQUE_AND_NOT = pytest.mark.parametrize(
    "unique, repeated", [(UR, NRFirst), (UR, NRLast), (UL, NLFirst), (UL, NLLast)], ids=task_name
)
COPYING_AND_RETRIEVAL = pytest.mark.parametrize(
    "copying, retrieval",
    [(UF, UR), (UB, UL), (NF, NRFirst), (NB, NLFirst)],
    ids=task_name,
)
# The paper's worst and its best; the drawn settings have the others, too.
RETRIEVAL_TEMPLATES = pytest.mark.templates("bare", "formal+example")


@A12
@UNIQUE_AND_NOT
@RETRIEVAL_TEMPLATES
@pytest.mark.lengths(10, 30)
def test_unique_retrieval_is_easier(evidence, judge, unique, repeated, template, length):
    gap = evidence.unpaired_gap(unique, repeated, length=length, template=template)

    judge(gap, above=0.0)


@A12
@UNIQUE_AND_NOT
def test_unique_retrieval_is_easier_at_drawn_settings(evidence, judge, unique, repeated):
    gap = evidence.drawn(partial(evidence.unpaired_gap, unique, repeated), RETRIEVAL_GRID)

    judge(gap, above=0.0)


@A14_COPIES
@pytest.mark.templates("bare", "rule", "hint")
@pytest.mark.lengths(10, 20, 30, 40, 50, 100)
def test_copying_is_near_perfect(evidence, judge, template, length):
    accuracy = evidence.accuracy(NF, length=length, template=template)

    judge(accuracy, at_least=0.95)


@A14_COPIES
def test_copying_is_near_perfect_at_drawn_settings(evidence, judge):
    accuracy = evidence.drawn(partial(evidence.accuracy, NF), COPYING_GRID)

    judge(accuracy, at_least=0.95)


@A14_EASIER
@COPYING_AND_RETRIEVAL
@pytest.mark.lengths(10, 30)
def test_copying_is_easier_than_retrieval(evidence, judge, copying, retrieval, length):
    gap = evidence.unpaired_gap(copying, retrieval, length=length, template="bare")

    judge(gap, above=0.0)


@A14_EASIER
@COPYING_AND_RETRIEVAL
def test_copying_is_easier_than_retrieval_at_drawn_settings(evidence, judge, copying, retrieval):
    gap = evidence.drawn(partial(evidence.unpaired_gap, copying, retrieval), BARE_GRID)

    judge(gap, above=0.0)


@A14_POOR
@RETRIEVAL_TEMPLATES
@pytest.mark.lengths(10, 30)
def test_retrieval_beside_the_first_of_several_is_poor(evidence, judge, template, length):
    """Poor means at most 0.5, where unique retrieval is elicited.

    The paper gives no number; half is ours. A model that is wrong on more strings than it is right
    on cannot be said to do the task.
    """
    accuracy = evidence.accuracy(NRFirst, length=length, template=template, elicited_by=UR)

    judge(accuracy, at_most=0.5)


@A14_POOR
def test_retrieval_beside_the_first_of_several_is_poor_at_drawn_settings(evidence, judge):
    """Poor means at most 0.5, as above."""
    accuracy = evidence.drawn(partial(evidence.accuracy, NRFirst, elicited_by=UR), RETRIEVAL_GRID)

    judge(accuracy, at_most=0.5)
