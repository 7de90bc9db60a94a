"""Directional bias: pretrained transformers retrieve and copy to the right better than to the left.

Each comparison is made at headline settings, and at settings drawn from a grid: there the claim
holds only if it holds at every one of them.

Source: Jobanputra et al. 2025, "Born a Transformer – Always a Transformer?",
arXiv:2505.21785, §4.1.
"""

from __future__ import annotations

from functools import partial

import pytest

from claimkit.auditing.grids import BARE_GRID, COPYING_GRID, RETRIEVAL_GRID
from claimkit.tasks import NB, NF, UB, UF, UL, UR, NLFirst, NLLast, NRFirst, NRLast, task_name

SOURCE = "arXiv:2505.21785, §4.1"

A10 = pytest.mark.claim(
    "A10", source=SOURCE, says="Retrieval is easier to the right than to the left."
)
A11 = pytest.mark.claim("A11", source=SOURCE, says="Copying is easier forward than backward.")
A13 = pytest.mark.claim(
    "A13",
    source=SOURCE,
    says="The bias is not lexical: it stays when the prompt holds nothing but demonstrations.",
)

RETRIEVAL = pytest.mark.parametrize(
    "right, left", [(UR, UL), (NRFirst, NLFirst), (NRLast, NLLast)], ids=task_name
)
COPYING = pytest.mark.parametrize("right, left", [(UF, UB), (NF, NB)], ids=task_name)


@A10
@RETRIEVAL
@pytest.mark.templates("rule", "formal", "rule+example", "formal+example")
@pytest.mark.lengths(10, 30)
def test_retrieval_is_easier_to_the_right(evidence, judge, right, left, template, length):
    gap = evidence.paired_gap(right, left, length=length, template=template)

    judge(gap, above=0.0)


@A10
@RETRIEVAL
def test_retrieval_is_easier_to_the_right_at_drawn_settings(evidence, judge, right, left):
    gap = evidence.drawn(partial(evidence.paired_gap, right, left), RETRIEVAL_GRID)

    judge(gap, above=0.0)


@A11
@COPYING
@pytest.mark.templates("rule", "hint")
@pytest.mark.lengths(10, 30)
def test_copying_is_easier_forward(evidence, judge, right, left, template, length):
    gap = evidence.paired_gap(right, left, length=length, template=template)

    judge(gap, above=0.0)


@A11
@COPYING
def test_copying_is_easier_forward_at_drawn_settings(evidence, judge, right, left):
    gap = evidence.drawn(partial(evidence.paired_gap, right, left), COPYING_GRID)

    judge(gap, above=0.0)


@A13
@RETRIEVAL
@pytest.mark.lengths(5, 10, 20, 30, 40, 50, 100)
def test_retrieval_without_words_is_easier_to_the_right(evidence, judge, right, left, length):
    gap = evidence.paired_gap(right, left, length=length, template="bare")

    judge(gap, above=0.0)


@A13
@RETRIEVAL
def test_retrieval_without_words_is_easier_to_the_right_at_drawn_settings(
    evidence, judge, right, left
):
    gap = evidence.drawn(partial(evidence.paired_gap, right, left), BARE_GRID)

    judge(gap, above=0.0)


@A13
@COPYING
@pytest.mark.lengths(5, 10, 20, 30, 40, 50, 100)
def test_copying_without_words_is_easier_forward(evidence, judge, right, left, length):
    gap = evidence.paired_gap(right, left, length=length, template="bare")

    judge(gap, above=0.0)


@A13
@COPYING
def test_copying_without_words_is_easier_forward_at_drawn_settings(evidence, judge, right, left):
    gap = evidence.drawn(partial(evidence.paired_gap, right, left), BARE_GRID)

    judge(gap, above=0.0)
