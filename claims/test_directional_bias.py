"""Directional bias: pretrained transformers retrieve and copy to the right better than to the left.

Source: Jobanputra et al. 2025, "Born a Transformer – Always a Transformer?",
arXiv:2505.21785, §4.1.
"""

from __future__ import annotations

import pytest

from claimkit.tasks import NB, NF, UB, UF, UL, UR, NLFirst, NLLast, NRFirst, NRLast, task_name


@pytest.mark.claim(
    "A10",
    source="arXiv:2505.21785, §4.1",
    says="Retrieval is easier to the right than to the left.",
)
@pytest.mark.lengths(5, 10, 20, 30, 40, 50, 100)
@pytest.mark.parametrize(
    "right, left", [(UR, UL), (NRFirst, NLFirst), (NRLast, NLLast)], ids=task_name
)
def test_retrieval_is_easier_to_the_right(evidence, judge, right, left, length):
    gap = evidence.paired_gap(right, left, length=length)

    judge(gap, above=0.0)


@pytest.mark.claim(
    "A11",
    source="arXiv:2505.21785, §4.1",
    says="Copying is easier forward than backward.",
)
@pytest.mark.lengths(5, 10, 20, 30, 40, 50, 100)
@pytest.mark.parametrize("right, left", [(UF, UB), (NF, NB)], ids=task_name)
def test_copying_is_easier_forward(evidence, judge, right, left, length):
    gap = evidence.paired_gap(right, left, length=length)

    judge(gap, above=0.0)
