"""Words: the biases of retrieval and copying stay when symbols are common English words.

Strings hold words where others hold letters and digits: over 300 common words, each one token of
the model, none of which a prompt is written in. So many different symbols allow strings of 300. A
model whose tokenizer has fewer such words is not asked.

Claims are those of directional bias and of uniqueness bias; each is made at headline settings, and
at settings drawn from a grid: there it holds only if it holds at every one of them. At lengths of
hundreds a string costs ten times as much as at those of other claims, so four settings are drawn.
Demonstrations are short throughout.

Source: Jobanputra et al. 2025, "Born a Transformer – Always a Transformer?",
arXiv:2505.21785, §4.1.
"""

from __future__ import annotations

from functools import partial

import pytest

from claimkit.auditing.grids import WORD_COPYING_GRID, WORD_RETRIEVAL_GRID
from claimkit.tasks import NB, NF, UB, UF, UL, UR, NLFirst, NLLast, NRFirst, NRLast, task_name

A16 = pytest.mark.claim(
    "A16",
    source="arXiv:2505.21785, §4.1",
    says="The biases stay when the symbols are common words, up to length 300.",
)

WORDS = {"vocabulary": "words"}
LENGTHS = pytest.mark.lengths(10, 30, 100, 300)
RETRIEVAL = pytest.mark.parametrize(
    "right, left", [(UR, UL), (NRFirst, NLFirst), (NRLast, NLLast)], ids=task_name
)
COPYING = pytest.mark.parametrize("right, left", [(UF, UB), (NF, NB)], ids=task_name)
UNIQUE_AND_NOT = pytest.mark.parametrize(
    "unique, repeated", [(UR, NRFirst), (UR, NRLast), (UL, NLFirst), (UL, NLLast)], ids=task_name
)


@A16
@RETRIEVAL
@LENGTHS
def test_retrieving_words_is_easier_to_the_right(evidence, judge, right, left, length):
    gap = evidence.paired_gap(right, left, length=length, template="rule", **WORDS)

    judge(gap, above=0.0)


@A16
@RETRIEVAL
def test_retrieving_words_is_easier_to_the_right_at_drawn_settings(evidence, judge, right, left):
    gap = evidence.drawn(partial(evidence.paired_gap, right, left), WORD_RETRIEVAL_GRID)

    judge(gap, above=0.0)


@A16
@COPYING
@LENGTHS
def test_copying_words_is_easier_forward(evidence, judge, right, left, length):
    gap = evidence.paired_gap(right, left, length=length, template="rule", **WORDS)

    judge(gap, above=0.0)


@A16
@COPYING
def test_copying_words_is_easier_forward_at_drawn_settings(evidence, judge, right, left):
    gap = evidence.drawn(partial(evidence.paired_gap, right, left), WORD_COPYING_GRID)

    judge(gap, above=0.0)


@A16
@UNIQUE_AND_NOT
@LENGTHS
def test_retrieving_unique_words_is_easier(evidence, judge, unique, repeated, length):
    gap = evidence.unpaired_gap(unique, repeated, length=length, template="rule", **WORDS)

    judge(gap, above=0.0)


@A16
@UNIQUE_AND_NOT
def test_retrieving_unique_words_is_easier_at_drawn_settings(evidence, judge, unique, repeated):
    gap = evidence.drawn(partial(evidence.unpaired_gap, unique, repeated), WORD_RETRIEVAL_GRID)

    judge(gap, above=0.0)
