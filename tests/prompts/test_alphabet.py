import json
import string

import pytest

from claimkit.errors import Unsupported
from claimkit.prompts.alphabet import CANDIDATES, LineTokens, probe
from claimkit.prompts.lines import line_for
from claimkit.tasks import Group, Setting

NAMES = ["bpe", "bpe, idle BOS", "bpe, added BOS", "bpe, literal BOS", "words"]
LINES = {
    "retrieval": line_for(Group.UNIQUE_RETRIEVAL, Setting(5, 26)),
    "retrieval, no separator": line_for(Group.UNIQUE_RETRIEVAL, Setting(5, 26, separator=False)),
    "copying": line_for(Group.UNIQUE_COPYING, Setting(5, 26)),
}
every_tokenizer = pytest.mark.parametrize("name", NAMES)
every_line = pytest.mark.parametrize("line", LINES.values(), ids=LINES)


def is_one_token_everywhere(tokenizer, line, symbol, written):
    """Whether one token, read as ``written``, stands at each place of a text of this symbol."""
    query = symbol if line.has_query else None
    text = line.text([(symbol * 4, query, symbol), (symbol * 4, query, symbol)])
    ids = tokenizer.encode(text, add_special_tokens=False)
    places = 10 + 2 * line.has_query
    alike = {i for i in ids if tokenizer.decode([i]) == written}
    return len(alike) == 1 and ids.count(alike.pop()) == places


@every_tokenizer
@every_line
def test_the_alphabet_is_what_is_one_token_at_every_place(tokenizers, name, line):
    """A slow check of every candidate by itself finds the same symbols."""
    tokenizer = tokenizers[name]
    # A byte-level token holds the space before it, a word-level token does not.
    space = "" if name == "words" else " "
    expected = {s for s in CANDIDATES if is_one_token_everywhere(tokenizer, line, s, space + s)}

    assert set(probe(tokenizer, line).symbols) == expected


@every_line
def test_a_byte_level_alphabet_leaves_out_what_takes_two_tokens(tokenizers, line):
    """Letters with a token of their own, digits and é are in; j, q, Z and à are not."""
    found = set(probe(tokenizers["bpe"], line).symbols)

    assert set("abzAé09") <= found
    assert not set("jqZàĀ") & found


@every_line
def test_the_controls_have_letters_and_digits(tokenizers, line):
    """The word-level vocabulary holds 62 symbols."""
    found = probe(tokenizers["words"], line).symbols

    assert sorted(found) == sorted(string.ascii_letters + string.digits)


@every_tokenizer
@every_line
def test_every_symbol_has_an_id_of_its_own(tokenizers, name, line):
    """Symbols stand in the order of their ids, and each id is its symbol's token."""
    tokenizer = tokenizers[name]
    found = probe(tokenizer, line)

    assert list(found.symbol_ids) == sorted(set(found.symbol_ids))
    assert [tokenizer.decode([i]).strip() for i in found.symbol_ids] == list(found.symbols)


def test_marks_are_the_tokens_between_the_symbols(tokenizers):
    """Without the symbols, what is left of a line are its marks."""
    tokenizer = tokenizers["words"]
    tokens = probe(tokenizer, LINES["copying"])

    def words(ids):
        return tokenizer.convert_ids_to_tokens(list(ids))

    assert words(tokens.begin) == ["<bos>"]
    assert words(tokens.middle) == [":"]
    assert words(tokens.colon) == []
    assert words(tokens.join) == ["<eos>", "\n", "<bos>"]


@pytest.mark.parametrize("letters", ["", "a"], ids=["none", "one"])
@every_line
def test_a_tokenizer_with_hardly_a_symbol_is_unsupported(workshop, letters, line):
    """The message says how many candidates there were and what a prompt needs."""
    tokenizer = workshop.byte_level(letters)

    with pytest.raises(Unsupported, match=r"of 252 letters .* fewer than two as one"):
        probe(tokenizer, line)


def test_symbols_that_become_unknown_are_left_out(workshop):
    """A word-level vocabulary of three letters gives an alphabet of three."""
    tokenizer = workshop.word_level(["|", ":", "\n", "a", "b", "c"])

    assert probe(tokenizer, LINES["retrieval"]).symbols == "abc"


def test_a_tokenizer_that_knows_no_letter_is_unsupported(workshop):
    """Unknown tokens are not an alphabet."""
    with pytest.raises(Unsupported, match="fewer than two"):
        probe(workshop.word_level(["|", ":", "\n"]), LINES["retrieval"])


def test_a_mark_that_becomes_unknown_is_unsupported(workshop):
    """A separator that the model cannot tell from other unknown text is no separator."""
    tokenizer = workshop.word_level([":", "\n", "a", "b", "c"])

    with pytest.raises(Unsupported, match=r"does not know a mark of .*\|.* unknown token 0"):
        probe(tokenizer, LINES["retrieval"])


def test_symbols_that_share_a_token_count_once(workshop):
    """Where a tokenizer lowers all letters, A is the same symbol as a."""
    tokenizer = workshop.word_level(["|", ":", "\n", *"abc"], lowercase=True)

    assert probe(tokenizer, LINES["retrieval"]).symbols == "abc"


@every_line
def test_a_symbol_with_another_token_after_a_line_break_is_left_out(tokenizers, workshop, line):
    """A symbol has to be the same token wherever it stands, the start of a line included."""
    inner = tokenizers["bpe"]
    a = inner.encode(" a", add_special_tokens=False)[0]
    before = inner.encode(line.joint + line.begin, add_special_tokens=False)[-1]

    def tamper(ids):
        return [999 if i == a and k and ids[k - 1] == before else i for k, i in enumerate(ids)]

    whole, without = probe(inner, line), probe(workshop.Tampered(inner, tamper), line)

    assert set(whole.symbols) - set(without.symbols) == {"a"}


def test_a_symbol_that_swallows_a_mark_is_left_out(tokenizers, workshop):
    """A symbol that merges with the colon before it does not disturb the others."""
    inner = tokenizers["words"]
    colon, b = inner.convert_tokens_to_ids([":", "b"])

    def tamper(ids):
        return [i for k, i in enumerate(ids) if not (i == colon and ids[k + 1 : k + 2] == [b])]

    line = LINES["retrieval"]
    found = probe(workshop.Tampered(inner, tamper), line)

    assert set(probe(inner, line).symbols) - set(found.symbols) == {"b"}


@every_tokenizer
@every_line
def test_tokens_survive_being_written_and_read(tokenizers, name, line):
    """What the store remembers of a tokenizer is what was found."""
    found = probe(tokenizers[name], line)

    assert LineTokens.from_dict(json.loads(json.dumps(found.as_dict()))) == found
