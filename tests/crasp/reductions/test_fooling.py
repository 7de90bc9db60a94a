"""Prompts with the same message get the same answer, which is wrong for one of them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crasp.reductions.solvers import solvers

from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.library import program_of
from claimkit.crasp.protocol.messages import Protocol
from claimkit.crasp.reductions.copying import SUMS, copies
from claimkit.crasp.reductions.fooling import Collision, FoolingSet, Question, collision
from claimkit.crasp.reductions.reversal import reversals
from claimkit.crasp.running.interpreting import next_tokens
from claimkit.crasp.symbols import Alphabet
from claimkit.crasp.text.parsing import parse
from claimkit.errors import InvalidInput
from claimkit.tasks import NB, NF

AB = Alphabet("ab")
SETS = (copies(NF, "ab"), copies(NB, "abc"), reversals("ab"), SUMS)


def question(prompt, answer):
    return Question(tuple(prompt), tuple(answer))


@pytest.mark.parametrize("fooling", SETS, ids=lambda fooling: fooling.task)
def test_a_fooling_set_has_an_answer_for_every_source(fooling):
    """All of them different, of one length, after prompts of one length and last symbol."""
    for length in range(1, 7):
        asked = fooling.questions(length)

        assert len({q.answer for q in asked}) == len(asked) == fooling.sources(length)
        assert {len(q.prompt) - 1 for q in asked} == {fooling.before(length)}
        assert len({(q.prompt[-1], len(q.answer)) for q in asked}) == 1


@settings(max_examples=60, deadline=None)
@given(solvers(), st.sampled_from([NF, NB]), st.integers(1, 4))
def test_a_collision_is_two_prompts_with_one_message(program, task, length):
    """They part after what was fed; what holds there holds after both, and is wrong for one."""
    asked = copies(task, "ab").questions(length)

    found = collision(program, AB, asked)

    prompts = [AB.encode(q.prompt[:-1]) for q in asked]
    messages = Protocol(program, AB).messages(prompts)
    assert (found is None) == (len(set(messages)) == len(messages))
    if found is not None:
        one, other = found.first, found.second
        place = len(found.fed)
        assert messages[asked.index(one)] == messages[asked.index(other)]
        assert one.answer[:place] == other.answer[:place] == found.fed
        assert one.answer[place] != other.answer[place]
        for q in (one, other):
            string = AB.encode((*q.prompt, *found.fed))
            (((*said,),),) = next_tokens(program, AB, [string], [[len(string) - 1]])
            assert [AB.tokens[code] for code, holds in enumerate(said) if holds] == [*found.said]
        assert found.said != (found.wrong_on.answer[place],)


def test_a_program_that_remembers_all_confuses_nothing():
    """Two places are told apart by two lines; three are too many."""
    program = parse(
        "FIRST[a](i) := ∃[j ≤ i] (Q[a](j) ∧ ∃[k ≤ j, k = j−1] Q[bos](k))\n"
        "LAST[a](i) := ∃[j ≤ i, j = i−1] Q[a](j)\n"
        "NEXT[a](i) := (Q[sep](i) ∧ FIRST[a](i)) ∨ (¬Q[sep](i) ∧ LAST[a](i))"
    )

    assert collision(program, AB, copies(NF, "ab").questions(2)) is None
    assert collision(program, AB, copies(NF, "ab").questions(3)) is not None


def test_prompts_with_the_same_answer_may_have_the_same_message():
    """A program that knows the answer need not know the rest."""
    asked = [question("$ab|", "b"), question("$bb|", "b"), question("$aa|", "a")]
    last = parse("NEXT[a](i) := Q[sep](i) ∧ ∃[j ≤ i, j = i−1] Q[a](j)")

    assert collision(last, AB, asked) is None


@pytest.mark.parametrize(
    "said, wrong_on", [((), "$ab|"), (("a",), "$ba|"), (("b",), "$ab|"), (("a", "b"), "$ab|")]
)
def test_the_wrong_one_is_named(said, wrong_on):
    """The first, unless exactly its right symbol is said."""
    found = Collision(question("$ab|", "ab"), question("$ba|", "ba"), (), said)

    assert found.wrong_on.prompt == tuple(wrong_on)


def test_a_collision_is_one_sentence():
    """With both prompts, what was fed, what is said and what is right."""
    found = collision(program_of("UF"), AB, copies(NF, "ab").questions(4))

    assert str(found) == (
        "after '$ a a b a |' and '$ a b a a |' and then 'a' it says a and b both times, "
        "but a and b are right"
    )


@pytest.mark.parametrize(
    "act, error, words",
    [
        (lambda p: collision(p, AB, []), InvalidInput, "got none"),
        (
            lambda p: collision(p, AB, [question("$a|", "a"), question("$ab|", "a")]),
            InvalidInput,
            r"got \$ a \| and \$ a b \|",
        ),
        (
            lambda p: collision(p, AB, [question("$a|", "a"), question("$bb", "b")]),
            InvalidInput,
            "one length and last symbol",
        ),
        (
            lambda p: collision(p, AB, [question("$a|", "a"), question("$b|", "ba")]),
            InvalidInput,
            "answers of one length",
        ),
        (
            lambda p: collision(parse("P(i) := ⊤"), AB, copies(NF, "ab").questions(1)),
            InvalidProgram,
            "has no line NEXT",
        ),
        (lambda p: FoolingSet("NF", ("a",), question), InvalidInput, r"got \('a',\)"),
    ],
)
def test_what_fools_nobody_is_refused(act, error, words):
    """Prompts that differ in length, answers that do, programs that answer nothing."""
    with pytest.raises(error, match=words):
        act(parse("NEXT[a](i) := Q[a](i)"))
