import math

import pytest

from claimkit.auditing.hunting.asking import MOST_AT_ONCE, Ledger
from claimkit.auditing.hunting.questions import Question


def recorded(batches):
    """An oracle that finds long questions wrong and notes what it was asked."""

    def oracle(questions):
        batches.append(list(questions))
        return [2.5 - len(question.context) for question in questions]

    return oracle


def asked(count, length=1):
    """So many different questions of one length."""
    return [Question((*[0] * (length - 1), number)) for number in range(count)]


def test_no_question_is_asked_twice():
    """Neither in one batch nor in two."""
    batches = []
    ledger = Ledger(recorded(batches))
    ledger.wrong_among([*asked(5), *asked(3)])
    ledger.wrong_among(asked(7))

    assert batches == [asked(5), asked(7)[5:]]
    assert ledger.batches == 2


def test_many_questions_are_asked_in_several_batches():
    """As many as one forward pass takes."""
    batches = []
    Ledger(recorded(batches)).wrong_among(asked(MOST_AT_ONCE + 1))

    assert [len(batch) for batch in batches] == [MOST_AT_ONCE, 1]


def test_wrong_questions_come_in_the_order_of_asking():
    """A question is wrong whose margin is at most 0, whether it was asked now or before."""
    ledger = Ledger(recorded([]))
    ledger.wrong_among(asked(2, length=3))
    mixed = [asked(1)[0], asked(2, length=3)[1], asked(1, length=4)[0], asked(1, length=3)[0]]

    assert ledger.wrong_among(mixed) == mixed[1:]


@pytest.mark.parametrize("margin, wrong", [(0.0, 1), (-0.5, 1), (math.nan, 1), (1e-9, 0)])
def test_a_tie_is_wrong_and_so_is_what_is_no_number(margin, wrong):
    """Only a margin above 0 is right."""
    ledger = Ledger(lambda questions: [margin] * len(questions))

    assert len(ledger.wrong_among(asked(1))) == wrong


def test_the_simplest_wrong_question_is_the_shortest_then_the_first():
    """Refuted ones are passed over, and remembered in their order."""
    ledger = Ledger(recorded([]))
    ledger.wrong_among([*asked(4, length=4), *asked(3, length=3)[1:]])
    simplest = []
    while (question := ledger.simplest_wrong()) is not None:
        simplest.append(question)
        ledger.refute(question)

    assert simplest == [*asked(3, length=3)[1:], *asked(4, length=4)]
    assert ledger.refuted == tuple(simplest)


def test_an_oracle_that_answers_too_little_is_an_error():
    """Margins would belong to other questions."""
    with pytest.raises(ValueError, match="shorter"):
        Ledger(lambda questions: [1.0]).wrong_among(asked(2))
