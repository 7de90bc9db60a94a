import json
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from transformers import AutoTokenizer

import claimkit
from claimkit.prompts.frames import frame_for
from claimkit.prompts.prompter import Prompter
from claimkit.prompts.wording import COMMAS
from claimkit.tasks import TASKS, Setting
from claimkit.tasks.questions import draw_questions
from claimkit.tasks.registry import known_task
from claimkit.training.vocabulary import SYMBOLS, ids

ROOT = Path(claimkit.__file__).parents[2]

FROZEN = {
    ("UR", True, "short"): "7159e1d197a94285",
    ("UR", True, "same"): "d90779f0e733c3a0",
    ("UR", False, "short"): "17af6310646ac415",
    ("UR", False, "same"): "71803d334ce3eb31",
    ("UL", True, "short"): "8497e68192edb2bc",
    ("UL", True, "same"): "115c670ac6c1842b",
    ("UL", False, "short"): "143db88c7d8a90fb",
    ("UL", False, "same"): "3bf7840a36853d59",
    ("NRFirst", True, "short"): "7f2e542ad22fd4ef",
    ("NRFirst", True, "same"): "14cea7624b106c8f",
    ("NRFirst", False, "short"): "94368905affe17f5",
    ("NRFirst", False, "same"): "e5774f60cf2e923f",
    ("NLFirst", True, "short"): "4a689f230751eb35",
    ("NLFirst", True, "same"): "afa993af19226430",
    ("NLFirst", False, "short"): "604b8e3c8e2ccc2c",
    ("NLFirst", False, "same"): "f2ecea0c5bad893b",
    ("NRLast", True, "short"): "230a64f1d77350d7",
    ("NRLast", True, "same"): "abd91e25310d02db",
    ("NRLast", False, "short"): "beeec927dc013287",
    ("NRLast", False, "same"): "a4fcf99b7943acb2",
    ("NLLast", True, "short"): "fe36fda454b236f8",
    ("NLLast", True, "same"): "64424399936cafad",
    ("NLLast", False, "short"): "b8aa351d92e0f0d1",
    ("NLLast", False, "same"): "2f86dfaea60fb0b6",
    ("UF", True, "short"): "5ed3028962dd0a20",
    ("UF", True, "same"): "9fb51101c2b946ca",
    ("UF", False, "short"): "8b79b7e259347c0c",
    ("UF", False, "same"): "70e9d1cbea3f75c5",
    ("UB", True, "short"): "63067d5467c61f08",
    ("UB", True, "same"): "2e0f04ef59ce59f2",
    ("UB", False, "short"): "10152f2009dd62d1",
    ("UB", False, "same"): "aa1489631991bfc3",
    ("NF", True, "short"): "98cd80aaa2535a08",
    ("NF", True, "same"): "afc833e8e2efe867",
    ("NF", False, "short"): "e29ec414257a655e",
    ("NF", False, "same"): "9fbfd890669fea5a",
    ("NB", True, "short"): "666e2b4c5ac25f10",
    ("NB", True, "same"): "88cce711ee69620c",
    ("NB", False, "short"): "3847c3ef2777b4fc",
    ("NB", False, "same"): "ece4706b1efbeed1",
}
"""Digests of the first 40 bare prompts of length 9 by task, separator and demonstrations."""


FROZEN_COMMAS = {
    ("UF", 26): "d1a5d2cd9918914b",
    ("UF", 14): "a96c2f0746aa078c",
    ("UB", 26): "bc4fdd8851d3e4b6",
    ("UB", 14): "ae7572b50200fd08",
}
"""The same with commas, by task and size of the alphabet."""


def digest_of(tokenizer, task, setting):
    """Return a digest of the first 40 prompts of a task."""
    prompter = Prompter.of(tokenizer, frame_for(task, setting))
    episodes = prompter.episodes(task, draw_questions(task.group, setting, 40))
    digest = sha256()
    for part in (episodes.tokens, episodes.lengths, episodes.answers):
        digest.update(part.astype("<i8").tobytes())
    return digest.hexdigest()[:16]


@pytest.fixture(scope="module")
def tokenizer():
    """The tokenizer of a bundled control."""
    folder = ROOT / "fixtures" / "models" / "forward-born"
    return AutoTokenizer.from_pretrained(str(folder))


@pytest.mark.parametrize("name, separator, lengths", FROZEN, ids=str)
def test_bare_prompts_of_the_controls_are_what_they_were(tokenizer, name, separator, lengths):
    """Token for token: the bundled verdicts are about these prompts."""
    setting = Setting(9, 62, separator=separator, demonstration_length=lengths)

    assert digest_of(tokenizer, TASKS[name], setting) == FROZEN[name, separator, lengths]


@pytest.mark.parametrize("name, symbols", FROZEN_COMMAS, ids=str)
def test_prompts_with_commas_are_what_they_were(tokenizer, name, symbols):
    """Token for token, over each size of alphabet that is drawn."""
    setting = Setting(6, symbols, 10, "same", COMMAS)

    assert digest_of(tokenizer, TASKS[name], setting) == FROZEN_COMMAS[name, symbols]


@pytest.mark.parametrize("task", TASKS.values(), ids=repr)
def test_the_controls_have_all_their_symbols_under_every_template(tokenizer, task):
    """Letters and digits in the order of their ids, whatever the sentence in front."""
    expected = tuple(ids()[symbol] for symbol in SYMBOLS)
    for template in (
        "bare",
        "rule",
        *(["formal+example"] if task.group.is_retrieval else ["hint"]),
    ):
        found = Prompter.of(tokenizer, frame_for(task, Setting(9, 62, template=template))).tokens
        assert (found.symbols, found.symbol_ids) == (tuple(SYMBOLS), expected)


def recorded_prompts():
    """Return the digests of prompts in the snapshots of a control, by task and setting."""
    found = {}
    for path in (ROOT / "claims" / "__snapshots__" / "forward-born").rglob("*.json"):
        for stream in json.loads(path.read_text())["streams"]:
            setting = Setting(**stream["setting"])
            task = known_task(stream["task"])
            found[task, frame_for(task, setting)] = stream["prompt"]
    return found


def test_recorded_verdicts_are_about_the_prompts_of_today(tokenizer):
    """The digests that evidence is kept under are as they were, whatever is added beside them."""
    recorded = recorded_prompts()
    found = {asked: Prompter.of(tokenizer, asked[1]).digest for asked in recorded}

    assert len(set(recorded.values())) > 10
    assert found == recorded


def test_a_prompt_of_the_controls_reads_as_their_documents_did(tokenizer):
    """BOS, the opening, a line break, the worked example, a line break, lines."""
    task, setting = TASKS["UL"], Setting(6, 62, demonstrations=1, template="rule+example")
    prompter = Prompter.of(tokenizer, frame_for(task, setting))
    episodes = prompter.episodes(task, draw_questions(task.group, setting, 1))
    words = tokenizer.convert_ids_to_tokens(episodes.tokens[0].tolist())
    rule, example, line = " ".join(words).split("\n")

    assert rule.startswith("<bos> Rule : answer with the symbol directly to the left of")
    assert example.startswith(" Example : in ")
    assert example.endswith(f"so the answer is {example.split()[-2]} . ")
    assert np.array(line.split())[[6, 8]].tolist() == ["|", ":"]
