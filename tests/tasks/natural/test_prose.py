import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from claimkit.shipped import shipped
from claimkit.tasks.natural import NaturalGroup, draw_passages
from claimkit.tasks.natural.prose import prose_starts, prose_texts

FEW = 10_300
"""Words that only a few starts leave."""


def words_of(name):
    return " ".join(prose_texts()[name]).split()


@settings(max_examples=25)
@given(seed=st.integers(0, 2**64 - 1), length=st.integers(1, 5000))
def test_a_passage_is_a_run_of_one_text_from_the_beginning_of_a_sentence(seed, length):
    """It is as long as it has to be and no sentence longer."""
    (passage,) = draw_passages(NaturalGroup.PROSE, length, seed, stop=1)
    runs = [
        sentences[first:]
        for sentences in prose_texts().values()
        for first, sentence in enumerate(sentences)
        if passage.startswith(sentence) and " ".join(sentences[first:]).startswith(passage)
    ]
    taken = [" ".join(run[:end]) for run in runs for end in range(1, len(run) + 1)]

    assert passage in taken
    shorter = max((one for one in taken if len(one) < len(passage)), key=len, default="")
    assert len(passage.split()) >= length > len(shorter.split())


def test_every_start_is_as_likely():
    """Where few are left, each is met, none more often than chance has it."""
    starts = prose_starts(FEW)
    firsts = Counter(p[:60] for p in draw_passages(NaturalGroup.PROSE, FEW, seed=2, stop=300))
    low, high = binom.ppf([1e-6, 1 - 1e-6], 300, 1 / len(starts))

    assert 2 <= len(starts) <= 10
    assert set(firsts) == {" ".join(prose_texts()[name][place:])[:60] for name, place in starts}
    assert all(low <= count <= high for count in firsts.values())


def test_passages_can_begin_wherever_enough_follows():
    """The slow way: count the words behind every sentence. A thousand places have enough."""
    starts = prose_starts(5000)
    left = {
        (name, place): len(" ".join(sentences[place:]).split())
        for name, sentences in prose_texts().items()
        for place in range(len(sentences))
    }

    assert list(starts) == [start for start, words in left.items() if words >= 5000]
    assert len(starts) >= 1000
    assert len({name for name, _ in starts}) >= 6


@pytest.mark.parametrize("name", prose_texts())
def test_texts_are_plain_prose(name):
    """ASCII without marks of italics or headings; sentences close as sentences do."""
    sentences = prose_texts()[name]
    closed = sum(bool(re.search(r"[.!?]['\")]*$", sentence)) for sentence in sentences)

    assert not re.search(r"[_*#`|\t]|  |CHAPTER", "\n".join(sentences))
    assert closed >= 0.95 * len(sentences)


def test_every_text_is_in_the_list_with_its_words():
    """The table of fixtures/texts says what is there and how much of it."""
    table = (shipped("texts") / "README.md").read_text()
    listed = {name: int(words) for name, words in re.findall(r"`(.+)\.txt` .* (\d+) \|", table)}

    assert listed == {name: len(words_of(name)) for name in prose_texts()}
    assert sum(listed.values()) >= 12_000


def test_prose_holds_no_marks_of_tokenizers_and_prompts():
    """A special token written out would be that token, and end a copy."""
    texts = " ".join(" ".join(sentences) for sentences in prose_texts().values())

    assert not set("<>|") & set(texts)
