import numpy as np
import pytest

from claimkit.errors import CheckTripped, Unsupported
from claimkit.prompts.episodes import Episodes
from claimkit.prompts.frames import frame_for
from claimkit.prompts.prompter import Prompter
from claimkit.tasks import NF, UF, UR, Setting, task_name
from claimkit.tasks.questions import draw_questions

KINDS = [
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
ABSENT = "none: the tokenizer has no BOS token"
IDLE = "none: the tokenizer does not add its BOS token {bos}"
ADDED = "token {front[0]}, as the tokenizer adds it"
SEVERAL = "tokens {front[0]} {front[1]}, as the tokenizer adds them"
WRITTEN = "token {bos}, already written in the prompt"
POLICIES = [
    ("no BOS", [], ABSENT, ABSENT),
    ("idle BOS", [], IDLE, IDLE),
    ("added BOS", ["<|begin|>"], ADDED, ADDED),
    ("literal BOS", ["<bos>"], ADDED, ADDED),
    ("literal idle BOS", [], IDLE, WRITTEN),
    ("several in front", ["[gMASK]", "<sop>"], SEVERAL, SEVERAL),
    ("CLS and SEP", ["[CLS]"], ADDED, ADDED),
    ("EOS behind", [], IDLE, IDLE),
]
every_kind = pytest.mark.parametrize("kind", KINDS)


def asked(prompter, task, setting, stop=8):
    """Questions and their episodes."""
    questions = draw_questions(task.group, setting, stop)
    return questions, prompter.episodes(task, questions)


@every_kind
@pytest.mark.parametrize("bos, front, retrieval, copying", POLICIES, ids=[p[0] for p in POLICIES])
@pytest.mark.parametrize(
    "task, template", [(UR, "bare"), (UR, "rule+example"), (NF, "bare"), (NF, "hint")], ids=str
)
def test_a_prompt_begins_with_bos_as_the_policy_says(
    tokenizers, prompter_of, kind, bos, front, retrieval, copying, task, template
):
    """BOS comes first, once, and never where the tokenizer would not put it."""
    name, setting = f"{kind} / {bos}", Setting(9, 20, template=template)
    tokenizer, prompter = tokenizers[name], prompter_of(name, task, setting)
    ids = tokenizer.convert_tokens_to_ids(front)
    policy = copying if (task, template) == (NF, "bare") else retrieval
    begins = [tokenizer.bos_token_id] if policy == WRITTEN else ids
    _, episodes = asked(prompter, task, setting)
    n = len(begins)

    assert prompter.bos.name == policy.format(bos=tokenizer.bos_token_id, front=ids)
    assert prompter.bos.tokens == tuple(begins)
    assert (episodes.tokens[:, :n] == begins).all()
    assert not n or (episodes.tokens[:, n : 2 * n] != begins).any(axis=1).all()
    assert n or (episodes.tokens[:, 0] != tokenizer.bos_token_id).all()
    prompter.require_bos(episodes)


@pytest.mark.parametrize("name", ["bpe / literal BOS", "bpe / literal idle BOS", "words"])
def test_a_copy_line_that_begins_with_bos_gets_no_second_one(tokenizers, prompter_of, name):
    """``<bos>`` is the BOS token there: one per line, none beside another."""
    tokenizer, setting = tokenizers[name], Setting(length=6, symbols=20)
    _, episodes = asked(prompter_of(name, UF, setting), UF, setting)
    places = episodes.tokens == tokenizer.bos_token_id
    places &= np.arange(places.shape[1]) < episodes.lengths[:, None]

    assert places.sum(axis=1).tolist() == [6] * 8
    assert not (places[:, 1:] & places[:, :-1]).any()


@pytest.mark.parametrize("name", ["bpe / literal BOS", "words"])
def test_bos_stands_before_an_opening_and_before_each_line(tokenizers, prompter_of, name):
    """A copy prompt with a sentence in front begins with BOS as its documents did."""
    tokenizer, setting = tokenizers[name], Setting(length=6, symbols=20, template="hint")
    _, episodes = asked(prompter_of(name, UF, setting), UF, setting)

    assert (episodes.tokens == tokenizer.bos_token_id).sum(axis=1).tolist() == [7] * 8


def doubled(episodes):
    """The same strings with their first token twice."""
    tokens = np.concatenate([episodes.tokens[:, :1], episodes.tokens], axis=1)
    return Episodes(tokens, episodes.lengths + 1, episodes.answers)


def beheaded(episodes):
    """The same strings without their first token."""
    return Episodes(episodes.tokens[:, 1:], episodes.lengths - 1, episodes.answers)


@pytest.mark.parametrize("sabotage", [doubled, beheaded])
@pytest.mark.parametrize("name", ["words", "bpe / added BOS", "bpe / literal BOS"])
@pytest.mark.parametrize("template", ["bare", "rule"])
@pytest.mark.parametrize("task", [UR, UF], ids=task_name)
def test_doubled_and_missing_bos_are_caught(prompter_of, sabotage, name, template, task):
    """Strings that begin otherwise than stated are an error of the run, not a score."""
    setting = Setting(9, 20, template=template)
    prompter = prompter_of(name, task, setting)
    _, episodes = asked(prompter, task, setting)

    with pytest.raises(CheckTripped, match=r"8 of 8 strings do not begin as stated \(BOS: token"):
        prompter.require_bos(sabotage(episodes))


@pytest.mark.parametrize("name", ["bpe", "bpe / idle BOS"])
def test_bos_where_there_should_be_none_is_caught(tokenizers, prompter_of, name):
    """A token in front that the tokenizer would not put there is noticed in one string of eight."""
    prompter = prompter_of(name, UR, Setting(9, 20))
    _, episodes = asked(prompter, UR, Setting(9, 20))
    bos = tokenizers[name].bos_token_id or 0
    tokens = np.concatenate([episodes.tokens, np.zeros((8, 1), dtype=np.int64)], axis=1)
    tokens[5] = [bos, *episodes.tokens[5]]
    lengths = episodes.lengths + (np.arange(8) == 5)

    with pytest.raises(CheckTripped, match=rf"1 of 8 strings .*string 5 begins with \[{bos}\]"):
        prompter.require_bos(Episodes(tokens, lengths, episodes.answers))


def test_a_tokenizer_that_changes_what_it_adds_is_found_out(tokenizers, prompter_of):
    """What a tokenizer puts in front now is compared with what it put there when probed."""
    setting = Setting(9, 20)
    prompter = prompter_of("bpe / idle BOS", UR, setting)
    questions, _ = asked(prompter, UR, setting, stop=4)

    with pytest.raises(Unsupported, match=r"when it adds special tokens; what it puts in front"):
        prompter.check_against(tokenizers["bpe / added BOS"], UR, questions)


def test_a_tokenizer_that_adds_bos_twice_is_unsupported(workshop):
    """No model is trained on it, so the sentence says that the tokenizer is wrong."""
    tokenizer = workshop.byte_level(bos="<bos>", added="<bos> <bos> $A")
    bos = tokenizer.bos_token_id

    with pytest.raises(
        Unsupported, match=rf"BOS token {bos} .* 2 times \({bos} {bos}\).*; correct"
    ):
        Prompter.of(tokenizer, frame_for(UR, Setting(9, 20)))


def test_special_tokens_that_change_the_text_are_unsupported(tokenizers, workshop):
    """Nothing may change but what stands in front and behind."""
    inner = tokenizers["bpe / added BOS"]

    def tamper(ids):
        return [*ids[:3], 999, *ids[4:]] if ids[0] == inner.bos_token_id else ids

    with pytest.raises(Unsupported, match="nothing may change but what stands in front"):
        Prompter.of(workshop.Tampered(inner, tamper), frame_for(UR, Setting(9, 20)))
