from itertools import product

import pytest
from transformers import AutoTokenizer

from claimkit.prompts.alphabet import probe
from claimkit.prompts.frames import frame_for
from claimkit.prompts.wording import (
    COPYING_TEMPLATES,
    RETRIEVAL_TEMPLATES,
    opening,
    worked_example,
)
from claimkit.tasks import TASKS, Retrieval, Setting
from claimkit.training import vocabulary
from claimkit.training.documents import DocumentStream
from claimkit.training.recipe import shares

WINDOW = 1024


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    """The controls' tokenizer, as anyone loads it."""
    folder = tmp_path_factory.mktemp("tokenizer")
    vocabulary.save_tokenizer(folder, WINDOW)
    return AutoTokenizer.from_pretrained(str(folder))


def test_words_are_unique_and_numbered_in_order():
    """A word's id is its place in the list."""
    words, ids = vocabulary.words(), vocabulary.ids()

    assert len(set(words)) == len(words)
    assert [ids[word] for word in words] == list(range(len(words)))


def test_there_are_letters_and_digits_enough():
    """At least 62 symbols, none of them a mark."""
    assert len(set(vocabulary.SYMBOLS)) == 62
    assert set(vocabulary.SYMBOLS) <= set(vocabulary.words())
    assert not set(vocabulary.SYMBOLS) & {*vocabulary.MARKS, *vocabulary.SPECIAL}


@pytest.mark.parametrize("task", TASKS.values(), ids=repr)
def test_the_vocabulary_holds_every_word_of_every_template(task):
    """No template needs another vocabulary, so none will need another control."""
    is_retrieval = isinstance(task, Retrieval)
    templates = RETRIEVAL_TEMPLATES if is_retrieval else COPYING_TEMPLATES
    texts = [opening(task, template) for template in templates]
    if is_retrieval:
        texts += [worked_example(task, list("bac"), "a", place, "c") for place in range(1, 10)]
    needed = {word for text in texts for word in text.split()}

    assert needed <= set(vocabulary.words())


@pytest.mark.parametrize("task, separator", list(product(TASKS.values(), [True, False])), ids=repr)
def test_the_tokenizer_knows_every_mark_of_a_line(tokenizer, task, separator):
    """A line of any task is read without an unknown token, 62 symbols and all."""
    found = probe(tokenizer, frame_for(task, Setting(5, 26, separator=separator)))

    assert len(found.symbols) == 62


def test_a_loaded_tokenizer_has_the_vocabulary(tokenizer):
    """Ids on disk are the ids that documents are written in."""
    assert tokenizer.get_vocab() == vocabulary.ids()
    assert len(tokenizer) == len(vocabulary.words())
    assert tokenizer.model_max_length == WINDOW


def test_special_tokens_have_their_roles(tokenizer):
    """Padding, begin, end and unknown are what their names say."""
    found = (tokenizer.pad_token, tokenizer.bos_token, tokenizer.eos_token, tokenizer.unk_token)

    assert found == vocabulary.SPECIAL


def test_a_text_begins_with_bos_unless_it_is_asked_not_to(tokenizer):
    """The tokenizer adds one BOS token, as Llama's does."""
    table = vocabulary.ids()

    assert tokenizer.encode(" a", add_special_tokens=True) == [table["<bos>"], table["a"]]
    assert tokenizer.encode(" a", add_special_tokens=False) == [table["a"]]


def test_marks_need_no_spaces_around_them(tokenizer):
    """A line is split around its marks, the longest mark first."""
    tokens = tokenizer.convert_ids_to_tokens(
        tokenizer.encode("a||b|q: c\nd,e.", add_special_tokens=False)
    )

    assert tokens == ["a", "||", "b", "|", "q", ":", "c", "\n", "d", ",", "e", "."]


def test_an_unknown_word_becomes_the_unknown_token(tokenizer):
    """A word outside the vocabulary is not spelled out."""
    ids = tokenizer.encode("a zebra", add_special_tokens=False)

    assert tokenizer.convert_ids_to_tokens(ids) == ["a", "<unk>"]


def test_the_tokenizer_reads_documents_back(tokenizer):
    """Words joined by spaces are read back as the very ids that the model is trained on."""
    batch = DocumentStream(shares(0.5), seed=3).batch(0, rows=20, window=300)
    pad = vocabulary.ids()["<pad>"]

    for row in batch.tokens:
        ids = row[row != pad].tolist()
        text = " ".join(tokenizer.convert_ids_to_tokens(ids))
        assert tokenizer.encode(text, add_special_tokens=False) == ids
