"""The byte-level BPE vocabulary: every text comes back, the same texts give the same merges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.errors import InvalidInput
from claimkit.models.bundled import bundled_models
from claimkit.prompts.alphabet import probe
from claimkit.prompts.frames import frame_for
from claimkit.tasks import UF, UR
from claimkit.tasks.setting import Setting
from claimkit.training.text.corpus import read_corpus
from claimkit.training.text.tokenizer import BEGIN, END, PAD, token_stream, train_tokenizer


@pytest.fixture(scope="module")
def texts():
    """Thirty files of the standard library."""
    return read_corpus().learned[:30]


@pytest.fixture(scope="module")
def tokenizer(texts):
    """A vocabulary of 400 tokens."""
    return train_tokenizer(texts, 400, 64)


def test_the_same_texts_give_the_same_tokenizer(texts, tokenizer):
    """Ties between pairs are broken alike."""
    again = train_tokenizer(texts, 400, 64)

    assert again.backend_tokenizer.to_str() == tokenizer.backend_tokenizer.to_str()


@given(st.text())
def test_every_text_comes_back(tokenizer, text):
    """Bytes that the corpus never had are in the vocabulary, too."""
    ids = tokenizer.encode(text, add_special_tokens=False)

    assert tokenizer.decode(ids) == text


def test_special_tokens_are_no_text_and_a_text_begins_with_bos(tokenizer):
    """Their ids are those that the course writes."""
    assert (tokenizer.bos_token_id, tokenizer.eos_token_id) == (BEGIN, END)
    assert tokenizer.pad_token_id == PAD
    assert tokenizer.encode("x")[0] == BEGIN
    assert len(tokenizer) == 400


def test_a_stream_is_texts_end_to_end(tokenizer):
    """Each text is ended by a mark, the last one, too."""
    texts = ["def f():\n    return 1\n", "", "ö"]
    stream = token_stream(tokenizer, texts)
    pieces = np.split(stream, np.flatnonzero(stream == END) + 1)

    assert stream.dtype == np.uint16
    assert [tokenizer.decode(piece[:-1]) for piece in pieces[:-1]] == texts
    assert len(pieces[-1]) == 0


@pytest.mark.parametrize("vocabulary", [258, 65_537])
def test_a_vocabulary_without_room_is_refused(vocabulary):
    """256 bytes and three special tokens at least, ids of two bytes at most."""
    with pytest.raises(InvalidInput, match=f"vocabulary is 259 to 65536 tokens, got {vocabulary}"):
        train_tokenizer(["x"], vocabulary, 64)


@pytest.mark.parametrize("task", [UR, UF])
def test_the_bundled_vocabulary_has_letters_and_digits_of_one_token(task):
    """Enough for every claim's strings, by the counts of the corpus alone."""
    from transformers import AutoTokenizer

    bundled = AutoTokenizer.from_pretrained(str(bundled_models() / "stdlib-born"))
    found = probe(bundled, frame_for(task, Setting(length=10, symbols=2)))

    assert len(found.symbols) >= 50
