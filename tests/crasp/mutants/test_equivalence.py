"""Where programs differ is found, on strings of any shape, short and long."""

import pytest

from claimkit.crasp.mutants.equivalence import first_difference
from claimkit.crasp.symbols import Alphabet
from claimkit.crasp.text.parsing import parse

AB = Alphabet("ab")
HAS = "NEXT[a] := ∃[j ≤ i] Q[a]"


@pytest.mark.parametrize(
    "left, right, expected",
    [
        (HAS, HAS, None),
        (HAS, "NEXT[a] := 1 ≤ #[j ≤ i] Q[a]", None),
        (HAS, "NEXT[a] := Q[a]", "a b"),
        (HAS, "NEXT[a] := ∃[j ≤ i, i−j ≤ 1] Q[a]", "a b b"),
        (HAS, "NEXT[a] := ∃[j ≤ i] Q[a] ∧ ¬Q[sep]", "a |"),
        ("ACCEPT := i mod 2 = 0", "ACCEPT := i mod 2 = 1", "a"),
        ("ACCEPT := ⊤", "ACCEPT := i mod 5 ∈ {0, 1, 2, 3}", "a a"),
        ("MAY[a] := ⊤\nNEXT[eos] := ⊥", "MAY[a] := ⊤\nNEXT[eos] := Q[bos]", "$"),
    ],
)
def test_the_first_difference_is_a_shortest_string(left, right, expected):
    """Or there is none."""
    word = first_difference(parse(left), parse(right), AB)

    assert (word and " ".join(word)) == expected


def test_lines_that_are_no_outputs_may_differ():
    """Only what a program says counts."""
    left, right = (parse(f"A := {body}\nACCEPT := Q[bos]") for body in ("⊤", "⊥"))

    assert first_difference(left, right, AB) is None


def test_what_is_forgotten_makes_a_difference_after_a_long_string():
    """A symbol far back, whatever stands between."""
    far = parse("NEXT[a] := ∃[j ≤ i, i−j ≤ 49] Q[a]")

    word = first_difference(parse(HAS), far, AB)

    assert len(word) == 51
    assert word[0] != word[1]
    assert len(set(word[1:])) == 1
