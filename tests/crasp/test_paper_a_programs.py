import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.crasp.laws.checks import check, drawn, exhaustive
from claimkit.crasp.library import PUBLISHED, WITHOUT_POSITIONS, program_of, variants
from claimkit.crasp.registry import expressibility
from claimkit.crasp.running.generating import generate
from claimkit.crasp.running.interpreting import next_tokens
from claimkit.crasp.symbols import BOS, SEP, Alphabet
from claimkit.crasp.text.printing import text_of
from claimkit.errors import InvalidInput
from claimkit.tasks import TASKS
from claimkit.tasks.examples import COPYING_EXAMPLES, RETRIEVAL_EXAMPLES

RETRIEVAL = ("UR", "UL", "NRFirst", "NLFirst")
COPYING = ("UF", "UB")
POSITIONLESS = ("UR", "NRFirst", "UF", "UB", "Copy Unique")


def positionless(task):
    """The program of a task without positions."""
    return program_of(expressibility(task).positionless)


def named(program, string, alphabet):
    """What NEXT names after a string."""
    tokens = [alphabet.encode(string)]
    (found,) = next_tokens(program, alphabet, tokens, [[len(string) - 1]])[:, 0]
    return "".join(sorted(alphabet.decode(found.nonzero()[0].tolist())))


@pytest.mark.parametrize(
    "task, context, query, answer",
    [example for example in RETRIEVAL_EXAMPLES if example[0].name in RETRIEVAL],
)
def test_a_program_names_the_worked_answer(task, context, query, answer):
    """At the query exactly the answer written beside the task is named."""
    alphabet = Alphabet(sorted({*context, query}))

    assert named(program_of(task.name), (*context, SEP, query), alphabet) == answer


@pytest.mark.parametrize(
    "task, source, answer", [example for example in COPYING_EXAMPLES if example[0].name in COPYING]
)
def test_a_program_writes_the_worked_copy_and_stops(task, source, answer):
    """Fed its own symbols, it goes through the answer and then names nothing."""
    alphabet = Alphabet(sorted(source))
    prompt = alphabet.encode((BOS, *source, SEP))

    (written,) = generate(program_of(task.name), alphabet, [prompt], limit=len(source) + 5)

    assert "".join(alphabet.decode(written)) == answer


@pytest.mark.parametrize("task", [*RETRIEVAL, *COPYING])
def test_a_program_is_right_on_all_short_questions(task):
    """All questions up to length 7, over 3 symbols or arranged from 7: nothing wrong is found."""
    assert exhaustive(program_of(task), task).counterexample == ""


@pytest.mark.parametrize("task", [*RETRIEVAL, *COPYING])
def test_a_program_is_right_on_drawn_questions(task):
    """Long questions over large alphabets: nothing wrong is found."""
    checked = drawn(program_of(task), task, examples=40, seed=1)

    assert checked.counterexample == ""
    assert checked.strings > 20


@pytest.mark.parametrize("task", [*RETRIEVAL, *COPYING])
def test_a_program_covers_all_alphabets(task):
    """No program names a symbol: the text is for every Σ."""
    assert program_of(task).alphabet is None


@pytest.mark.parametrize("task", POSITIONLESS)
def test_a_program_without_positions_has_none_and_is_right(task):
    """Neither ψ nor φ stands in it, and the laws hold."""
    program = positionless(task)
    text = text_of(program)

    assert "j =" not in text
    assert "−j" not in text
    assert "mod" not in text
    assert check(program, task, examples=20).counterexample == ""


def test_every_program_in_a_folder_is_tried_here():
    """The lists above miss no file."""
    assert len(variants(WITHOUT_POSITIONS)) == len(POSITIONLESS)
    assert len(variants(PUBLISHED)) == len(AS_DESCRIBED)


# What the described lines do with the shortest question that they get wrong, by hand:
# UB: the answer "b a" holds the bigram b a, so that b is named once more after a.
# NLFirst mirrored from NRFirst: in "a b b" both a and the first b are first occurrences, and both
#   stand before a b.
# FIRST as "does not occur at any j ≤ i": it does, at i; so nothing is a first occurrence.
# FIRST asked at the query: the query has occurred.
AS_DESCRIBED = (
    ("UB", "published/UB", "after '$ a b | b a' UB names nothing, the program b", 2),
    ("NLFirst", "published/NLFirst", "after 'a b b | b' NLFirst names a, the program a and b", 3),
    (
        "NLFirst",
        "published/NLFirst-strict",
        "after 'a b b | b' NLFirst names a, the program nothing",
        3,
    ),
    (
        "NLFirst",
        "published/NLFirst-at-query",
        "after 'a b b | b' NLFirst names a, the program nothing",
        3,
    ),
)


@pytest.mark.parametrize("task, program, sentence, length", AS_DESCRIBED)
def test_lines_as_described_fail_on_a_shortest_question(task, program, sentence, length):
    """The counterexample is the one worked out by hand."""
    found = check(program_of(program), task)

    assert (found.counterexample, found.found.length) == (sentence, length)


def test_no_shorter_question_shows_it():
    """UB's lines copy one symbol rightly, and NLFirst has no question of two symbols."""
    assert exhaustive(program_of("published/UB"), "UB", length=1).holds
    with pytest.raises(InvalidInput, match="NLFirst has no question of up to 2 symbols"):
        exhaustive(program_of("published/NLFirst"), "NLFirst", length=2)


@settings(deadline=None, max_examples=60)
@given(context=st.text("abc", min_size=1, max_size=8), query=st.sampled_from("abc"))
@pytest.mark.parametrize("task", RETRIEVAL)
def test_a_beginning_in_front_changes_nothing(task, context, query):
    """``$`` before a context is no symbol of Σ, so no bigram starts with it; ill-formed or not."""
    program, alphabet = program_of(task), Alphabet("abc")

    plain = named(program, (*context, SEP, query), alphabet)

    assert named(program, (BOS, *context, SEP, query), alphabet) == plain


@pytest.mark.parametrize(
    "task, context, query, found",
    [
        ("UR", "bac", "a", "c"),
        ("NRFirst", "bacad", "a", "c"),
        ("NLFirst", "bacad", "a", "b"),
        ("UL", "bac", "a", "bc"),
    ],
)
def test_only_ul_needs_the_separator(task, context, query, found):
    """Without it UL names the query's own left neighbour, too; the others are still right."""
    assert named(program_of(task), (*context, query), Alphabet("abcd")) == found


@pytest.mark.parametrize("task", COPYING)
def test_one_symbol_is_copied(task):
    """N = 1: its bigrams are with ``$`` and ``|`` only."""
    program, alphabet = program_of(task), Alphabet("ab")

    assert named(program, "$a|", alphabet) == "a"
    assert named(program, "$a|a", alphabet) == ""


@pytest.mark.parametrize("task", sorted(set(TASKS) - {*RETRIEVAL, *COPYING}))
def test_no_program_of_another_task_does_what_has_none(task):
    """What is said to be inexpressible is not computed by any program of the library."""
    candidates = RETRIEVAL if TASKS[task].group.is_retrieval else COPYING

    assert not any(check(program_of(name), task, examples=5).holds for name in candidates)
