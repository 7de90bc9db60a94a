"""An ambiguity of the published design: short demonstrations seldom tell NRFirst from NLLast."""

import numpy as np
import pytest

from claimkit.tasks import PAIRS, TASKS, Group, NLLast, NRFirst, Setting, Strings
from claimkit.tasks.questions import ABSENT, draw_questions

SYMBOLS = 62
STRINGS = 20_000


def answers(task, strings):
    """The answers to demonstrations of mixed lengths, int ``(string,)``."""
    lengths = (strings.contexts != ABSENT).sum(axis=1)
    found = np.full(len(strings), ABSENT)
    for length in np.unique(lengths):
        rows = np.flatnonzero(lengths == length)
        some = Strings(strings.contexts[rows, :length], strings.queries[rows])
        found[rows] = task.answers(some)[:, 0]
    return found


def share_alike(one, two, demonstrations=5):
    """In which share of the prompts do all demonstrations answer two tasks alike?"""
    setting = Setting(length=10, symbols=SYMBOLS, demonstrations=demonstrations)
    shown = draw_questions(one.group, setting, STRINGS).demonstrations
    alike = [answers(one, strings) == answers(two, strings) for strings in shown]
    return float(np.all(alike, axis=0).mean())


def test_two_of_five_prompts_cannot_tell_first_right_from_last_left():
    """All five demonstrations answer NRFirst and NLLast alike in 41 % of the prompts.

    One demonstration has k = 2 occurrences at non-adjacent places, none at the first two or the
    last. At length 6 the places 2 to 4 hold one such set, {2, 4}; at length 7 the places 2 to 5
    hold three, {2, 4}, {2, 5} and {3, 5}, equally likely. Where one symbol stands between the
    occurrences, it is the right neighbour of the first and the left neighbour of the last: in
    1/2 · 1 + 1/2 · 2/3 = 5/6 of the demonstrations. In the other 1/6, {2, 5}, the two neighbours
    are independent and uniform over the alphabet without the query: alike with probability 1/61.
    One demonstration: 5/6 + 1/6 · 1/61 = 0.83607. Five: 0.83607⁵ = 0.4085; with an endless
    alphabet (5/6)⁵ = 0.4019.
    """
    expected = (5 / 6 + 1 / 6 / (SYMBOLS - 1)) ** 5

    assert expected == pytest.approx(0.4085, abs=1e-4)
    # Four standard deviations of 20,000 prompts: 4 · √(0.41 · 0.59 / 20000) = 0.0139.
    assert share_alike(NRFirst, NLLast) == pytest.approx(expected, abs=0.0139)


def test_one_demonstration_is_alike_in_five_of_six():
    """The same arithmetic for a single demonstration."""
    expected = 5 / 6 + 1 / 6 / (SYMBOLS - 1)

    # Four standard deviations: 4 · √(0.836 · 0.164 / 20000) = 0.0105.
    assert share_alike(NRFirst, NLLast, demonstrations=1) == pytest.approx(expected, abs=0.0105)


@pytest.mark.parametrize(
    "one, two",
    [
        ("UR", "UL"),
        ("NRFirst", "NLFirst"),
        ("NRFirst", "NRLast"),
        ("NLFirst", "NRLast"),
        ("NLFirst", "NLLast"),
        ("NRLast", "NLLast"),
    ],
)
def test_five_demonstrations_tell_all_other_tasks_apart(one, two):
    """Other tasks agree on a demonstration by chance, 1/61, so on five hardly ever."""
    assert share_alike(TASKS[one], TASKS[two]) == 0


def test_the_ambiguous_tasks_belong_to_two_pairs():
    """No pair is ambiguous in itself: a reader who confuses the two still leans one way."""
    ambiguous = {NRFirst, NLLast}

    assert all(len(ambiguous & set(pair)) < 2 for pair in PAIRS)
    assert NRFirst.group is NLLast.group is Group.NON_UNIQUE_RETRIEVAL
