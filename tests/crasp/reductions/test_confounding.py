import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.crasp.strategies import programs

from claimkit.crasp.library import WITHOUT_POSITIONS, program_of, variants
from claimkit.crasp.operations import Count, Exists, Periodic
from claimkit.crasp.reductions.candidates import majority, within
from claimkit.crasp.reductions.confounding import confounded, confounding_law, same_state
from claimkit.crasp.rewriting import places
from claimkit.crasp.running.interpreting import evaluate
from claimkit.crasp.symbols import SEP, Alphabet
from claimkit.crasp.text.parsing import parse
from claimkit.crasp.windows import Local
from claimkit.errors import UnknownTask
from claimkit.tasks import LANGUAGES, UL, Group, NLFirst, Strings
from claimkit.tasks.domains import well_formed

LETTERS = Alphabet("abe")
CANDIDATES = {
    "NRFirst": program_of("NRFirst"),
    "NLFirst": program_of("NLFirst"),
    "UF": program_of("UF"),
    "majority right": majority("NRLast"),
    "majority left": majority("NLLast"),
    "window right": within("NRLast", 5),
    "window left": within("NLLast", 5),
}


@pytest.mark.parametrize("name", CANDIDATES)
@pytest.mark.parametrize("task", ["NRLast", "NLLast", "NRLastFar"])
def test_every_candidate_is_refuted(task, name):
    """Two contexts with different answers leave it in one state, also far back."""
    law = confounding_law(CANDIDATES[name], task)

    assert law.holds
    assert "with the answers b and a, which leave it in one state" in law.how


@settings(max_examples=60, deadline=None)
@given(programs(), st.text("abe", max_size=6))
def test_any_program_is_confounded(program, rest):
    """At all that follows the two strings, every line of a random program has one value."""
    alphabet = LETTERS if program.alphabet is None else Alphabet(program.alphabet)
    assume(len(alphabet) == 3)
    a, b, e = alphabet.symbols
    pair = confounded(program, alphabet, (a,), (b,), e)

    assert pair is not None
    ends = [[symbol for symbol in string if symbol != e][-1] for string in (pair.one, pair.other)]
    follow = [alphabet.symbols["abe".index(letter)] for letter in rest]
    trace = evaluate(
        program,
        alphabet,
        [alphabet.encode((*string, *follow)) for string in (pair.one, pair.other)],
    )
    assert ends == [b, a]
    for key in trace.keys():  # noqa: SIM118  a trace is no mapping
        one, other = trace[key][..., len(pair.one) :]
        assert np.array_equal(one, other)


@pytest.mark.parametrize("name", CANDIDATES)
def test_contexts_of_far_retrieval_are_such_as_its_sampler_draws(name):
    """With nine times as many symbols behind them, as the law asks them."""
    alphabet = Alphabet("abeq")
    pair = confounded(CANDIDATES[name], alphabet, ("q", "a"), ("q", "b"), "e")
    rows = [alphabet.encode((*one, *"e" * 9 * len(one))) for one in (pair.one, pair.other)]
    strings = Strings(np.array(rows), np.full(2, alphabet.codes["q"]))

    assert well_formed(Group.FAR_RETRIEVAL, strings, symbols=26).all()
    assert (
        f"two contexts of {strings.length} symbols"
        in confounding_law(CANDIDATES[name], "NRLastFar").how
    )


def positionless(program):
    """Whether neither φ nor a local ψ stands in a program."""
    operations = [part.operation for line in program.definitions for part in places(line.body)]
    windows = [part.window for part in operations if isinstance(part, Count | Exists)]
    periodic = any(isinstance(part, Periodic) for part in operations)
    return not periodic and not any(isinstance(window, Local) for window in windows)


def assert_left_neighbours_are_confused(program, alphabet):
    """Two contexts whose first q has another left neighbour leave a program in one state."""
    a, b, q = alphabet.symbols
    pair = confounded(program, alphabet, (a,), (b,), a)
    one, other = ((*string, q, b) for string in (pair.one, pair.other))

    assert same_state(program, alphabet, one, other)
    assert (UL.answer(one, q), UL.answer(other, q)) == (b, a)
    assert (NLFirst.answer((*one, q), q), NLFirst.answer((*other, q), q)) == (b, a)


@pytest.mark.parametrize("name", variants(WITHOUT_POSITIONS))
def test_without_positions_no_program_of_ours_tells_left_neighbours_apart(name):
    """Those for right neighbours and copies, over blocks of one symbol."""
    assert_left_neighbours_are_confused(program_of(name), Alphabet("abq"))


@settings(max_examples=60, deadline=None)
@given(programs())
def test_without_positions_no_program_tells_left_neighbours_apart(program):
    """Any that uses neither φ nor ψ."""
    alphabet = Alphabet("abq") if program.alphabet is None else Alphabet(program.alphabet)
    assume(positionless(program) and len(alphabet) == 3)

    assert_left_neighbours_are_confused(program, alphabet)


@settings(max_examples=60, deadline=None)
@given(programs())
def test_tomita_3_is_confounded(program):
    """Two strings that leave a program in one state differ in what may follow one 0 more."""
    alphabet = Alphabet("01") if program.alphabet is None else Alphabet(program.alphabet)
    assume(len(alphabet) == 2)
    zero, one = alphabet.symbols
    pair = confounded(program, alphabet, (zero, zero, one), (one, zero, zero), one)
    read = [
        "".join("01"[alphabet.codes[symbol]] for symbol in string) + "0"
        for string in (pair.one, pair.other)
    ]

    follow = [LANGUAGES["Tomita-3"].may_follow(string) for string in read]
    assert sorted(map(sorted, follow)) == [["0"], ["0", "1"]]


@settings(max_examples=60, deadline=None)
@given(programs())
def test_a_one_more_is_not_seen_behind_zeros(program):
    """Behind 60 0s and at a separator, all Booleans are as if a block with a 1 had had none."""
    alphabet = Alphabet("01") if program.alphabet is None else Alphabet(program.alphabet)
    assume(len(alphabet) == 2)
    zero, one = alphabet.symbols
    blank = (zero,) * 60
    marked = (one, *blank[1:])
    fronts = [
        (marked * some + blank * others) * rounds
        for rounds in (1, 4, 16)
        for some, others in ((1, 4), (5, 3))
    ]
    booleans = [key for key, kind in program.kinds.items() if kind == "boolean"]

    def settled(front):
        strings = [(*front, *block, *blank, SEP) for block in (marked, blank)]
        trace = evaluate(program, alphabet, [alphabet.encode(string) for string in strings])
        return all(np.array_equal(*trace[key][..., -2:]) for key in booleans)

    assert any(map(settled, fronts))


def test_counts_that_tell_orders_apart_are_outgrown():
    """Whether a leads b at some places is counted, which takes a mixture that settles it."""
    program = parse(
        """
        alphabet a b e
        LEADS(i) := #[j ≤ i] Q['a'](j) ≥ #[j ≤ i] Q['b'](j) + 5
        TIMES(i) := #[j ≤ i] LEADS(j)
        """
    )
    pair = confounded(program, LETTERS, ("a",), ("b",), "e")

    assert not same_state(program, LETTERS, tuple("aaaaaabeab"), tuple("aaaaaabeba"))
    assert same_state(program, LETTERS, pair.one, pair.other)


def test_states_differ_where_counts_do():
    """One a more is another state; another order of the same letters need not be."""
    program = parse("alphabet a b e\nA(i) := #[j ≤ i] Q['a'](j)")

    assert not same_state(program, LETTERS, tuple("aae"), tuple("abe"))
    assert same_state(program, LETTERS, tuple("abe"), tuple("bae"))


def test_windows_are_part_of_the_state():
    """What stood two places back is remembered where a window reaches there."""
    program = parse("alphabet a b e\nA(i) := ∃[j ≤ i, j = i−2] Q['a'](j)")

    assert not same_state(program, LETTERS, tuple("abe"), tuple("bae"))
    assert same_state(program, LETTERS, tuple("abee"), tuple("baee"))


def test_a_task_about_no_last_occurrence_is_refused():
    """The message lists the tasks."""
    with pytest.raises(UnknownTask, match="tasks: NRLast, NLLast, NRLastFar"):
        confounding_law(program_of("UR"), "UR")
