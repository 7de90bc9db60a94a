"""What is no program of C-RASP[pos] is refused, in a sentence that names the line."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.crasp.strategies import programs

from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.text.parsing import parse
from claimkit.crasp.text.printing import text_of

# Three lines that the refused ones come after.
EARLIER = "P[a] := Q[a]\nB := Q[sep]\nC := #[j ≤ i] B(j)\n"

WORDS_IN_NO_ORDER = (
    ("X := ∧ B", "expected an operation such as Q[a](i), found '∧'"),
    ("X := B ∧", "expected an operation such as Q[a](i), found the end of the line"),
    ("X :=", "expected an operation such as Q[a](i), found the end of the line"),
    ("X(i) = B", "expected ':=', found '='; a definition is written with :="),
    ("X[a] B", "expected ':=', found 'B'"),
    ("X", "expected ':=' or '[', found the end of the line"),
    ("X := B C", "found 'C'"),
    ("X := B := C", "a definition begins at the start of a line"),
    ("X := 2 B", "an operator such as ∧ or the end of the line, found 'B'"),
    ("X := C < C < C", "a comparison has two sides"),
    ("X := B ? C", "expected ':', found the end of the line"),
    ("X := B ? 1 : B ? 2 : 3", "a conditional inside of another operation stands in parentheses"),
    ("X := B ? B ? 1 : 2 : 3", "a conditional inside of another operation stands in parentheses"),
    ("X := sep", "a special symbol stands in square brackets, as Q[sep]"),
    ("X := B(i+1)", "expected ')', found '+'"),
    ("X[3] := B", "expected a name or a symbol, found '3'"),
    ("X[any] := B", "expected a name or a symbol, found 'any'"),
    ("X := P[]", "expected a name or a symbol, found ']'"),
    ("any := B", "expected a name, found 'any'"),
    ("X := ⋁ Q[b]", "expected '[', found 'Q'"),
    ("X := ⋁[b b ≠ a] Q[b]", "expected ']' or ':', found 'b'"),
    ("X := ⋁[b : b] Q[b]", "expected a relation such as =, found ']'"),
    ("X := i mod C = 1", "expected a whole number, found 'C'"),
    ("X := ∃[j ≤ i] j mod 2 = 0", "put the φ into parentheses"),
    ("X := # [j ≤ i] B ≤ 2", "a count is written #[j ≤ i] without a blank"),
)

BRACKETS = (
    ("X := (B", "'(' is never closed by ')'"),
    ("X := B)", "')' closes no bracket"),
    ("X := P[a(i)", "'[' is never closed by ']'"),
    ("X := (B]", "expected ')', found ']'"),
    ("X := #[j ≤ i, i−j ∈ {1] B", "expected '}', found ']'"),
)

CHARACTERS = (
    ("X := B @ C", "@ is not in the language"),
    ("X := B B @", "@ is not in the language"),
    ("X := B & B", "& is not in the language; 'and' is written ∧ or and"),
    ("X := B | B", "'or' is written ∨ or or"),
    ("X := !B", "'not' is written ¬ or not"),
    ("X := Q[$]", "the word bos"),
    ("X := Q[#]", "the word eos"),
    ('X := Q["a"]', "single quotes"),
    ("X := Q['a]", "a quote is never closed"),
    ("X := Q['']", "a quoted symbol is empty"),
    ("X := C * C ≤ 2", "no product of counts"),
)

HEADERS = (
    ("", "the text has no definition"),
    ("# only a comment", "the text has no definition"),
    ("program UR", "the text has no definition"),
    ("program UR\nprogram UL\nA := ⊤", "line 2: the header 'program' stands in line 1 already"),
    ("alphabet a\nprogram UR\nA := ⊤", "line 2: the header 'program' stands before 'alphabet'"),
    ("A := ⊤\nprogram UR", "line 2: the header 'program' stands before all definitions"),
    ("lemma 4\nA := ⊤", "line 1: lemma begins neither a header (program, alphabet) nor a"),
    ("program\nA := ⊤", "line 1: the header 'program' has one name"),
    ("program 'UR\nA := ⊤", "line 1: the header 'program' has one name"),
    ("program UR\n  UL\nA := ⊤", "line 1: the header 'program' has one name"),
    ("\nalphabet\nA := ⊤", "line 2: an alphabet has at least one symbol"),
    ("alphabet a b a\nA := ⊤", "line 1: symbols of an alphabet are distinct words"),
    ("alphabet a $\nA := ⊤", "line 1: symbols of an alphabet are distinct words"),
    ("alphabet a sep\nA := ⊤", "line 1: sep is in every alphabet"),
    ("alphabet a 'b\nA := ⊤", "line 1: 'b begins with a quote"),
    ("alphabet ''\nA := ⊤", "line 1: symbols of an alphabet are distinct words"),
)

NAMES = (
    ("Q[a] := P[a]", "a line may not be named Q"),
    ("program[a] := P[a]", "a line may not be named program"),
    ("alphabet := B", "a line may not be named alphabet"),
    ("X := Q", "has 0 symbols; Q has one"),
    ("X[a] := Q[a,a]", "has 2 symbols; Q has one"),
    ("X := UNKNOWN", "uses the unknown name 'UNKNOWN'"),
    ("X := Q[a]", "uses the index 'a', which nothing binds"),
    ("X := Q['a']", "needs a line 'alphabet …'"),
    ("X := P[sep]", "uses 'P' at indices that no line covers"),
    ("X := P", "uses 'P' with 0 indices"),
    ("X := X", "uses 'X' itself"),
    ("B := ⊤", "is defined already by line 2, 'B'"),
    ("X[a,a] := ⊤", "has the index 'a' twice"),
    ("X[a] := ⋁[a] Q[a]", "binds the index 'a' a second time"),
    ("X[a] := ⋁[b : b ≤ a] Q[b]", "'b ≤ a' constrains an index by ≤; constraints are = ≠ <"),
    ("X[a] := ⋁[b : b < sep] Q[b]", "orders a special symbol"),
)

KINDS = (
    ("X := B ∧ C", "has a count where ∧ needs a boolean"),
    ("X := B + C", "has a boolean where + needs a count"),
    ("X := ∃[j ≤ i] C", "has a count where ∃ needs a boolean"),
    ("X := #[j ≤ i] B ≤ 2 ? 1 : B", "has a boolean where P ? C₁ : C₂ needs a count"),
    ("X := ∃[j ≤ i] B ≤ 2", "has a boolean where ≤ needs a count"),
    ("X := 1 + 1000000000000000000", "has 19 digits; at most 18"),
)

POSITIONS = (
    ("X := B(j)", "'B(j)' is taken at j, but here everything is taken at i; write (i)"),
    ("X(k) := B(i)", "'B(i)' is taken at i, but here everything is taken at k"),
    ("X := ∃[j ≤ i] B(i)", "inside [j ≤ i] everything is taken at j; write (j)"),
    ("X := #[j < i] B", "a count's bracket begins with 'j ≤ i', not with 'j < i'"),
    ("X := #[j = i−1] B", "a count's bracket begins with 'j ≤ i', not with 'j = i−1'"),
    ("X := #[⊤] B", "a count's bracket begins with 'j ≤ i', not with '⊤'"),
    ("X := #[i ≤ j] B", "does not count positions up to i; write 'j ≤ i'"),
    ("X := #[j ≤ k] B", "does not count positions up to i; write 'j ≤ i'"),
    ("X := #[j ≤ i−1] B", "does not count positions up to i; write 'j ≤ i'"),
    ("X := #[j ≤ i] #[k ≤ i] B", "does not count positions up to j; write 'k ≤ j'"),
    ("X := #[i ≤ i] B", "whose name is taken; write 'j ≤ i'"),
    ("X := #[j ≤ i] #[i ≤ j] B", "whose name is taken; write 'k ≤ j'"),
)

PSI = (
    ("j < i", "infinitely many distances i − j; a local ψ", 'for "before i" count with ψ = ⊤'),
    ("j ≤ i−1", "infinitely many distances", 'for "before i" count with ψ = ⊤'),
    ("j ≠ i", "infinitely many distances", 'for "before i" count with ψ = ⊤'),
    ("j ≤ i − 2", "infinitely many distances", "such as j = i−1 or i−j ≤ 3 (in:"),
    ("i−j ≠ 1", "infinitely many distances", "such as j = i−1 or i−j ≤ 3 (in:"),
    ("i−j ≥ 100000", "infinitely many distances", ""),
    ("(i−j) mod 2 = 0", "infinitely many distances", ""),
    ("(i−j) mod 2 ∈ {0}", "infinitely many distances", ""),
    ("j = 1", "not translation invariant", "not only on i − j"),
    ("i + j = 5", "not translation invariant", "not only on i − j"),
    ("j ∈ {1}", "not translation invariant", "not only on i − j"),
    ("j mod 2 = 0", "not translation invariant", "#[j ≤ i] (P(j) ∧ j mod 3 = 1)"),
    ("j = i + 1", "holds for no j ≤ i", "programs look back only"),
    ("i−j ∈ {}", "holds for no j ≤ i", ""),
    ("i−j ∈ {−1}", "holds for no j ≤ i", ""),
    ("0 ∈ {1}", "holds for no j ≤ i", ""),
    ("i = i+1", "holds for no j ≤ i", ""),
    ("j + j = i + i − 1", "holds for no j ≤ i", ""),
    ("i−j ≤ 10000", "more than 10000 distances", "shorten the window"),
    ("j = k", "'k', which is neither i nor j", ""),
    ("j = i − C", "'C', which is neither i nor j", ""),
    ("j = #[k ≤ j] B", "'#[k ≤ j] B', which is neither i nor j", ""),
    ("B(j)", "does not compare i and j", "what is counted stands behind the bracket"),
    ("⊥", "does not compare i and j", ""),
    ("j = i−1 ∨ j = i−2", "does not compare i and j", ""),
)

PHI = (
    ("i = 5", "φ 'i = 5' is not periodic", "i mod 3 = 1 or i mod 3 ∈ {0, 2}"),
    ("i ≤ 5", "φ 'i ≤ 5' is not periodic", "the count #[j ≤ i] ⊤"),
    ("5 > 2 + i", "φ '5 > 2 + i' is not periodic", ""),
    ("i = C", "φ 'i = C' is not periodic", "the count #[j ≤ i] ⊤"),
    ("i ∈ {1, 2}", "no periodic φ of the position i", "i mod 3 ∈ {0, 2}"),
    ("C mod 2 = 0", "no periodic φ of the position i", ""),
    ("j mod 2 = 0", "no periodic φ of the position i", ""),
    ("i mod 2 ≤ 1", "is not written as a φ", ""),
    ("i mod 2 = C", "is not written as a φ", ""),
    ("i mod 2 = 2", "asks for the residue 2; residues modulo 2 are 0 to 1", ""),
    ("i mod 2 ∈ {0, −1}", "asks for the residue -1", ""),
    ("i mod 0 = 0", "has the period 0; a period is at least 1", ""),
    ("¬ i mod 3 = 1", "put the φ into parentheses", ""),
    ("∃[j ≤ i] (j = 5)", "φ 'j = 5' is not periodic", "the count #[k ≤ j] ⊤"),
    ("∃[j ≤ i] (j = i−1)", "relates two positions outside of a count's bracket", ""),
)


def refusal(text):
    """Return in which words a text is refused."""
    with pytest.raises(InvalidProgram) as refused:
        parse(text)
    return str(refused.value)


@pytest.mark.parametrize(
    "line, words",
    [*WORDS_IN_NO_ORDER, *BRACKETS, *CHARACTERS, *NAMES, *KINDS, *POSITIONS],
)
def test_a_line_that_says_nothing_is_refused(line, words):
    """The message names the line and says what is wrong with it."""
    message = refusal(EARLIER + line)

    assert words in message
    assert message.startswith("line 4")
    # Lines that can be read are named by their title.
    assert line in message or message.startswith("line 4, '")


@pytest.mark.parametrize("text, words", HEADERS)
def test_headers_that_cannot_be_meant_are_refused(text, words):
    """A header stands once, in its place, and says something."""
    assert words in refusal(text)


@pytest.mark.parametrize("psi, why, instead", PSI)
def test_what_is_no_psi_is_refused(psi, why, instead):
    """A relation that is not translation invariant and local is quoted, with what is allowed."""
    message = refusal(f"{EARLIER}X := 2 ≤ #[j ≤ i, {psi}] B(j)")

    assert message.startswith(f"line 4: ψ '{psi}' ")
    assert why in message
    assert instead in message


def test_one_psi_is_enough():
    """A bracket has at most one ψ."""
    assert "has several ψ; write one" in refusal(f"{EARLIER}X := #[j ≤ i, j ≥ i−3, j ≠ i] B")


def test_long_numbers_are_refused_in_a_psi_too():
    """A number that is too long is no fault of the relation."""
    message = refusal(f"{EARLIER}X := #[j ≤ i, j = i − {'1' * 19}] B")

    assert message.startswith("line 4: the number 111111… has 19 digits; at most 18 (in: ")


@pytest.mark.parametrize("phi, why, instead", PHI)
def test_what_is_no_phi_is_refused(phi, why, instead):
    """A predicate of positions that is not periodic is quoted, with what is allowed."""
    message = refusal(f"{EARLIER}X := {phi}")

    assert message.startswith("line 4: ")
    assert why in message
    assert instead in message


def test_the_line_at_fault_is_named_in_what_is_continued():
    """Of a definition over several lines, the message names and quotes one."""
    text = "# comment\n\nA := Q[sep] ∧\n  Q[bos] Q[eos]\n  ∧ Q[sep]"

    assert refusal(text).startswith("line 4: ")
    assert refusal(text).endswith("(in: Q[bos] Q[eos])")


def test_an_end_that_comes_too_soon_is_on_the_last_line():
    """Comments and blank lines after it are not where a definition ends."""
    assert refusal("A := Q[sep]\n  ∧  # and\n\n# comment\n").startswith("line 2: ")


def test_long_lines_are_quoted_in_part():
    """A message stays readable."""
    message = refusal(f"A := {'Q[sep] ∧ ' * 200}")

    assert len(message) < 320
    assert message.endswith("…)")


@pytest.mark.parametrize(
    "text",
    ["A := " + "¬" * 5000 + "⊤", "A := " + "⊤ ∧ " * 5000 + "⊤", "A := " + "∃[j ≤ j] " * 300 + "⊤"],
    ids=["prefixes", "operators", "brackets"],
)
def test_what_is_nested_too_deep_is_refused(text):
    """Nesting is bounded, as reading it is."""
    assert "nested more than 200 deep; give parts of it lines of their own" in refusal(text)


def test_parentheses_nest_as_deep_as_one_likes():
    """Parentheses are no operation."""
    assert parse("A := " + "(" * 5000 + "⊤" + ")" * 5000) == parse("A := ⊤")


unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@unhurried
@given(program=programs(), data=st.data())
def test_a_slip_is_refused_by_line_or_is_a_program(program, data):
    """A text with one character changed is read, or refused in a sentence that names a line."""
    text = text_of(program)
    place = data.draw(st.integers(0, len(text) - 1))
    put = data.draw(st.sampled_from(["", " ", "\n", *"()[]{},:=?≤<∃#¬∧+−'\\ij0Qa"]))

    assert is_read_or_refused(text[:place] + put + text[place + 1 :])


@unhurried
@given(text=st.text(st.sampled_from("PQ[]()ij,:=#∃⋁ab '\\\n0≤−mod∈{}? ")))
def test_any_text_is_read_or_refused(text):
    """Whatever is read, nothing goes wrong but on purpose."""
    assert is_read_or_refused(text)


def is_read_or_refused(text):
    """Return whether a text is a program, or is said not to be one with the line at fault."""
    try:
        return bool(parse(text))
    except InvalidProgram as error:
        return re.match(r"line \d+[:,] |the text has no definition", str(error))
