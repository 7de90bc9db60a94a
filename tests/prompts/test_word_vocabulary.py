"""Prompts whose symbols are words, with tokenizers of several kinds, built on the spot."""

import json

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from claimkit.errors import NotApplicable, Unsupported
from claimkit.prompts.alphabet import probe
from claimkit.prompts.frames import frame_for
from claimkit.prompts.prompter import Prompter
from claimkit.prompts.tokens import FrameTokens
from claimkit.prompts.word_symbols import LEAST_WORDS, MOST_WORDS, template_words, word_candidates
from claimkit.prompts.wording import COMMAS, templates_of
from claimkit.tasks import NB, TASKS, UB, UF, UR, Group, NLLast, Setting
from claimkit.tasks.questions import ABSENT, draw_questions

KNOWN = [word for number, word in enumerate(word_candidates()) if number % 2 == 0][:LEAST_WORDS]
"""What the tokenizers here hold as one token; the words between these take several."""

SAID = sorted(template_words())
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
MARKS = ["\n", "|", ":", ",", ".", "<", ">", "[", "]", "=", "+", "-"]


def byte_level(words=KNOWN):
    """Return a byte-level BPE tokenizer that merges a space and each of these words."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=5000,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(["".join(f" {word}" for word in words)], trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer)


def unigram(words=KNOWN, more=()):
    """Return a Unigram tokenizer that sees a text in one piece, so that words could merge."""
    pieces = {"<unk>": -30.0, "▁": -6.0, **dict.fromkeys([*MARKS, *LETTERS], -9.0)}
    pieces |= {f"▁{word}": -5.0 for word in words} | dict.fromkeys(more, -1.0)
    tokenizer = Tokenizer(models.Unigram([*pieces.items()], unk_id=0, byte_fallback=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>")


def word_piece(words=KNOWN):
    """Return a WordPiece tokenizer; white space leaves no token."""
    pieces = ["[UNK]", *MARKS, *LETTERS, *(f"##{letter}" for letter in LETTERS), *words]
    table = {piece: i for i, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(models.WordPiece(table, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]")


def word_level(words=KNOWN):
    """Return a tokenizer of whole words, letters and digits."""
    capitals = [word.capitalize() for word in SAID]
    known = ["<unk>", "<bos>", "<eos>", *MARKS, *LETTERS, *SAID, *capitals, *words]
    table = {word: i for i, word in enumerate(dict.fromkeys(known))}
    tokenizer = Tokenizer(models.WordLevel(table, unk_token="<unk>"))
    splits = [pre_tokenizers.Split(" ", behavior="removed")]
    splits += [pre_tokenizers.Split(mark, behavior="isolated") for mark in "\n|:,."]
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(splits)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>")


MADE = {
    "bpe": byte_level,
    "unigram": unigram,
    "word piece": word_piece,
    "words": word_level,
}
every_kind = pytest.mark.parametrize("kind", MADE)


def in_words(**fields):
    return Setting(**{"length": 9, "symbols": 300, **fields}, vocabulary="words")


@pytest.fixture(scope="module")
def made():
    """Tokenizers by kind."""
    return {kind: make() for kind, make in MADE.items()}


@pytest.fixture(scope="module")
def prompter_with(made):
    """Prompters by kind of tokenizer, task and setting, each frame probed once."""
    known = {}

    def find(kind, task, setting):
        frame = frame_for(task, setting)
        if (kind, frame) not in known:
            known[kind, frame] = Prompter.of(made[kind], frame)
        return known[kind, frame]

    return find


def is_one_token(tokenizer, word):
    """Whether a text of this word alone, many times over, has as many tokens as words, all one."""
    ids = tokenizer.encode(f" {word}" * 20, add_special_tokens=False)
    return len(ids) == 20 and len(set(ids)) == 1 and ids[0] != tokenizer.unk_token_id


@every_kind
@pytest.mark.parametrize("task", [UR, UF], ids=repr)
def test_the_alphabet_is_what_is_one_token(made, prompter_with, kind, task):
    """A plain check of every candidate by itself finds the same words."""
    expected = {word for word in word_candidates() if is_one_token(made[kind], word)}

    found = prompter_with(kind, task, in_words()).tokens.symbols

    assert set(found) == expected >= set(KNOWN)


@every_kind
def test_words_survive_being_written_and_read(prompter_with, kind):
    """What the store remembers of a tokenizer is what was found."""
    found = prompter_with(kind, UR, in_words()).tokens

    assert FrameTokens.from_dict(json.loads(json.dumps(found.as_dict()))) == found


def test_the_words_do_not_depend_on_the_template(prompter_with):
    """Templates can be compared, those with commas among them."""
    alphabets = {
        prompter_with("words", task, in_words(template=template)).tokens.symbols
        for task in (UR, UF)
        for template in templates_of(task)
    }

    assert len(alphabets) == 1


def test_no_more_words_are_kept_than_are_needed():
    """The commonest, so that models are asked about the same words where they can be."""
    tokenizer = word_level(word_candidates())

    found = probe(tokenizer, frame_for(UR, in_words())).symbols

    assert set(found) == set(word_candidates()[:MOST_WORDS])


@pytest.mark.parametrize("many", [LEAST_WORDS - 1, LEAST_WORDS])
def test_a_vocabulary_has_at_least_as_many_words_as_the_papers(many):
    """One word less, and the message says how many there are and how many are needed."""
    tokenizer, frame = word_level(word_candidates()[:many]), frame_for(UF, in_words())

    if many == LEAST_WORDS:
        assert len(probe(tokenizer, frame).symbols) == LEAST_WORDS
    else:
        with pytest.raises(
            Unsupported,
            match=rf"^too few symbols: of {len(word_candidates())} common words, this tokenizer "
            rf"keeps at most {many} as one token at every place of .*; a prompt needs at least 300",
        ):
            probe(tokenizer, frame)


@pytest.mark.parametrize("kind", ["bpe", "word piece", "characters", "words"])
def test_a_tokenizer_of_characters_has_no_vocabulary_of_words(tokenizers, kind):
    """Not even those of whose pieces some agree."""
    with pytest.raises(Unsupported, match=r"too few symbols: of \d+ common words"):
        probe(tokenizers[kind], frame_for(UR, in_words()))


@st.composite
def cases(draw):
    """A task with a setting of either vocabulary."""
    task = draw(st.sampled_from([UR, NLLast, UF, NB]))
    # The shortest wording and the longest; each is probed once for each kind of tokenizer.
    template = draw(
        st.sampled_from(["bare", "formal+example" if task.group.is_retrieval else COMMAS])
    )
    vocabulary = draw(st.sampled_from(["characters", "words"]))
    few = vocabulary == "characters"
    setting = Setting(
        length=draw(st.integers(6, 14 if few else 40)),
        # With commas, characters are lower-case letters.
        symbols=draw(st.integers(14, 20) if few else st.integers(40, 300)),
        demonstrations=draw(st.integers(int(template.endswith("+example")), 5)),
        demonstration_length=draw(st.sampled_from(["short", "same"])),
        template=template,
        vocabulary=vocabulary,
    )
    return task, setting


@every_kind
@settings(max_examples=20, deadline=None)
@given(case=cases())
def test_prompts_are_the_tokens_of_their_text_in_both_vocabularies(made, prompter_with, kind, case):
    """Whatever the task, the template and the numbers; answers are the gold, symbol by symbol."""
    task, setting = case
    prompter = prompter_with(kind, task, setting)
    questions = draw_questions(task.group, setting, 3)
    episodes = prompter.episodes(task, questions)
    gold = np.array(prompter.tokens.symbol_ids)[task.answers(questions.strings)]
    # A tokenizer may have a token for the space alone, and none for a space with a letter.
    step = len(prompter.tokens.between) + 1

    assert episodes.lengths.max() <= prompter.longest(task, setting)
    assert episodes.answers[:, ::step].tolist() == gold.tolist()
    for row in range(3):
        text = prompter.text(task, questions, row)
        found = episodes.tokens[row, : episodes.lengths[row]].tolist()
        assert found == made[kind].encode(text, add_special_tokens=False)


def test_a_prompt_of_words_is_written_as_one_of_characters_is(prompter_with):
    """A space before every word, the same marks; the last line is the question."""
    setting = in_words(length=4, demonstrations=1, demonstration_length="same")
    prompter = prompter_with("bpe", UR, setting)
    questions = draw_questions(UR.group, setting, 1)
    shown, asked = (
        [prompter.tokens.symbols[i] for i in part.contexts[0] if i != ABSENT]
        for part in (*questions.demonstrations, questions.strings)
    )

    lines = prompter.text(UR, questions, 0).split("\n")

    assert [line.split(" | ")[0] for line in lines] == [f" {' '.join(w)}" for w in (shown, asked)]
    query, answer = lines[1].split(" | ")[1].split(": ")
    assert UR.answer(asked, query) == answer
    assert prompter.question(UR, questions, 0) == lines[1].strip()


@pytest.mark.parametrize("group", Group)
def test_strings_of_300_words_can_be_asked(prompter_with, group):
    """As long as the paper's, all different where a group is of different symbols."""
    task = next(task for task in TASKS.values() if task.group is group or group.is_retrieval)
    setting = in_words(length=300, symbols=len(KNOWN))
    prompter = prompter_with("words", task, setting)
    episodes = prompter.episodes(task, draw_questions(task.group, setting, 2))

    assert episodes.lengths.max() > 300
    with pytest.raises(NotApplicable, match="at length 300 with 5 demonstrations takes"):
        prompter.check_window(task, setting, window=300)


@pytest.mark.parametrize("commas", [False, True])
def test_two_words_that_merge_are_refused(commas):
    """A tokenizer with tokens of several words cannot show any two of them side by side."""
    first, second = KNOWN[7], KNOWN[-1]
    tokenizer = unigram(more=[f"▁{second}▁{first}"])
    setting = in_words(template=COMMAS if commas else "bare")

    with pytest.raises(Unsupported, match="one by one when they stand side by side"):
        probe(tokenizer, frame_for(UB, setting))


@pytest.fixture(scope="module")
def letters_and_digits(tokenizers):
    """Ids of the symbols of a tokenizer of characters."""
    return probe(tokenizers["words"], frame_for(UR, Setting(9, 20))).symbol_ids


@settings(max_examples=20, deadline=None)
@given(places=st.lists(st.integers(0, 61), min_size=2, max_size=2, unique=True))
@example(places=[61, 0])
@example(places=[0, 61])
def test_any_two_symbols_that_merge_are_noticed(tokenizers, workshop, letters_and_digits, places):
    """In either order, the first and the last symbol included."""
    ids = [letters_and_digits[place] for place in places]

    def tamper(found):
        return [99_999 if k and [found[k - 1], i] == ids else i for k, i in enumerate(found)]

    with pytest.raises(Unsupported, match="one by one when they stand side by side"):
        probe(workshop.Tampered(tokenizers["words"], tamper), frame_for(UR, Setting(9, 20)))
