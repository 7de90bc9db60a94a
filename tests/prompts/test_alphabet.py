import json
import string

import pytest

from claimkit.errors import Unsupported
from claimkit.prompts.alphabet import probe
from claimkit.prompts.frames import frame_for
from claimkit.prompts.lines import CANDIDATES
from claimkit.prompts.tokens import FrameTokens
from claimkit.prompts.wording import COMMAS, templates_of
from claimkit.tasks import UF, UR, NRLast, Setting

NAMES = ["bpe", "bpe / idle BOS", "bpe / added BOS", "bpe / literal BOS", "words"]
FRAMES = {
    "retrieval": frame_for(UR, Setting(5, 26)),
    "retrieval, no separator": frame_for(UR, Setting(5, 26, separator=False)),
    "copying": frame_for(UF, Setting(5, 26)),
}
RETRIEVAL, COPYING = [UR, NRLast], [UF]
every_tokenizer = pytest.mark.parametrize("name", NAMES)
every_frame = pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)


def is_one_token_everywhere(tokenizer, frame, symbol, written):
    """Whether one token, read as ``written``, stands at each place of a text of this symbol."""
    query = symbol if frame.line.has_query else None
    text = frame.text([(symbol * 4, query, symbol), (symbol * 4, query, symbol)])
    ids = tokenizer.encode(text, add_special_tokens=False)
    places = 10 + 2 * frame.line.has_query
    alike = {i for i in ids if tokenizer.decode([i]) == written}
    return len(alike) == 1 and ids.count(alike.pop()) == places


@every_tokenizer
@every_frame
def test_the_alphabet_is_what_is_one_token_at_every_place(tokenizers, name, frame):
    """A slow check of every candidate by itself finds the same symbols."""
    tokenizer = tokenizers[name]
    # A byte-level token holds the space before it, a word-level token does not.
    space = "" if name == "words" else " "
    expected = {s for s in CANDIDATES if is_one_token_everywhere(tokenizer, frame, s, space + s)}

    assert set(probe(tokenizer, frame).symbols) == expected


@every_frame
def test_a_byte_level_alphabet_leaves_out_what_takes_two_tokens(tokenizers, frame):
    """Letters with a token of their own, digits and é are in; j, q, Z and à are not."""
    found = set(probe(tokenizers["bpe"], frame).symbols)

    assert set("abzAé09") <= found
    assert not set("jqZàĀ") & found


@every_frame
def test_the_controls_have_letters_and_digits(tokenizers, frame):
    """The word-level vocabulary holds 62 symbols."""
    found = probe(tokenizers["words"], frame).symbols

    assert sorted(found) == sorted(string.ascii_letters + string.digits)


@every_tokenizer
@every_frame
def test_every_symbol_has_an_id_of_its_own(tokenizers, name, frame):
    """Symbols stand in the order of their ids, and each id is its symbol's token."""
    tokenizer = tokenizers[name]
    found = probe(tokenizer, frame)

    assert list(found.symbol_ids) == sorted(set(found.symbol_ids))
    assert [tokenizer.decode([i]).strip() for i in found.symbol_ids] == list(found.symbols)


def test_marks_are_the_tokens_between_the_symbols(tokenizers):
    """Without the symbols, what is left of a line are its marks."""
    tokenizer = tokenizers["words"]
    tokens = probe(tokenizer, FRAMES["copying"])

    def words(ids):
        return tokenizer.convert_ids_to_tokens(list(ids))

    assert words(tokens.begin) == ["<bos>"]
    assert words(tokens.middle) == [":"]
    assert words(tokens.colon) == []
    assert words(tokens.join) == ["<eos>", "\n", "<bos>"]


@pytest.mark.parametrize("letters", ["", "a"], ids=["none", "one"])
def test_a_tokenizer_with_hardly_a_symbol_is_unsupported(workshop, letters):
    """The message says how many candidates there were, were found, and are needed."""
    tokenizer = workshop.word_level(["|", ":", "\n", *letters])

    with pytest.raises(Unsupported, match=r"of 252 letters .* at most 1 as one .* at least 2"):
        probe(tokenizer, FRAMES["retrieval"])


@every_frame
def test_a_space_of_its_own_stands_between_symbols(workshop, frame):
    """Where no letter has a token with its space, the space is a token and the letter is one."""
    tokenizer = workshop.byte_level("")
    found = probe(tokenizer, frame)

    assert set(string.ascii_letters + string.digits) <= set(found.symbols)
    assert tokenizer.decode(found.between) == " "


def test_symbols_that_become_unknown_are_left_out(workshop):
    """A word-level vocabulary of three letters gives an alphabet of three."""
    tokenizer = workshop.word_level(["|", ":", "\n", "a", "b", "c"])

    assert probe(tokenizer, FRAMES["retrieval"]).symbols == tuple("abc")


def test_a_tokenizer_that_knows_no_letter_is_unsupported(workshop):
    """Unknown tokens are not an alphabet."""
    with pytest.raises(Unsupported, match="at most 1 as one token"):
        probe(workshop.word_level(["|", ":", "\n"]), FRAMES["retrieval"])


def test_a_mark_that_becomes_unknown_is_unsupported(workshop):
    """A separator that the model cannot tell from other unknown text is no separator."""
    tokenizer = workshop.word_level([":", "\n", "a", "b", "c"])

    with pytest.raises(
        Unsupported, match=r"does not know a mark or word of .*\|.* unknown token 0"
    ):
        probe(tokenizer, FRAMES["retrieval"])


def test_symbols_that_share_a_token_count_once(workshop):
    """Where a tokenizer lowers all letters, A is the same symbol as a."""
    tokenizer = workshop.word_level(["|", ":", "\n", *"abc"], lowercase=True)

    assert probe(tokenizer, FRAMES["retrieval"]).symbols == tuple("abc")


@every_frame
def test_a_symbol_with_another_token_after_a_line_break_is_left_out(tokenizers, workshop, frame):
    """A symbol has to be the same token wherever it stands, the start of a line included."""
    inner = tokenizers["bpe"]
    a = inner.encode(" a", add_special_tokens=False)[0]
    before = inner.encode(frame.line.joint + frame.line.begin, add_special_tokens=False)[-1]

    def tamper(ids):
        return [999 if i == a and k and ids[k - 1] == before else i for k, i in enumerate(ids)]

    whole, without = probe(inner, frame), probe(workshop.Tampered(inner, tamper), frame)

    assert set(whole.symbols) - set(without.symbols) == {"a"}


def test_a_symbol_that_swallows_a_mark_is_left_out(tokenizers, workshop):
    """A symbol that merges with the colon before it does not disturb the others."""
    inner = tokenizers["words"]
    colon, b = inner.convert_tokens_to_ids([":", "b"])

    def tamper(ids):
        return [i for k, i in enumerate(ids) if not (i == colon and ids[k + 1 : k + 2] == [b])]

    frame = FRAMES["retrieval"]
    found = probe(workshop.Tampered(inner, tamper), frame)

    assert set(probe(inner, frame).symbols) - set(found.symbols) == {"b"}


@every_tokenizer
@every_frame
def test_tokens_survive_being_written_and_read(tokenizers, name, frame):
    """What the store remembers of a tokenizer is what was found."""
    found = probe(tokenizers[name], frame)

    assert FrameTokens.from_dict(json.loads(json.dumps(found.as_dict()))) == found


def test_an_opening_with_an_unknown_word_is_unsupported(workshop):
    """A sentence that the model cannot read is no rule."""
    tokenizer = workshop.word_level(["|", ":", "\n", "Rule", "a", "b", "c"])

    with pytest.raises(Unsupported, match=r"mark or word of 'Rule : answer .* unknown token 0"):
        probe(tokenizer, frame_for(UR, Setting(5, 26, template="rule")))


def test_letters_that_are_written_alike_do_not_hide_the_others(workshop):
    """Many candidates that become the same letter are not mistaken for a mark."""
    tokenizer = workshop.word_level(["|", ":", "\n", *"ab"], unaccented=True)

    assert probe(tokenizer, FRAMES["retrieval"]).symbols == tuple("ab")


def test_a_place_whose_number_changes_the_rest_is_unsupported(tokenizers, workshop):
    """A worked example is put together from pieces, so the pieces must not depend on each other."""
    inner = tokenizers["words"]
    five, so = inner.convert_tokens_to_ids(["5", "so"])
    frame = frame_for(UR, Setting(5, 26, template="rule+example"))

    def tamper(ids):
        told = any(ids[k : k + 3 : 2] == [five, so] for k in range(len(ids)))
        return [999, *ids] if told else ids

    with pytest.raises(Unsupported, match="does not keep the place that a worked example tells"):
        probe(workshop.Tampered(inner, tamper), frame)


def test_numbers_of_several_tokens_are_padded_by_place(tokenizers, workshop):
    """The tokens that tell a place may be more for one place than for another."""
    inner = tokenizers["words"]
    three, is_at = inner.convert_tokens_to_ids(["3", "position"])
    frame = frame_for(UR, Setting(5, 26, template="rule+example"))

    def tamper(ids):
        pairs = zip([None, *ids], ids, strict=False)
        return [j for k, i in pairs for j in ([901, 902] if (k, i) == (is_at, three) else [i])]

    places = probe(workshop.Tampered(inner, tamper), frame).example.places

    assert [len(place) - len(places[0]) for place in places] == [0, 0, 1, 0, 0, 0, 0]


KINDS = [
    "words",
    "bpe",
    "bpe, byte fallback",
    "unigram",
    "unigram, no prefix",
    "sentence piece",
    "sentence piece, no prefix",
    "word piece",
    "word piece, lower case",
    "characters",
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tasks", [RETRIEVAL, COPYING], ids=["retrieval", "copying"])
def test_the_alphabet_does_not_depend_on_the_template(prompter_of, kind, tasks):
    """All prompts of a kind use the same symbols, so templates can be compared; but for commas."""
    alphabets = {
        prompter_of(
            kind, task, Setting(9, 20, template=template, separator=separator)
        ).tokens.symbols
        for task in tasks
        for template in templates_of(task)
        if template != COMMAS
        for separator in (True, False)
    }

    assert len(alphabets) == 1


def test_a_tokenizer_that_strips_the_first_space_has_the_symbols_that_stay_the_same(prompter_of):
    """Without its space the first symbol is another token, unless the space is always its own."""
    name = "sentence piece, no prefix, stripped"
    bare = prompter_of(name, UR, Setting(9, 20)).tokens
    ruled = prompter_of(name, UR, Setting(9, 20, template="rule")).tokens

    assert (len(bare.between), len(ruled.between)) == (1, 0)
    assert not set(bare.symbols) & set(ruled.symbols)
