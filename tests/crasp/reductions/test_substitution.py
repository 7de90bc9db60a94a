"""A substituted program does on a string what the program does on its translation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crasp.strategies import alphabets, programs

from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.operations import (
    FALSE,
    And,
    Exists,
    Initial,
    Not,
    Operation,
    Or,
    Symbol,
    Top,
)
from claimkit.crasp.reductions.substitution import substitute
from claimkit.crasp.running.expanding import expand
from claimkit.crasp.running.interpreting import evaluate
from claimkit.crasp.symbols import Alphabet
from claimkit.crasp.text.parsing import parse
from claimkit.crasp.windows import PREDECESSOR

FROM = Alphabet("01")
START = -1
"""What stands before the first symbol."""


@st.composite
def translations(draw):
    """A random program, its alphabet, and a table from a symbol and the one before it to one of it.

    The table is a dictionary from codes of ``FROM`` to codes of the alphabet.
    """
    program = draw(programs())
    alphabet = Alphabet(program.alphabet or draw(alphabets()))
    codes = range(len(FROM.tokens))
    target = st.integers(0, len(alphabet.tokens) - 1)
    table = {(before, code): draw(target) for before in (START, *codes) for code in codes}
    return program, alphabet, table


def image(table, code):
    """The Boolean operation that holds where a table gives a code."""
    operation: Operation = FALSE
    for (before, symbol), target in table.items():
        if target == code:
            preceded = Initial(Symbol(FROM.tokens[before])) if before != START else Top()
            follows = Exists(preceded, PREDECESSOR)
            follows = Not(follows) if before == START else follows
            here = And(Initial(Symbol(FROM.tokens[symbol])), follows)
            operation = Or(operation, here)
    return operation


@settings(max_examples=60, deadline=None)
@given(
    translations(),
    st.lists(st.integers(0, len(FROM.tokens) - 1), max_size=10),
    st.integers(0, 9),
)
def test_every_line_is_what_it_is_on_the_translation(translation, string, offset):
    """At every position, for any program, any table of two symbols, string and offset."""
    program, alphabet, table = translation
    images = {symbol: image(table, code) for code, symbol in enumerate(alphabet.tokens)}
    translated = [table[pair] for pair in zip([START, *string], string, strict=False)]

    one = evaluate(
        substitute(program, alphabet, images, FROM),
        FROM,
        np.array([string], dtype=np.int64),
        offset=offset,
    )
    other = evaluate(
        expand(program, alphabet),
        alphabet,
        np.array([translated], dtype=np.int64),
        offset=offset,
    )
    for key in other.keys():  # noqa: SIM118
        np.testing.assert_array_equal(one[key], other[key])


def test_special_symbols_without_an_image_stay_and_others_never_stand():
    """A separator is a separator; what has no image does not occur."""
    program = parse("SEP(i) := Q[sep](i)\nIS[a](i) := Q[a](i)")
    images = {"x": Initial(Symbol("0"))}

    trace = evaluate(substitute(program, Alphabet("xy"), images, FROM), FROM, [FROM.encode("0|1")])
    assert trace["SEP"].tolist() == [[False, True, False]]
    assert trace["IS[x]"].tolist() == [[True, False, False]]
    assert trace["IS[y]"].tolist() == [[False, False, False]]


def test_names_are_kept_apart():
    """A program that comes from a translation has lines called as those of the next one."""
    ones = {"1": Initial(Symbol("1"))}
    once = substitute(parse("alphabet 0 1\nP(i) := ¬Q['1'](i)"), FROM, ones, FROM)

    names = [line.name for line in substitute(once, FROM, ones, FROM).definitions]
    assert names == ["u=1′", "u=1", "Q[1]", "P"]


def test_images_of_foreign_symbols_are_refused():
    """The translation's alphabet is the program's."""
    with pytest.raises(InvalidProgram, match="'z' has an image, but it is no symbol of 'x y"):
        substitute(parse("P(i) := ⊤"), Alphabet("xy"), {"z": Top()}, FROM)
