"""Controls that hold conversations read them as they are asked, and words in place of symbols."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.prompts.alphabet import probe
from claimkit.prompts.chat import CLOSE, OPEN, Chat, read_reply
from claimkit.prompts.frames import frame_for
from claimkit.prompts.told import TOLD
from claimkit.prompts.word_symbols import MOST_WORDS
from claimkit.tasks import TASKS, Setting
from claimkit.tasks.sampling import Uniforms
from claimkit.training import vocabulary
from claimkit.training.control_course import ControlCourse, build_model
from claimkit.training.controls import FORWARD_CHAT, RECIPES
from claimkit.training.conversations import CHAT
from claimkit.training.documents import DocumentStream
from claimkit.training.recipe import Stage, shares
from claimkit.training.spoken_documents import conversations, in_words

IDS = vocabulary.ids(wide=True)
TASK = st.sampled_from(sorted(TASKS))


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    """Return the tokenizer of these controls, as anyone loads it."""
    from transformers import AutoTokenizer

    folder = tmp_path_factory.mktemp("wide")
    vocabulary.save_tokenizer(folder, 1024, wide=True)
    return AutoTokenizer.from_pretrained(str(folder))


def test_a_wide_vocabulary_begins_with_the_plain_one(tokenizer):
    """So weights that were trained with the one go on with the other."""
    plain = vocabulary.words()

    assert vocabulary.words(wide=True)[: len(plain)] == plain
    assert tokenizer.get_vocab() == IDS
    assert len(tokenizer) == len(IDS)
    assert len(vocabulary.word_symbols()) == MOST_WORDS


def test_its_conversations_are_those_of_the_template(tokenizer):
    """And hold no unknown token."""
    assert Chat.of(tokenizer) == CHAT
    asked = tokenizer.encode(CHAT.prompt(TOLD), add_special_tokens=False)
    assert tokenizer.unk_token_id not in asked
    answer = tokenizer.encode(f"{OPEN} a b {CLOSE}", add_special_tokens=False)
    assert [IDS[OPEN], IDS["a"], IDS["b"], IDS[CLOSE]] == answer
    assert read_reply(tokenizer.decode(answer)).answer == "a b"


@pytest.mark.parametrize("vocabulary_of", ["characters", "words"])
@pytest.mark.parametrize("name", TASKS)
def test_its_symbols_are_one_token_each(tokenizer, name, vocabulary_of):
    """Characters and words, for every task."""
    setting = Setting(length=10, symbols=20, template="rule", vocabulary=vocabulary_of)
    found = probe(tokenizer, frame_for(TASKS[name], setting))
    expected = {"characters": vocabulary.SYMBOLS, "words": vocabulary.word_symbols()}

    assert sorted(found.symbols) == sorted(expected[vocabulary_of])


@settings(max_examples=40, deadline=None)
@given(name=TASK, seed=st.integers(0, 99), words=st.sampled_from([0.0, 1.0]))
def test_a_conversation_is_solved_throughout(tokenizer, name, seed, words):
    """Every learned stretch is the answer to the line in front of it, between tags."""
    batch = conversations(Uniforms(5, seed), [TASKS[name]], 320, words)
    ids, learned = batch.tokens[0], batch.learned[0]
    end = int(np.flatnonzero(learned)[-1]) + 1
    text = tokenizer.decode(ids[:end])
    told, _, replied = text.partition(TOLD)[2].partition("<|im_end|>")
    *shown, asked = [line.strip() for line in told.strip().split("\n")]
    reply = replied.partition(OPEN)[2].removesuffix("<|im_end|>")
    solved = [*(line.partition(OPEN)[::2] for line in shown), (asked, reply)]

    assert 3 <= len(solved) <= 6
    for question, answer in solved:
        context, _, query = question.rstrip(" :").partition(" | ")
        if query:
            right = [TASKS[name].answer(context.split(), query)]
        else:
            right = list(TASKS[name].answer(context.split()))
        assert answer.replace(CLOSE, "").split() == right
    assert (
        learned.sum()
        == sum(len(answer.replace(CLOSE, "").split()) + 2 for _, answer in solved[1:]) + 1
    )
    assert (ids[end:] == IDS["<pad>"]).all()
    assert bool(set(asked.split()) & set(vocabulary.word_symbols())) is bool(words)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 999))
def test_words_stand_for_symbols_one_to_one(seed):
    """Behind openings a document is the same up to the names of its symbols."""
    batch = DocumentStream(shares(0.5), seed).batch(3, 8, 200)
    told = in_words(batch, Uniforms(1, seed), 1.0)
    symbols = {IDS[s] for s in vocabulary.SYMBOLS}
    words = {IDS[w] for w in vocabulary.word_symbols()}

    for before, after in zip(batch.tokens, told.tokens, strict=True):
        changed = before != after
        pairs = set(zip(before[changed].tolist(), after[changed].tolist(), strict=True))
        assert {a for a, _ in pairs} <= symbols
        assert {b for _, b in pairs} <= words
        assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})
        if changed.any():
            rest = before[int(np.flatnonzero(changed)[0]) :]
            assert changed.sum() == np.isin(rest, sorted(symbols)).sum()
    assert told.learned is batch.learned
    assert np.array_equal(in_words(batch, Uniforms(1, seed), 0.0).tokens, batch.tokens)


def test_openings_stay_as_they_are():
    """A rule's "a" is no symbol, and the example's "3" a place."""
    table = vocabulary.words(wide=True)
    batch = DocumentStream(shares(0.5), 11).batch(0, 64, 200)
    told = in_words(batch, Uniforms(1, 2), 1.0)
    opened = [
        (" ".join(table[i] for i in a), " ".join(table[i] for i in b))
        for a, b in zip(batch.tokens, told.tokens, strict=True)
        if table[a[1]] == "Rule" or table[a[0]] == "Rule"
    ]

    assert len(opened) > 5
    for before, after in opened:
        example = before.split("\n")[1].lstrip().startswith("Example")
        head = 2 if example else 1
        assert before.split("\n")[:head] == after.split("\n")[:head]
        assert before.split("\n")[head] != after.split("\n")[head]


def test_a_step_of_a_course_mixes_them():
    """As many conversations as the stage says, behind the other documents; always the same."""
    course = ControlCourse(FORWARD_CHAT)
    batch, again = course.batch(7), course.batch(7)

    assert np.array_equal(batch.tokens, again.tokens)
    assert [", told" in name for name in batch.tasks] == [False] * 10 + [True] * 6
    assert batch.tokens.shape == (16, 288)


def test_a_control_that_goes_on_keeps_its_tokens():
    """New tokens are mixtures of symbols; embeddings stay tied."""
    model, before = build_model(FORWARD_CHAT), build_model(RECIPES["both-born"])
    weight = model.get_input_embeddings().weight

    assert tuple(weight.shape) == (len(IDS), 128)
    assert model.config.vocab_size == len(IDS)
    assert model.get_output_embeddings().weight is weight
    assert len(before.get_input_embeddings().weight) == len(vocabulary.ids())
    new = weight[len(vocabulary.ids()) :].detach()
    symbols = weight[[IDS[s] for s in vocabulary.SYMBOLS]].detach()
    assert float(new.std()) == pytest.approx(float(symbols.std()), rel=0.2)


@pytest.mark.parametrize("share", [-0.1, 1.5])
def test_shares_are_checked(share):
    """With the value."""
    from claimkit.errors import InvalidInput

    with pytest.raises(InvalidInput, match=f"words is a share from 0 to 1, got {share}"):
        Stage(1, 1, 1, words=share)
