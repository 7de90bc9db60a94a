"""Alphabets and token codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.crasp.errors import InvalidString
from claimkit.crasp.symbols import BOS, EOS, PADDING, SEP, SPECIAL, Alphabet
from claimkit.errors import InvalidInput


def test_special_symbols_have_the_last_codes():
    """Data symbols are numbered in their order, then come BOS, SEP and EOS."""
    alphabet = Alphabet("zab")

    assert alphabet.tokens == ("z", "a", "b", BOS, SEP, EOS)
    assert alphabet.encode([BOS, "a", "z", SEP, EOS]) == [3, 1, 0, 4, 5]


@given(st.lists(st.sampled_from([*"abc", *SPECIAL])))
def test_decoding_undoes_encoding(string):
    """What was encoded is decoded to the same symbols; padding is left out."""
    alphabet = Alphabet("abc")

    assert alphabet.decode([*alphabet.encode(string), PADDING]) == string


@pytest.mark.parametrize(
    "symbols, words",
    [
        ("", "at least one symbol, got none"),
        ("aba", "distinct words other than $ | #, got 'a' in 'a b a'"),
        (["a", "|"], "got '|'"),
        (["a", ""], "got ''"),
        (["a b"], "got 'a b'"),
    ],
)
def test_what_is_no_alphabet_is_refused(symbols, words):
    """An empty alphabet, repeated, special, empty and spaced symbols are named."""
    with pytest.raises(InvalidInput) as refused:
        Alphabet(symbols)

    assert words in str(refused.value)


def test_an_unknown_symbol_is_named_with_the_alphabet():
    """Encoding says which symbol is foreign and which there are."""
    with pytest.raises(InvalidString, match=r"no symbol 'x' in the alphabet 'a b'"):
        Alphabet("ab").encode("axb")
