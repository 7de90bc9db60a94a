"""The interpreter does what the definition says, however strings are padded, cut or asked about."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.crasp.strategies import alphabets, programs, windows

from claimkit.crasp.errors import InvalidProgram, InvalidString
from claimkit.crasp.library import PROGRAMS, program_of
from claimkit.crasp.operations import (
    FALSE,
    Add,
    And,
    AnySymbol,
    AtMost,
    Binder,
    Compare,
    Conditional,
    Constraint,
    Count,
    EverySymbol,
    Exists,
    Initial,
    Not,
    Number,
    One,
    Or,
    Periodic,
    Ref,
    Subtract,
    SumOver,
    Symbol,
    Top,
    Variable,
)
from claimkit.crasp.program import Definition, Program
from claimkit.crasp.running.expanding import environments, expand, member_name
from claimkit.crasp.running.interpreting import Run, evaluate, next_tokens
from claimkit.crasp.running.reference import values
from claimkit.crasp.symbols import Alphabet
from claimkit.crasp.windows import PREDECESSOR, Local

V = Variable
A, B = Initial(Symbol("a")), Initial(Symbol("b"))
AB = Alphabet("ab")
STRING = ["a", "b", "b", "|", "a"]
COUNTED = (Definition("A", (), Count(A)), Definition("B", (), Count(B)))
# Drawing a program takes its time where other processes run.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
Q = Definition("Q", (V("a"),), Initial(V("a")))
PAIR = Definition("PAIR", (V("a"), V("b")), Exists(And(Initial(V("b")), Ref("P", (V("a"),)))))
P = Definition("P", (V("a"),), Exists(Initial(V("a")), PREDECESSOR))


def program(*lines, alphabet=None):
    """Return a program of some lines."""
    return Program("", lines, alphabet)


@st.composite
def questions(draw, of=None):
    """A program, an alphabet, some strings of one length with any padding, and an offset."""
    drawn = draw(programs() if of is None else of)
    alphabet = Alphabet(drawn.alphabet or draw(alphabets()))
    length = draw(st.integers(0, 8))
    string = st.lists(st.integers(0, len(alphabet) + 2), min_size=length, max_size=length).flatmap(
        lambda codes: st.integers(0, length).map(lambda cut: _padded(codes, cut))
    )
    strings = draw(st.lists(string, max_size=3))
    tokens = np.array(strings, np.int64).reshape(len(strings), length)
    return drawn, alphabet, tokens, draw(st.integers(0, 5))


def _padded(codes, cut):
    return codes[:cut] + [-1] * (len(codes) - cut)


@st.composite
def programs_with_next(draw):
    """Programs with lines NEXT of Σ and at times of EOS, that count or look some line up."""
    drawn = draw(programs().filter(lambda drawn: not drawn.definitions_named("NEXT")))
    kinds = ((line, drawn.kind(line.key)) for line in drawn.definitions)
    boolean = [line for line, kind in kinds if kind == "boolean"]

    def body(name):
        if not boolean:
            return Initial(V(name))
        line = draw(st.sampled_from(boolean))
        indices = tuple(V(name) if isinstance(term, V) else term for term in line.indices)
        ref, window = Ref(line.name, indices), draw(windows())
        shapes = (ref, Exists(ref, window), Exists(ref), AtMost(Count(ref, window), One()))
        return And(draw(st.sampled_from((Top(), Not(ref)))), draw(st.sampled_from(shapes)))

    lines = [Definition("NEXT", (V("n"),), body("n"))]
    if draw(st.booleans()):
        ending = AnySymbol(Binder("m"), body("m"))
        lines.append(Definition("NEXT", (Symbol("#"),), ending))
    return Program(drawn.name, (*drawn.definitions, *lines), drawn.alphabet)


def assert_as_defined(program, alphabet, trace, row, expected):
    """All members of all lines have the expected values in one string of a trace."""
    for line in program.definitions:
        for environment in environments(line, alphabet):
            member = tuple(alphabet.codes[symbol] for symbol in environment.values())
            name = member_name(line.name, line.indices, environment)
            assert trace[line.key][(row, *member)].tolist() == expected[name], name


@unhurried
@given(questions())
def test_every_line_is_what_the_definition_says(question):
    """All members of all lines have the naive interpreter's values at every position."""
    program, alphabet, tokens, offset = question
    flat = expand(program, alphabet)

    trace = evaluate(program, alphabet, tokens, offset=offset)

    for row, string in enumerate(tokens.tolist()):
        expected = values(flat, string, alphabet, offset)
        assert_as_defined(program, alphabet, trace, row, expected)


@pytest.mark.parametrize("name", PROGRAMS)
def test_shipped_programs_do_what_the_definition_says(name):
    """Every line of every program of claimkit has the naive interpreter's values."""
    shipped = program_of(name)
    alphabet = Alphabet(shipped.alphabet or "abc")
    rng = np.random.default_rng(0)
    tokens = rng.integers(-1, len(alphabet.tokens), (3, 9))
    flat = expand(shipped, alphabet)

    trace = evaluate(shipped, alphabet, tokens)

    for row, string in enumerate(tokens.tolist()):
        assert_as_defined(shipped, alphabet, trace, row, values(flat, string, alphabet))


@unhurried
@given(questions(), st.data())
def test_a_trace_has_the_documented_shape(question, data):
    """A line's values are bool or int64 with one axis per variable, and cannot be changed."""
    program, alphabet, tokens, offset = question
    line = data.draw(st.sampled_from(program.definitions))

    found = evaluate(program, alphabet, tokens, offset=offset)[line.key]

    indices = (len(alphabet),) * len(line.variables)
    assert found.shape == (len(tokens), *indices, tokens.shape[1])
    assert found.dtype == (np.bool_ if program.kind(line.key) == "boolean" else np.int64)
    assert not found.flags.writeable


@unhurried
@given(questions(), st.data())
def test_blocks_give_the_trace_of_the_whole(question, data):
    """A string may be cut anywhere, also into empty blocks, and its run taken up again."""
    program, alphabet, tokens, offset = question
    whole = evaluate(program, alphabet, tokens, offset=offset)
    cuts = sorted(data.draw(st.lists(st.integers(0, tokens.shape[1]), max_size=4)))

    run = Run(program, alphabet, len(tokens), offset)
    blocks = []
    for start, end in zip([0, *cuts], [*cuts, tokens.shape[1]], strict=True):
        blocks.append(run.advance(tokens[:, start:end]))
        run = Run.resume(program, alphabet, run.state)

    assert run.state.position == tokens.shape[1]
    for key in whole:
        joined = np.concatenate([block[key] for block in blocks], axis=-1)
        np.testing.assert_array_equal(joined, whole[key], strict=True, err_msg=key)


@unhurried
@given(questions(), st.integers(1, 60))
def test_long_strings_are_evaluated_a_few_positions_at_a_time(question, size):
    """How many values are evaluated at a time changes nothing."""
    program, alphabet, tokens, offset = question
    whole = evaluate(program, alphabet, tokens, offset=offset)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("claimkit.crasp.running.interpreting._BLOCK", size)
        found = evaluate(program, alphabet, tokens, offset=offset)

    for key in whole:
        np.testing.assert_array_equal(found[key], whole[key], strict=True, err_msg=key)


@unhurried
@given(questions(), st.data())
def test_strings_do_not_see_one_another(question, data):
    """A state can be split into those of its strings."""
    program, alphabet, tokens, offset = question
    cut = data.draw(st.integers(0, tokens.shape[1]))
    kept = np.array(data.draw(st.lists(st.sampled_from(range(len(tokens) or 1)))), int)
    kept = kept[kept < len(tokens)]
    run = Run(program, alphabet, len(tokens), offset)
    run.advance(tokens[:, :cut])

    part = Run.resume(program, alphabet, run.state.of(kept)).advance(tokens[kept, cut:])

    rest = run.advance(tokens[:, cut:])
    for key in rest:
        np.testing.assert_array_equal(part[key], rest[key][kept], strict=True, err_msg=key)


@unhurried
@given(questions(programs_with_next()), st.data())
def test_next_at_some_positions_is_next_in_the_trace(question, data):
    """Asking at a few positions, in any order, gives what evaluating everything gives there."""
    program, alphabet, tokens, offset = question
    steps = data.draw(st.integers(0, 3))
    places = st.lists(st.integers(-1, tokens.shape[1] - 1), min_size=steps, max_size=steps)
    drawn = data.draw(st.lists(places, min_size=len(tokens), max_size=len(tokens)))
    positions = np.array(drawn, int).reshape(len(tokens), steps)

    found = next_tokens(program, alphabet, tokens, positions, offset=offset)

    table = evaluate(program, alphabet, tokens, offset=offset).next
    expected = np.zeros((len(tokens), steps, len(alphabet) + 3), bool)
    for row, step in zip(*np.nonzero(positions >= 0), strict=True):
        expected[row, step] = table[row, positions[row, step]]
    np.testing.assert_array_equal(found, expected, strict=True)


def test_strings_are_asked_in_groups(monkeypatch):
    """Groups that bound the memory change nothing."""
    lines = (P, PAIR, Definition("NEXT", (V("a"),), Ref("PAIR", (V("a"), V("a")))))
    tokens = np.random.default_rng(0).integers(0, 5, (50, 20))
    positions = np.random.default_rng(1).integers(-1, 20, (50, 3))
    whole = next_tokens(program(*lines), AB, tokens, positions)
    monkeypatch.setattr("claimkit.crasp.running.interpreting._ELEMENTS", 20 * 4 * 7)

    found = next_tokens(program(*lines), AB, tokens, positions)

    assert whole.any()
    np.testing.assert_array_equal(found, whole)


BOOLEANS = [
    (A, "1 0 0 0 1"),
    (Initial(Symbol("|")), "0 0 0 1 0"),
    (Initial(Symbol("$")), "0 0 0 0 0"),
    (Top(), "1 1 1 1 1"),
    (FALSE, "0 0 0 0 0"),
    (Not(A), "0 1 1 1 0"),
    (And(Not(A), Not(B)), "0 0 0 1 0"),
    (Or(A, B), "1 1 1 0 1"),
    (Periodic(3, {0, 1}), "1 0 1 1 0"),
    (Periodic(2, ()), "0 0 0 0 0"),
    (AtMost(Ref("B"), Ref("A")), "1 1 0 0 1"),
    (Compare(Ref("B"), "<", Ref("A")), "1 0 0 0 0"),
    (Compare(Ref("B"), ">", Ref("A")), "0 0 1 1 0"),
    (Compare(Ref("B"), "≥", Ref("A")), "0 1 1 1 1"),
    (Compare(Ref("B"), "=", Ref("A")), "0 1 0 0 1"),
    (Compare(Ref("B"), "≠", Ref("A")), "1 0 1 1 0"),
    (Exists(B), "0 1 1 1 1"),
    (Exists(A, PREDECESSOR), "0 1 0 0 0"),
    (Exists(B, Local({0, 2})), "0 1 1 1 1"),
    (Exists(B, Local({9})), "0 0 0 0 0"),
    (AnySymbol(Binder("s"), Initial(V("s"))), "1 1 1 0 1"),
    (EverySymbol(Binder("s"), Exists(Initial(V("s")))), "0 1 1 1 1"),
    (AnySymbol(Binder("s", (Constraint(V("s"), "≠", V("s")),)), Top()), "0 0 0 0 0"),
    (EverySymbol(Binder("s", (Constraint(V("s"), "≠", V("s")),)), FALSE), "1 1 1 1 1"),
    (AnySymbol(Binder("s", (Constraint(Symbol("a"), "<", V("s")),)), Initial(V("s"))), "0 1 1 0 0"),
]
COUNTS = [
    (Ref("B"), "0 1 2 2 2"),
    (One(), "1 1 1 1 1"),
    (Number(-300), "-300 -300 -300 -300 -300"),
    (Count(Top()), "1 2 3 4 5"),
    (Count(B, Local({1, 2})), "0 0 1 2 1"),
    (Count(Top(), Local({1, 3})), "0 1 1 2 2"),
    (Count(A, Local({0})), "1 0 0 0 1"),
    (Count(B, Local({0, 2, 3})), "0 1 1 1 2"),
    (Add(Ref("A"), Ref("B")), "1 2 3 3 4"),
    (Subtract(Ref("A"), Ref("B")), "1 0 -1 -1 0"),
    (Conditional(A, Ref("B"), Number(7)), "0 7 7 7 2"),
    (SumOver(Binder("s"), Count(Initial(V("s")))), "1 2 3 3 4"),
    (SumOver(Binder("s"), One()), "2 2 2 2 2"),
    (SumOver(Binder("s", (Constraint(V("s"), "=", Symbol("b")),)), Count(Top())), "1 2 3 4 5"),
    (SumOver(Binder("s", (Constraint(V("s"), "=", Symbol("|")),)), One()), "0 0 0 0 0"),
    # A count of a comparison of counts: at how many positions there were more b than a.
    (Count(Compare(Count(B), ">", Count(A))), "0 0 1 2 2"),
]


@pytest.mark.parametrize("operation, expected", [*BOOLEANS, *COUNTS])
def test_an_operation_has_the_values_worked_out_by_hand(operation, expected):
    """Each operation is what its definition gives for the string a b b | a."""
    of_all = program(*COUNTED, Definition("X", (), operation), alphabet=AB.symbols)

    found = evaluate(of_all, AB, [AB.encode(STRING)])["X"]

    assert found.tolist() == [[int(value) for value in expected.split()]]


INDEXED = [
    ("PAIR[a,b]", Ref("PAIR", (V("a"), V("b"))), [[0, 1], [0, 1]]),
    ("PAIR[b,a]", Ref("PAIR", (V("b"), V("a"))), [[0, 0], [1, 1]]),
    ("PAIR[a,a]", Ref("PAIR", (V("a"), V("a"))), [[0, 0], [1, 1]]),
    ("PAIR[b,b]", Ref("PAIR", (V("b"), V("b"))), [[0, 1], [0, 1]]),
    ("PAIR[a,'b']", Ref("PAIR", (V("a"), Symbol("b"))), [[1, 1], [1, 1]]),
    ("PAIR['a',b]", Ref("PAIR", (Symbol("a"), V("b"))), [[0, 1], [0, 1]]),
    ("PAIR['b','a']", Ref("PAIR", (Symbol("b"), Symbol("a"))), [[0, 0], [0, 0]]),
    ("TOP[a,b]", Ref("TOP", (V("a"), V("b"))), [[1, 1], [1, 1]]),
    ("TOP[a,a]", Ref("TOP", (V("a"), V("a"))), [[1, 1], [1, 1]]),
    ("HALF[b,b]", Ref("HALF", (V("b"), V("b"))), [[0, 1], [0, 1]]),
]


@pytest.mark.parametrize("title, ref, expected", INDEXED, ids=[row[0] for row in INDEXED])
def test_a_reference_takes_the_members_that_its_indices_name(title, ref, expected):
    """Indices may be swapped, repeated or symbols; X[a,b] is read at the end of a b b."""
    top = Definition("TOP", (V("x"), V("y")), Top())
    half = Definition("HALF", (V("x"), V("y")), Exists(Initial(V("y")), Local({0})))
    line = Definition("X", (V("a"), V("b")), ref)

    found = evaluate(program(P, PAIR, top, half, line, alphabet=("a", "b")), AB, [[0, 1, 1]])["X"]

    if title == "PAIR[a,b]":
        assert found[0, :, :, -1].tolist() == [[False, True], [False, True]]
    assert found[0, :, :, -1].tolist() == expected


def test_lines_of_one_name_are_told_apart_by_their_symbols():
    """P[bos] and P[a] are two lines, each found by its indices."""
    start = Definition("P", (Symbol("$"),), Exists(Initial(Symbol("$")), PREDECESSOR))
    after_bos = Definition("X", (), Ref("P", (Symbol("$"),)))
    after = Definition("Y", (), AnySymbol(Binder("s"), Ref("P", (V("s"),))))

    trace = evaluate(program(P, start, after_bos, after), AB, [AB.encode(["$", "a", "b"])])

    assert trace.keys() == ("P", "P[$]", "X", "Y")
    assert trace["X"].tolist() == [[False, True, False]]
    assert trace["Y"].tolist() == [[False, False, True]]


@pytest.mark.parametrize("length", [127, 128, 32_767, 32_768])
def test_counts_have_room(length):
    """Counts and what is made of them are right where small integers end."""
    lines = (
        Definition("C", (), Count(A)),
        Definition("TWICE", (), Add(Ref("C"), Ref("C"))),
        Definition("LESS", (), Compare(Subtract(Number(0), Ref("TWICE")), "<", Ref("C"))),
        Definition("SUM", (), SumOver(Binder("s"), Ref("TWICE"))),
    )

    trace = evaluate(program(*lines, alphabet=("a",)), Alphabet("a"), np.zeros((1, length), int))

    expected = np.arange(1, length + 1)
    np.testing.assert_array_equal(trace["C"][0], expected)
    np.testing.assert_array_equal(trace["TWICE"][0], 2 * expected)
    np.testing.assert_array_equal(trace["SUM"][0], 2 * expected)
    assert trace["LESS"].all()


def test_counts_have_room_across_blocks():
    """A run's counts go on beyond what its first block needed."""
    run = Run(program(Definition("C", (), Count(Top()))), AB, 1)
    for _ in range(3):
        trace = run.advance(np.zeros((1, 100), int))

    assert trace["C"][0, -1] == 300


def test_an_empty_block_changes_nothing():
    """What was counted before a block without positions is not forgotten."""
    run = Run(
        program(Definition("C", (), Add(Count(Top()), Count(A, PREDECESSOR))), alphabet=("a",)),
        Alphabet("a"),
        1,
    )
    for block in (np.zeros((1, 3), int), np.zeros((1, 0), int)):
        run.advance(block)

    assert run.state.position == 3
    # The fourth position, and the one before it.
    assert run.advance([[0]])["C"].tolist() == [[5]]


def test_alphabets_may_be_large():
    """Symbols with codes that need more than a byte are told apart."""
    many = Alphabet(f"s{number}" for number in range(300))
    line = Definition("NEXT", (V("a"),), Exists(Initial(V("a")), PREDECESSOR))
    tokens = np.array([[44, 300, 44 + 256, 299, 298, 302]])

    found = evaluate(program(line), many, tokens).next

    # Token 300 is BOS, which is no symbol of Σ, so nothing follows it.
    assert [row.nonzero()[0].tolist() for row in found[0]] == [[], [44], [], [], [299], [298]]


def test_a_state_holds_what_was_counted_and_what_is_in_reach():
    """⊤-counts, one bit for ∃, and the last values that a local window can still see."""
    body = And(Exists(Initial(V("a"))), Compare(Count(A), "≥", Count(B, Local({1, 2}))))
    run = Run(program(Definition("X", (V("a"),), body), alphabet=("a", "b")), AB, 2)

    run.advance([[0, 1, 1], [0, 0, 0]])

    counts = {site: counted.tolist() for site, counted in run.state.counts.items()}
    last = {site: values.tolist() for site, values in run.state.last.items()}
    # The first axis of each is the string; only the first site depends on the index.
    assert counts == {("X", 0): [[True, True], [True, False]], ("X", 1): [[1], [3]]}
    assert last == {("X", 2): [[[True, True]], [[False, False]]]}


REFUSED_STRINGS = [
    ([[0, 5]], r"0 … 4 or -1, got 5"),
    ([[-2, 0]], r"got -2"),
    ([0, 1], r"got int64 of shape \(2,\)"),
    ([[0.5]], r"got float64"),
]


@pytest.mark.parametrize("tokens, message", REFUSED_STRINGS)
def test_what_is_no_string_is_refused(tokens, message):
    """Tokens are codes of the alphabet in a table."""
    with pytest.raises(InvalidString, match=message):
        evaluate(program(Q), AB, tokens)


REFUSED_POSITIONS = [
    ([[2]], r"0 … 1, or −1 for none, got 2"),
    ([[-2]], r"got -2"),
    ([[0], [0]], r"for 1 strings, got int64 of shape \(2, 1\)"),
    ([0], r"of shape \(1,\)"),
]


@pytest.mark.parametrize("positions, message", REFUSED_POSITIONS)
def test_what_is_no_position_is_refused(positions, message):
    """Positions lie in the strings, one row for each."""
    with_next = program(Definition("NEXT", (V("a"),), Initial(V("a"))))

    with pytest.raises(InvalidString, match=message):
        next_tokens(with_next, AB, [[0, 1]], positions)


REFUSED_PROGRAMS = [
    (Q, ("a", "b", "c"), r"for the alphabet 'a b c', got 'a b'"),
    (Q, None, r"has no line NEXT\[a\]; lines: 'Q\[a\]'"),
    (Definition("NEXT", (), Top()), None, r"'NEXT' of the program has 0 and is a boolean"),
    (Definition("NEXT", (V("a"),), One()), None, r"has 1 and is a count"),
    (Definition("NEXT", (V("a"),), AtMost(Number(2**63), One())), None, r"may reach 9223372036854"),
]


@pytest.mark.parametrize("line, alphabet, message", REFUSED_PROGRAMS)
def test_what_cannot_be_run_is_refused(line, alphabet, message):
    """NEXT is Boolean with one index, counts fit in 64 bits, and alphabets agree."""
    with pytest.raises(InvalidProgram, match=message):
        next_tokens(program(line, alphabet=alphabet), AB, [[0]], [[0]])


def test_an_unknown_line_is_refused():
    """A trace lists the lines that it has."""
    with pytest.raises(InvalidProgram, match=r"no line 'R'; lines: Q"):
        evaluate(program(Q), AB, [[0]])["R"]


def test_a_run_reads_as_many_strings_as_it_was_made_for():
    """Another number of strings is refused, since their states would be mixed up."""
    with pytest.raises(InvalidString, match="reads 2 strings, got 1"):
        Run(program(Q), AB, 2).advance([[0]])
