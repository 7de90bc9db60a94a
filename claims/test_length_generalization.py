"""Length generalization: what models trained from scratch on short strings do with longer ones.

Each model learned one task. Bin 1 holds the lengths it was trained on, bins 2 and 3 are longer, up
to twice and three times the longest of them; in each, 2,000 strings are asked and a whole answer is
right or wrong. Which tasks are expected to last is read in :mod:`claimkit.crasp.registry`: exactly
those that C-RASP[pos] expresses. So a drop of one of these is reported, and a success of another,
too.

The paper gives no thresholds; these are ours. A task keeps its accuracy with at least 0.95, the
lowest of the paper's figures for such tasks being 0.97; and it has lost it with less than that in
the last bin, where the highest of the others is 0.47. Left and right are alike within 0.05.

These claims are about trained models that come with claimkit, or that ``--runs`` names, and not
about the one that ``--model`` names. A model that does not master the lengths it was trained on has
nothing to keep, and is left out.

Source: Jobanputra et al. 2025, "Born a Transformer – Always a Transformer?",
arXiv:2505.21785, Appendix B.
"""

from __future__ import annotations

import pytest

from claimkit.auditing.runs.predicting import predicted
from claimkit.tasks import PAIRS, UB, UF, task_name

SOURCE = "arXiv:2505.21785, Appendix B"

A6_KEEPS = pytest.mark.claim(
    "A6",
    source=SOURCE,
    says="With absolute positions an expressible task keeps its accuracy on longer strings.",
    subject="runs",
)
A6_LOSES = pytest.mark.claim(
    "A6",
    source=SOURCE,
    says="With absolute positions every other task loses its accuracy on longer strings.",
    subject="runs",
)
A7_KEEPS = pytest.mark.claim(
    "A7",
    source=SOURCE,
    says="With rotary positions an expressible task keeps its accuracy on longer strings.",
    subject="runs",
)
A7_LOSES = pytest.mark.claim(
    "A7",
    source=SOURCE,
    says="With rotary positions every other task loses its accuracy on longer strings.",
    subject="runs",
)
A8 = pytest.mark.claim(
    "A8",
    source=SOURCE,
    says="Trained from scratch, left and right are alike on longer strings.",
    subject="runs",
)
A9 = pytest.mark.claim(
    "A9",
    source=SOURCE,
    says="Rotary models trained on UR or UL copy token by token what has no repeats.",
    subject="runs",
)

EXPRESSIBLE = pytest.mark.parametrize("task", predicted(keep=True), ids=task_name)
OTHER = pytest.mark.parametrize("task", predicted(keep=False), ids=task_name)
RIGHT_AND_LEFT = pytest.mark.parametrize("right, left", PAIRS, ids=task_name)
COPIED = pytest.mark.parametrize("task", [UF, UB], ids=task_name)
ARCHITECTURES = pytest.mark.parametrize("architecture", ["gpt2", "llama"])
LONGER = pytest.mark.parametrize("bin", [2, 3], ids="bin={}".format)
LONGEST = pytest.mark.parametrize("bin", [3], ids="bin={}".format)
EVERY = pytest.mark.parametrize("bin", [1, 2, 3], ids="bin={}".format)


@A6_KEEPS
@LONGER
@EXPRESSIBLE
def test_absolute_positions_keep_what_is_expressible(runs, judge, task, bin):
    accuracy = runs.accuracy(task, architecture="gpt2", bin=bin)

    judge(accuracy, at_least=0.95)


@A6_LOSES
@LONGEST
@OTHER
def test_absolute_positions_lose_every_other_task(runs, judge, task, bin):
    accuracy = runs.accuracy(task, architecture="gpt2", bin=bin)

    judge(accuracy, at_most=0.95)


@A7_KEEPS
@LONGER
@EXPRESSIBLE
def test_rotary_positions_keep_what_is_expressible(runs, judge, task, bin):
    accuracy = runs.accuracy(task, architecture="llama", bin=bin)

    judge(accuracy, at_least=0.95)


@A7_LOSES
@LONGEST
@OTHER
def test_rotary_positions_lose_every_other_task(runs, judge, task, bin):
    accuracy = runs.accuracy(task, architecture="llama", bin=bin)

    judge(accuracy, at_most=0.95)


@A8
@LONGER
@ARCHITECTURES
@RIGHT_AND_LEFT
def test_left_and_right_are_alike(runs, judge, right, left, architecture, bin):
    gap = runs.gap(right, left, architecture=architecture, bin=bin)

    judge(gap, within=0.05)


@A9
@EVERY
@COPIED
def test_retrieval_token_by_token_copies(runs, judge, task, bin):
    """The first token of the copy is given."""
    accuracy = runs.token_by_token(task, bin=bin)

    judge(accuracy, at_least=0.95)
