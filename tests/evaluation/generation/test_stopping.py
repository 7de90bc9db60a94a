"""A stop string is found with the token that completes it, however tokens cut up the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.errors import InvalidInput
from claimkit.evaluation.generation.stopping import StopStrings

ALPHABET = "ab .\n`>é字xyT"
TOKENS = st.lists(st.integers(0, 60), min_size=1, max_size=40)


def spelled(tokenizer, tokens):
    """Return what tokens say, decoded as a whole."""
    return tokenizer.decode(tokens, skip_special_tokens=False, clean_up_tokenization_spaces=False)


def first_complete(tokenizer, tokens, strings):
    """Return with how many tokens the text holds a stop string, decoding every beginning anew."""
    for size in range(1, len(tokens) + 1):
        text = spelled(tokenizer, tokens[:size])
        if any(string in text for string in strings):
            return size
    return None


def found_first(stop, tokens):
    """Return the same as the answer grows."""
    sizes = range(1, len(tokens) + 1)
    return next((size for size in sizes if stop.complete(tokens[:size])), None)


@st.composite
def stopped(draw, tokenizer):
    """Return tokens and stop strings; some stand in their text, most of them near its end."""
    tokens = draw(TOKENS)
    text = spelled(tokenizer, tokens).replace("\ufffd", "")
    strings = draw(st.lists(st.text(ALPHABET, min_size=1, max_size=3), max_size=2))
    if text and draw(st.booleans()):
        start = draw(st.integers(0, len(text) - 1))
        strings.append(text[start : start + draw(st.integers(1, 8))])
    return tokens, strings


@given(data=st.data())
def test_it_is_found_exactly_when_the_whole_text_holds_it(tokenizer, data):
    """Looking at the last few tokens misses nothing and finds nothing too early or too late."""
    tokens, strings = data.draw(stopped(tokenizer))

    found = found_first(StopStrings(tokenizer, strings), tokens)

    assert found == first_complete(tokenizer, tokens, strings)


@pytest.mark.parametrize(
    "pieces, strings, size, text",
    [
        ([b"x", b"a\nb", b"c"], ["\n"], 2, "xa"),
        ([b"x", b".", b"\n", b"\n", b"c"], [".\n\n"], 4, "x"),
        ([b"x", b"\n\n", b"c"], ["\n"], 2, "x"),
        ([b"a", b"\xc3", b"\xa9", b"b"], ["é"], 3, "a"),
        ([b"a", b"\xc3", b"\xa9y"], ["éy"], 3, "a"),
        ([b"a", b"\n\xe5", b"\xad", b"\x97"], ["\n"], 2, "a"),
        ([b"<", b"</", b"text>", b"a"], ["text", "</text>"], 3, "<"),
        ([b"a", b"b"], ["c"], None, "ab"),
        ([b"a", b"b"], [], None, "ab"),
    ],
    ids=[
        "inside a token",
        "over tokens",
        "twice in a token",
        "a character of two tokens",
        "and more",
        "before half a character",
        "the first of two",
        "not there",
        "none asked",
    ],
)
def test_worked_examples(bytes_tokenizer, ids, pieces, strings, size, text):
    """With so many tokens it is complete, and this stands before it."""
    tokens = [ids[piece] for piece in pieces]
    stop = StopStrings(bytes_tokenizer, strings)

    assert found_first(stop, tokens) == size
    assert stop.before(tokens[:size]) == text


class Counting:
    """A tokenizer that notes how much it is asked to decode."""

    def __init__(self, inner):
        self.inner, self.sizes = inner, []

    def decode(self, tokens, **options):
        """Note and decode."""
        self.sizes.append(len(tokens))
        return self.inner.decode(tokens, **options)


@pytest.mark.parametrize("string, most", [("END", 2 * 3), ("b" * 5, 400)], ids=["rare", "near"])
def test_the_whole_answer_is_not_decoded_again_and_again(bytes_tokenizer, string, most):
    """Tokens without the last letter cost nothing, and others a few tokens each."""
    counting = Counting(bytes_tokenizer)
    stop = StopStrings(counting, [string])

    found = found_first(stop, [1, 2, 3] * 100)

    assert found is None
    assert len(counting.sizes) <= most
    assert max(counting.sizes) <= len(string) + 2


@pytest.mark.parametrize(
    "strings, words",
    [
        ("END", r"sequence of strings, got 'END'; write \['END'\]"),
        (["\n", ""], "text that a model can write, got ''"),
        (["a\ufffd"], "text that a model can write, got 'a�'"),
    ],
    ids=["a string", "empty", "no text"],
)
def test_what_no_answer_can_hold_is_refused(bytes_tokenizer, strings, words):
    """The sentence quotes it."""
    with pytest.raises(InvalidInput, match=words):
        StopStrings(bytes_tokenizer, strings)
