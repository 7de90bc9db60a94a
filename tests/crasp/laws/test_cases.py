import numpy as np
import pytest

from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.laws.cases import NONE, Cases, Labels, cases
from claimkit.crasp.library import program_of
from claimkit.crasp.symbols import Alphabet
from claimkit.crasp.text.parsing import parse
from claimkit.errors import InvalidQuestion

ABC = Alphabet("abc")
BITS = Alphabet("01")


def asked(task, *questions, alphabet=ABC, **options):
    """Cases of questions written as text."""
    return cases(task, [tuple(question) for question in questions], alphabet, **options)


def test_retrieval_is_read_at_the_query():
    """``b a c | a``: at the last position, the symbol right of a."""
    found = asked("UR", "baca", "baba")

    assert found.tokens.tolist() == [[1, 0, 2, 4, 0], [1, 0, 1, 4, 0]]
    assert found.positions.tolist() == [[4], [4]]
    assert found.expected.tolist() == [[2], [1]]


def test_a_beginning_moves_the_query():
    """``$`` in front is a token more; the answer is the same."""
    found = asked("UR", "baca", bos=True)

    assert found.tokens.tolist() == [[3, 1, 0, 2, 4, 0]]
    assert (found.positions.tolist(), found.expected.tolist()) == ([[5]], [[2]])


def test_a_copy_is_read_from_the_separator_to_its_end():
    """``$ c a | a c``: then c, a, and nothing."""
    found = asked("UB", "ca")

    assert found.tokens.tolist() == [[3, 2, 0, 4, 0, 2]]
    assert found.positions.tolist() == [[3, 4, 5]]
    assert found.expected.tolist() == [[0, 2, NONE]]


def test_other_tasks_end_in_a_mark():
    """``$ 1 1 0 | 1``: after the answer the end of the string is next; its code is 4 over 0, 1."""
    found = asked("Binary Majority", "110", alphabet=BITS)

    assert found.tokens.tolist() == [[2, 1, 1, 0, 3, 1]]
    assert found.expected.tolist() == [[1, 4]]


def test_addition_is_read_from_the_equals_sign_on():
    """``$ 1 + 1 = 1 0``: there is no separator."""
    alphabet = Alphabet("01+=")

    found = asked("Addition", "1+1=", alphabet=alphabet)

    assert "".join(alphabet.decode(found.tokens[0])) == "$1+1=10"
    assert found.positions.tolist() == [[4, 5, 6]]


def test_a_word_is_read_at_every_prefix():
    """D_2 after nothing, a, aa, aab: members, and what may follow."""
    found = asked("D_2", "aab", alphabet=Alphabet("ab"))

    assert isinstance(found, Labels)
    assert found.tokens.tolist() == [[2, 0, 0, 1]]
    assert found.accept.tolist() == [[True, False, False, False]]
    assert found.may.tolist() == [[[True, False], [True, True], [False, True], [True, True]]]
    assert found.outputs == ("ACCEPT", "MAY[a]", "MAY[b]")


def test_where_the_label_is_membership_nothing_may_follow():
    """Tomita-5 has one output."""
    assert asked("Tomita-5", "01", alphabet=BITS).outputs == ("ACCEPT",)


@pytest.mark.parametrize("task, program", [("UB", "UB"), ("D_2", "d-2"), ("Sort", "sort")])
def test_strings_of_several_lengths_are_padded(task, program):
    """Nothing is read, wanted or given in the padding, and every row is as it is alone."""
    words = ("a", "aab", "ab") if task == "D_2" else ("c", "cab", "ab")
    alphabet = Alphabet("ab") if task == "D_2" else ABC
    together, code = asked(task, *words, alphabet=alphabet), program_of(program)
    given = together.given(code)

    for row, word in enumerate(words):
        alone = asked(task, word, alphabet=alphabet)
        steps = alone.positions.shape[1]
        assert (together.positions[row, :steps] == alone.positions[0]).all()
        assert (together.wanted[row, :steps] == alone.wanted[0]).all()
        assert (given[row, :steps] == alone.given(code)[0]).all()
        assert not together.wanted[row, steps:].any()
        assert not given[row, steps:].any()


def test_a_next_of_a_special_symbol_is_given():
    """It stands in a column of its own, behind those of Σ."""
    found = asked("UF", "ab")
    given = found.given(parse("NEXT[a](i) := ⊥\nNEXT[eos](i) := ⊤"))

    assert isinstance(found, Cases)
    assert given.sum(axis=(0, 1)).tolist() == [0, 0, 0, 0, 0, 3]
    assert found.outputs == ("a", "b", "c", "$", "|", "#")


def test_lines_of_may_are_found_by_family_and_by_symbol():
    """One line for all symbols gives what two lines give."""
    one = parse("ACCEPT(i) := ⊤\nMAY[a](i) := Q[a](i)")
    two = parse("alphabet a b\nACCEPT(i) := ⊤\nMAY['a'](i) := Q['a'](i)\nMAY['b'](i) := Q['b'](i)")
    found = asked("D_2", "aab", alphabet=Alphabet("ab"))

    assert np.array_equal(found.given(one), found.given(two))
    assert found.given(one)[0, :, 1:].tolist() == [
        [False, False],
        [True, False],
        [True, False],
        [False, True],
    ]


@pytest.mark.parametrize(
    "task, text, words",
    [
        ("UR", "PRED[a](i) := Q[a](i)", "has no line 'NEXT'; the task needs"),
        ("UR", "NEXT[a](i) := #[j ≤ i] Q[a](j)", "has 1 indices and is a count; the task needs"),
        ("UR", "NEXT(i) := ⊤", "'NEXT' of mine has 0 indices"),
        ("D_2", "NEXT[a](i) := Q[a](i)", "has no line 'ACCEPT'"),
        ("D_2", "ACCEPT(i) := ⊤", "has no line 'MAY'"),
        ("D_2", "ACCEPT[a](i) := Q[a](i)", "has 1 indices and is a boolean"),
    ],
)
def test_a_program_without_the_outputs_is_refused(task, text, words):
    """The message says which line the task needs."""
    question = "ab" if task == "D_2" else "baca"
    found = asked(task, question, alphabet=Alphabet("ab") if task == "D_2" else ABC)

    with pytest.raises(InvalidProgram, match=words):
        found.given(parse(text, name="mine"))


def test_an_ill_formed_question_is_refused():
    """UR's query stands once."""
    with pytest.raises(InvalidQuestion, match="UR needs the query once"):
        asked("UR", "bacaa")
