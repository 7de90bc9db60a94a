"""Requests about runs: what they are called, and what is refused before anything is looked at."""

import pytest

from claimkit.auditing.runs.predicting import predicted
from claimkit.auditing.runs.published import published
from claimkit.auditing.runs.requests import RunAccuracy, RunGap, TokenByToken
from claimkit.errors import InvalidInput
from claimkit.tasks import NF, TASKS, UB, UF, UL, UR, NRFirst


@pytest.mark.parametrize(
    "request_, label",
    [
        (RunAccuracy(UR, "gpt2", 2), "UR, GPT-2 from scratch, bin 2"),
        (RunGap(UR, UL, "llama", 3), "UR − UL, Llama from scratch, bin 3"),
        (TokenByToken(UF, 1), "UF by UR, token by token, Llama from scratch, bin 1"),
        (TokenByToken(UB, 1), "UB by UL, token by token, Llama from scratch, bin 1"),
    ],
)
def test_a_request_says_what_it_asks(request_, label):
    """Tasks, architecture, and where the runs come from."""
    assert request_.label == label


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: RunAccuracy(UR, "mamba", 2), "an architecture is gpt2 or llama, got 'mamba'"),
        (lambda: RunAccuracy(UR, "gpt2", 4), "runs have the bins 1, 2 and 3, got bin=4"),
        (lambda: RunGap(UR, NRFirst, "gpt2", 2), "two tasks of one group, got UR"),
        (lambda: TokenByToken(NF, 2), "runs of UR do UF and runs of UL do UB, got NF"),
    ],
)
def test_what_no_run_has_is_refused(make, words):
    """In one sentence."""
    with pytest.raises(InvalidInput, match=words):
        make()


def test_theory_parts_the_ten_tasks():
    """Six are expressible, and every one of the ten is on one side."""
    keep, lose = predicted(keep=True), predicted(keep=False)

    assert {task.name for task in lose} == {"NRLast", "NLLast", "NF", "NB"}
    assert {*keep, *lose} == {*TASKS.values()}
    assert len(keep) == 6


@pytest.mark.parametrize("architecture", ["gpt2", "llama"])
def test_every_cell_has_a_published_figure_but_copies_that_were_not_trained(architecture):
    """With rotary positions the paper copies by retrieval, token by token, and in no other way."""
    missing = {n for n in TASKS for b in (1, 2, 3) if published(n, architecture, b) is None}
    by_tokens = {n for n in TASKS if published(n, architecture, 3, step=True) is not None}

    copied = {"UF", "UB"} if architecture == "llama" else set()
    assert (missing, by_tokens) == (copied, copied)


def test_published_figures_are_the_papers():
    """Two that are easily exchanged: NF in bin 3, with absolute and with rotary positions."""
    assert (published("NF", "gpt2", 3), published("NF", "llama", 3)) == (0.1286, 0.0)
