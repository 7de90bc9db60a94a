"""Fine-tuning: what a pretrained model learns of a task, and what becomes of its biases.

Each descendant was fine-tuned on one task at short lengths and is asked at up to twice those, in
the format it was fine-tuned in: a context, ``||``, a query and ``>``, or a source and ``>``; no
demonstrations. The mark that ends a copy is part of the answer. In retrieval every occurrence of
the query lies in the first half of the context.

Only descendants count that can do their task at the lengths they were fine-tuned on; the paper
counts those whose training loss reached 0. Which tasks are expressible stands in
:mod:`claimkit.crasp.registry`. Numbers are ours where the paper gives none: *keeps* is at least
0.95 and *loses* at most that (the paper says 100 % and shows drops), *about zero* is at most 0.1,
*alike* is within 0.05. Head strengths are mean attention weights, the difference that counts as no
imbalance is within 0.1, and *sit in the top third* means that three quarters of the attention of
the strongest tenth of heads is paid there.

Source: Jobanputra et al. 2025, "Born a Transformer – Always a Transformer?",
arXiv:2505.21785, §4.3 and §4.4.
"""

from __future__ import annotations

import pytest

from claimkit.auditing.runs.predicting import predicted
from claimkit.tasks import NB, NF, PAIRS, UB, UF, UL, UR, NLLast, NRLast, task_name

TUNING = "arXiv:2505.21785, §4.3"
CIRCUITS = "arXiv:2505.21785, §4.4"

A20_KEEPS = pytest.mark.claim(
    "A20",
    source=TUNING,
    says="Fine-tuned on an expressible task, a model keeps it at twice the lengths.",
    subject="finetuned",
)
A20_LOSES = pytest.mark.claim(
    "A20",
    source=TUNING,
    says="Fine-tuned on a task that is not expressible, a model loses it at twice the lengths.",
    subject="finetuned",
)
A20_BEFORE = pytest.mark.claim(
    "A20",
    source=TUNING,
    says="Before fine-tuning the model is right about zero times.",
    subject="finetuned",
)
A21 = pytest.mark.claim(
    "A21",
    source=TUNING,
    says="After fine-tuning right and left are alike: the directional bias is gone.",
    subject="finetuned",
)
A22 = pytest.mark.claim(
    "A22",
    source=TUNING,
    says="After fine-tuning unique symbols are still easier: the uniqueness bias is not gone.",
    subject="finetuned",
)
A25_STRONGER = pytest.mark.claim(
    "A25",
    source=CIRCUITS,
    says="Fine-tuning on UF strengthens induction heads, on UB anti-induction heads.",
    subject="finetuned",
)
A25_BALANCE = pytest.mark.claim(
    "A25",
    source=CIRCUITS,
    says="After fine-tuning both kinds of heads are equally strong: the imbalance is gone.",
    subject="finetuned",
)
A26_TOP = pytest.mark.claim(
    "A26",
    source=CIRCUITS,
    says="After fine-tuning the strong heads sit in the top third of the layers.",
    subject="finetuned",
)
A26_LATER = pytest.mark.claim(
    "A26",
    source=CIRCUITS,
    says="In the pretrained model induction heads sit later than anti-induction heads.",
    subject="finetuned",
)

EXPRESSIBLE = pytest.mark.parametrize("task", predicted(keep=True), ids=task_name)
NOT_EXPRESSIBLE = pytest.mark.parametrize("task", predicted(keep=False), ids=task_name)
EVERY_TASK = pytest.mark.parametrize(
    "task", [*predicted(keep=True), *predicted(keep=False)], ids=task_name
)
DIRECTIONS = pytest.mark.parametrize("right, left", PAIRS, ids=task_name)
UNIQUE_AND_NOT = pytest.mark.parametrize(
    "unique, repeated", [(UR, NRLast), (UL, NLLast), (UF, NF), (UB, NB)], ids=task_name
)
OWN_HEADS = pytest.mark.parametrize(
    "task, kind", [(UF, "induction"), (UB, "anti-induction")], ids=task_name
)


@A20_KEEPS
@EXPRESSIBLE
def test_an_expressible_task_is_kept_at_doubled_lengths(descendants, judge, task):
    judge(descendants.accuracy(task), at_least=0.95)


@A20_LOSES
@NOT_EXPRESSIBLE
def test_another_task_is_lost_at_doubled_lengths(descendants, judge, task):
    judge(descendants.accuracy(task), at_most=0.95)


@A20_BEFORE
@EVERY_TASK
def test_before_fine_tuning_no_task_is_done(descendants, judge, task):
    judge(descendants.accuracy(task, when="before"), at_most=0.1)


@A21
@DIRECTIONS
def test_right_and_left_are_alike_after_fine_tuning(descendants, judge, right, left):
    judge(descendants.gap(right, left), within=0.05)


@A22
@UNIQUE_AND_NOT
def test_unique_symbols_stay_easier_after_fine_tuning(descendants, judge, unique, repeated):
    judge(descendants.gap(unique, repeated), above=0.0)


@A25_STRONGER
@OWN_HEADS
def test_fine_tuning_strengthens_the_heads_of_its_task(descendants, judge, task, kind):
    judge(descendants.head_change(task, kind), above=0.0)


@A25_BALANCE
@pytest.mark.parametrize("right, left", [(UF, UB)], ids=task_name)
def test_both_kinds_of_heads_are_equally_strong_after_fine_tuning(descendants, judge, right, left):
    judge(descendants.head_imbalance(right, left), within=0.1)


@A26_TOP
@OWN_HEADS
def test_strong_heads_sit_in_the_top_third_after_fine_tuning(descendants, judge, task, kind):
    judge(descendants.head_depth(task, kind), at_least=0.75)


@A26_LATER
@pytest.mark.parametrize("right, left", [(UF, UB)], ids=task_name)
def test_induction_heads_sit_later_before_fine_tuning(descendants, judge, right, left):
    judge(descendants.depth_gap(right, left), above=0.0)
