from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.crasp.laws.mirrors import (
    exchanged,
    exchanged_neighbours,
    mirror,
    reversed_contexts,
    reversed_sources,
    same_expressibility,
)
from claimkit.crasp.library import program_of
from claimkit.crasp.operations import FALSE, Ref
from claimkit.crasp.reductions.lines import rebuilt
from claimkit.errors import InvalidInput
from claimkit.tasks import PAIRS, NLFirst, NLLast, NRFirst, NRLast

WITH_PROGRAMS = (("UR", "UL"), ("NRFirst", "NLFirst"), ("UF", "UB"))
LAWS = {"UR": reversed_contexts, "NRFirst": exchanged_neighbours, "UF": reversed_sources}


def silent(program):
    """The program with a NEXT that names nothing."""
    *lines, last = program.definitions
    return replace(program, definitions=(*lines, replace(last, body=FALSE)))


@pytest.mark.parametrize("right, left", WITH_PROGRAMS)
def test_the_left_program_is_the_mirror_of_the_right_one(right, left):
    """On all short strings, mirrored as the pair wants it."""
    assert mirror(right, left).counterexample == ""


# 3^N contexts of N symbols with 3 queries. Sources: 3^N, and arrangements of N out of 7 beyond
# those over the first three symbols, of which there are 3 + 6 + 6.
@pytest.mark.parametrize(
    "right, left, count",
    [
        ("UR", "UL", 3 * sum(3**n for n in range(1, 8))),
        ("UF", "UB", sum(3**n for n in range(1, 8)) + 13_699 - 15),
    ],
)
def test_all_strings_are_tried(right, left, count):
    """Ill-formed ones too."""
    assert f"all {count:,} " in mirror(right, left).how


@pytest.mark.parametrize("right, left", WITH_PROGRAMS)
@pytest.mark.parametrize("side", [0, 1])
def test_a_program_that_names_nothing_is_no_mirror(right, left, side):
    """The law is broken whichever of the two is silent."""
    programs = [program_of(right), program_of(left)]
    programs[side] = silent(programs[side])

    assert "follows nothing" in LAWS[right](*programs, length=4).counterexample


def test_reversal_does_not_mirror_first_occurrences():
    """It makes the first the last. Shortest, ill-formed or not: a a, whose reversal is a a."""
    first = [program_of("NRFirst"), program_of("NLFirst")]

    assert reversed_contexts(*first).counterexample == (
        "after 'a a | a' follows a, but after 'a a | a' follows nothing"
    )


def test_nor_on_questions_of_both_tasks():
    """Shortest: in a a b the first a is followed by a; in b a a it is preceded by b."""
    first = [program_of("NRFirst"), program_of("NLFirst")]

    assert reversed_contexts(*first, posed=True).counterexample == (
        "after 'a a b | a' follows a, but after 'b a a | a' follows b"
    )
    assert NRFirst.answer("aab", "a") == NLLast.answer("baa", "a") == "a"


contexts = st.text("abcq", min_size=2, max_size=14)


@given(contexts)
def test_reversal_mirrors_the_rules_first_to_last(context):
    """NRFirst of a context is NLLast of its reversal, and NLFirst is NRLast."""
    for right, left in ((NRFirst, NLLast), (NRLast, NLFirst)):
        one = _answer(right, context)

        assert one == _answer(left, context[::-1])


@given(st.lists(st.text("abc", min_size=2, max_size=5), min_size=3, max_size=5))
def test_exchanging_neighbours_mirrors_the_rules(parts):
    """Where occurrences share no neighbour it is its own inverse, and turns right into left."""
    context = tuple("q".join(parts))
    mirrored = exchanged(context, "q")

    assert exchanged(mirrored, "q") == context
    assert NLFirst.answer(mirrored, "q") == NRFirst.answer(context, "q")
    assert NLLast.answer(mirrored, "q") == NRLast.answer(context, "q")


def test_ur_and_ul_differ_in_the_order_of_two_indices():
    """BIGRAM[s,a] in the one is BIGRAM[a,s] in the other; all else is the same."""

    def turned(operation):
        if isinstance(operation, Ref) and operation.name == "BIGRAM":
            return replace(operation, indices=operation.indices[::-1])
        return None

    *lines, last = program_of("UR").definitions
    body = rebuilt(last.body, turned)

    assert (*lines, replace(last, body=body)) == program_of("UL").definitions


@pytest.mark.parametrize("right, left", PAIRS)
def test_expressibility_is_the_same_in_both_directions(right, left):
    """The law says so for all five pairs, and in words on what grounds."""
    law = same_expressibility(right.name, left.name)

    assert law.holds
    assert f"{left.name} is " in law.how


def test_a_pair_that_differs_is_told():
    """UR has a program and NRLast has none."""
    law = same_expressibility("UR", "NRLast")

    assert law.counterexample.startswith("UR is expressible (Lemma 4), but NRLast is not")


@pytest.mark.parametrize("right, left", [("NRLast", "NLLast"), ("UL", "UR"), ("UR", "UB")])
def test_only_pairs_with_programs_have_a_mirror(right, left):
    """The message lists them."""
    with pytest.raises(InvalidInput, match="these are: UR and UL, NRFirst and NLFirst, UF and UB"):
        mirror(right, left)


def _answer(task, context):
    """A rule's answer about q; None where it has none."""
    try:
        return task.answer(context, "q")
    except InvalidInput:
        return None
