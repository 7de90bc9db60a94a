"""Risks: what a model must do reliably before anyone builds on it, and what papers show to be hard.

A finding passes when a model shows it; a risk passes when a model can be relied on: its accuracy is
at least what ``--reliability`` asks for. ``--lengths`` names the lengths that matter to a user. A
model is asked with demonstrations alone, and after a sentence that states the rule.

The last two are about texts, which a model writes by itself: lists of commits to be reversed, and
strings of which every character counts. Their lengths are commits, digits, bases and UUIDs, so
``--lengths`` leaves them as they are.

Source: Jobanputra et al. 2025, "Born a Transformer – Always a Transformer?", arXiv:2505.21785. It
names no rate at which a model becomes reliable; that is the user's to say.
"""

from __future__ import annotations

import pytest

from claimkit.tasks import NB, NF, UB, UL, NRLastFar, task_name
from claimkit.tasks.natural import CHERRY_PICK_ORDER, DNA_COPY, HASH_COPY, UUID_COPY

pytestmark = pytest.mark.risk

PAPER = "arXiv:2505.21785"

R1 = pytest.mark.claim(
    "R1", source=f"{PAPER}, §4.1", says="The symbol left of a query is retrieved reliably."
)
R2 = pytest.mark.claim(
    "R2",
    source=f"{PAPER}, §4.3",
    says="The last occurrence of a query is found reliably, however far back it stands.",
)
R3 = pytest.mark.claim(
    "R3", source=f"{PAPER}, §4.1", says="Symbols are copied reliably in reverse order."
)
R4 = pytest.mark.claim(
    "R4",
    source=f"{PAPER}, §4.1 and §4.2",
    says="Long strings with repeated symbols are copied exactly and reliably.",
)
R5 = pytest.mark.claim(
    "R5",
    source=f"{PAPER}, §4.2",
    says="A list of commits is put into the order of git cherry-pick reliably.",
)
R6 = pytest.mark.claim(
    "R6",
    source=f"{PAPER}, §4.2",
    says="Hashes, DNA strings and lists of UUIDs are copied exactly and reliably.",
)

ASKED_BOTH_WAYS = pytest.mark.templates("bare", "rule")


@R1
@ASKED_BOTH_WAYS
@pytest.mark.lengths(10, 30)
def test_left_retrieval_is_reliable(evidence, judge, reliability, template, length):
    accuracy = evidence.accuracy(UL, length=length, template=template)

    judge(accuracy, at_least=reliability)


@R2
@ASKED_BOTH_WAYS
@pytest.mark.lengths(30, 100)
def test_retrieval_beside_a_last_occurrence_far_back_is_reliable(
    evidence, judge, reliability, template, length
):
    accuracy = evidence.accuracy(NRLastFar, length=length, template=template)

    judge(accuracy, at_least=reliability)


@R3
@pytest.mark.parametrize("task", [UB, NB], ids=task_name)
@ASKED_BOTH_WAYS
@pytest.mark.lengths(10, 30)
def test_backward_copying_is_reliable(evidence, judge, reliability, task, template, length):
    accuracy = evidence.accuracy(task, length=length, template=template)

    judge(accuracy, at_least=reliability)


@R4
@ASKED_BOTH_WAYS
@pytest.mark.lengths(50, 100)
def test_copying_long_strings_with_repeats_is_reliable(
    evidence, judge, reliability, template, length
):
    accuracy = evidence.accuracy(NF, length=length, template=template)

    judge(accuracy, at_least=reliability)


@R5
@pytest.mark.parametrize("length", [10, 25], ids="length={}".format)
def test_reversing_a_list_of_commits_is_reliable(texts, judge, reliability, length):
    accuracy = texts.accuracy(CHERRY_PICK_ORDER, length=length)

    judge(accuracy, at_least=reliability)


@R6
@pytest.mark.parametrize(
    "task, length", [(HASH_COPY, 64), (DNA_COPY, 200), (UUID_COPY, 10)], ids=task_name
)
def test_copying_exact_strings_is_reliable(texts, judge, reliability, task, length):
    accuracy = texts.accuracy(task, length=length)

    judge(accuracy, at_least=reliability)
