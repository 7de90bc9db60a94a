"""Symbols in conversations: a small model whose every answer is known, put through all of it.

Its weights say what comes next by the last token alone. So it answers every question with the same
symbol, and is right just where that is the right one.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import numpy as np
import pytest

from claimkit.auditing.grids import Grid
from claimkit.auditing.natural.asks import TextAsk
from claimkit.auditing.natural.grids import TOLD_COPYING_GRID, TOLD_RETRIEVAL_GRID
from claimkit.errors import InvalidInput, NotApplicable
from claimkit.evidence.verdicts import Verdict
from claimkit.prompts.told import check_told
from claimkit.tasks import NF, UB, UF, UL, UR, NLFirst, NRFirst, Retrieval, Setting, Without
from claimkit.tasks.base import Group
from claimkit.tasks.natural import (
    CHERRY_PICK_ORDER,
    DNA_COPY,
    HASH_COPY,
    LOREM_COPY,
    PROSE_COPY,
    REVERT_ORDER,
    UUID_COPY,
)
from claimkit.tasks.questions import draw_questions
from claimkit.training.conversations import TEMPLATE
from claimkit.training.vocabulary import SYMBOLS, tokenizer_of

WINDOW = 512
ANSWER = "c"
FEW = {"symbols": 8, "demonstrations": 2, "template": "rule"}
"""Over eight letters, of which one is the answer."""

AT_ONCE = ("\n", "<target>", ANSWER, "</target>", "<eos>")
THOUGHT = ("\n", "<think>", "Q", "</think>", "<target>", ANSWER, "</target>", "<eos>")


def steady_model(folder, written, template=TEMPLATE):
    """Write a model that goes on as told: each token has one that follows it."""
    import torch
    from tokenizers import AddedToken
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = tokenizer_of(WINDOW, wide=True)
    tokenizer.add_tokens([AddedToken(mark, normalized=False) for mark in ("<think>", "</think>")])
    tokenizer.chat_template = template
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        max_position_embeddings=WINDOW,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        tie_word_embeddings=False,
    )
    model = LlamaForCausalLM(config)
    ids = tokenizer.convert_tokens_to_ids(list(written))
    with torch.no_grad():
        tokens = torch.nn.functional.normalize(torch.randn(len(tokenizer), 64))
        model.model.embed_tokens.weight.copy_(tokens)
        model.model.layers[0].self_attn.o_proj.weight.zero_()
        model.model.layers[0].mlp.down_proj.weight.zero_()
        model.lm_head.weight.zero_()
        for one, following in pairwise(ids):
            model.lm_head.weight[following] += tokens[one]
    model.save_pretrained(str(folder))
    tokenizer.save_pretrained(str(folder))
    return folder


@pytest.fixture(scope="module")
def steady(opened, tmp_path_factory):
    """Return the audit of a model that answers at once, always the same."""
    folder = steady_model(tmp_path_factory.mktemp("steady"), AT_ONCE)
    return opened(folder, tmp_path_factory.mktemp("evidence"))


def gold(task, setting, count):
    """Return the right answers to a stream's first strings, drawn anew."""
    questions = draw_questions(task.group, setting, count)
    return [" ".join(SYMBOLS[i] for i in row) for row in task.answers(questions.strings)]


def test_a_model_is_right_where_its_answer_is_the_right_one(steady):
    """String by string, as the samplers draw them; and the verdict says how it was asked."""
    request = steady.accuracy(UR, length=6, **FEW)
    judgement = steady.decide(request, at_most=0.6)
    setting = Setting(6, 8, demonstrations=2, template="rule+chat")
    kept = steady.writer.answers(request.asks[0], 64, "claim").answers
    wanted = [answer == ANSWER for answer in gold(UR, setting, 64)]

    assert {one.text for one in kept} == {ANSWER}
    assert [one.right for one in kept] == wanted
    assert 0 < sum(wanted) < 32
    assert judgement.verdict is Verdict.HOLDS
    assert (judgement.estimate.samples, judgement.estimate.unit) == (64, "strings")
    assert judgement.label == (
        "accuracy of UR at length 6, 8 symbols, template rule, 2 demonstrations, in conversations"
    )
    assert judgement.streams[0].settings == setting
    assert judgement.streams[0].right == tuple(wanted)


def test_copies_are_compared_symbol_by_symbol(steady):
    """Of strings of one symbol, those are right that are this one."""
    request = steady.accuracy(UB, length=1, symbols=8, demonstrations=1)
    kept = steady.writer.answers(request.asks[0], 64, "claim").answers
    wanted = gold(UB, Setting(1, 8, demonstrations=1, template="bare+chat"), 64)

    assert [one.right for one in kept] == [answer == ANSWER for answer in wanted]
    assert any(one.right for one in kept)
    longer = steady.accuracy(NF, length=4, **FEW)
    assert not any(o.right for o in steady.writer.answers(longer.asks[0], 16, "claim").answers)


def test_words_of_a_question_reach_the_model(steady):
    """The prompt is the conversation around the user's words, without special tokens as text."""
    from claimkit.auditing.natural.material import material_of

    ask = TextAsk(UF, 3, {"demonstrations": 1, "template": "hint"})
    material = material_of(ask, steady.writer.subject, "auto", chats=True)
    (one,) = material.questions(1, "claim")
    prompt = steady.writer._conversation.prompt(one.words)

    assert prompt.startswith("<|im_start|>system\nYou are a careful assistant.")
    assert "<|im_end|>\n<|im_start|>user\nHint : forward .\nComplete the last line" in prompt
    assert prompt.endswith(" :<|im_end|>\n<|im_start|>assistant\n")
    assert "<bos>" not in prompt
    assert "<eos>" not in prompt


def test_tasks_of_a_group_are_asked_about_the_same_strings(steady):
    """So that gaps are paired; those of another group, and scored ones, have their own."""
    first, second, other = (steady.accuracy(t, length=8, **FEW).asks[0] for t in (UR, UL, NRFirst))
    keys = [steady.writer.key(ask, "claim") for ask in (first, second, other)]
    found = [steady.writer.answers(ask, 16, "claim") for ask in (first, second)]
    scored = steady.writer.subject.key(UR, Setting(8, 8, demonstrations=2, template="rule"))

    assert np.array_equal(found[0].digests, found[1].digests)
    assert keys[0].seed == keys[1].seed
    assert len({key.prompt for key in keys}) == 3
    assert len({key.seed for key in keys} | {scored.seed}) == 3
    assert [one.gold for one in found[0].answers] != [one.gold for one in found[1].answers]


def test_a_gap_needs_a_task_that_beats_the_position_heuristics(steady):
    """Always the same answer is right at times, and no ability to retrieve."""
    for request in (
        steady.gap(UR, UL, length=6, **FEW),
        steady.unpaired_gap(UR, NRFirst, length=6, **FEW),
    ):
        judgement = steady.decide(request, above=0.0)

        assert judgement.verdict is Verdict.NOT_APPLICABLE
        assert "not elicited: " in judgement.reason
        assert "answering with the " in judgement.reason
        assert len(judgement.streams) == 2


def test_what_was_written_is_found_again(steady, opened):
    """By a second audit, which loads no weights; and samples are taken anew."""
    request = steady.gap(UR, UL, length=6, **FEW)
    judgement = steady.decide(request, above=0.0)
    again = opened(steady.writer.subject.spec.model, steady.writer.subject.store.root)
    second = again.decide(request, above=0.0)

    assert second.streams == judgement.streams
    assert "language_model" not in vars(again.writer.subject)
    assert again.resample(request, judgement.streams, 16) == tuple(
        one.first(16) for one in judgement.streams
    )
    question = again.question(request, judgement.streams[0], 3)
    assert question.count("|") == 1
    assert question.split()[-1] == gold(UR, judgement.streams[0].settings, 4)[3]


def test_drawn_settings_are_judged_each(steady):
    """Those templates that conversations lack are left out."""
    grid = Grid((("length", (4, 6)), ("template", ("rule", "rule+example"))), draws=4)
    rate = steady.drawn(partial(steady.accuracy, UR, symbols=8), grid)
    judgement = steady.decide(rate, at_most=0.9)

    assert judgement.label == "accuracy of UR at 2 drawn settings"
    assert judgement.verdict is Verdict.HOLDS


def test_a_thinking_model_may_think_first(opened, tmp_path):
    """Its thoughts are skipped, and as many tokens of them as were allowed are part of the key."""
    folder = steady_model(tmp_path / "thinking", THOUGHT, f"{TEMPLATE}{{# </think> #}}")
    audit = opened(folder, tmp_path / "evidence", thinking=32)
    ask = audit.accuracy(UR, length=6, **FEW).asks[0]
    kept = audit.writer.answers(ask, 32, "claim").answers
    wanted = gold(UR, Setting(6, 8, demonstrations=2, template="rule+chat"), 32)

    assert all(one.parsed and one.text == ANSWER for one in kept)
    assert [one.right for one in kept] == [answer == ANSWER for answer in wanted]
    assert {one.written for one in kept} == {len(THOUGHT) - 2}
    assert "32 tokens of thoughts" in audit.writer.key(ask, "claim").bos_policy


def test_a_model_without_conversations_is_not_asked(opened, chatting, tmp_path):
    """In one sentence, before anything is loaded; natural tasks are asked as before."""
    plain = opened("stdlib-born", tmp_path)
    forced = opened("stdlib-born", tmp_path, chat="on")
    silenced = opened(chatting("stdlib-born", TEMPLATE), tmp_path, chat="off")

    for audit in (plain, forced):
        with pytest.raises(NotApplicable, match=r"^this model holds no conversations: its token"):
            audit.decide(audit.gap(UR, UL, length=10), above=0.0)
    with pytest.raises(NotApplicable, match="which --chat off leaves out"):
        silenced.decide(silenced.gap(UF, UB, length=10), above=0.0)
    with pytest.raises(NotApplicable, match="no setting of the grid can be asked: this model hol"):
        plain.decide(plain.drawn(partial(plain.gap, UR, UL), TOLD_RETRIEVAL_GRID), above=0.0)
    assert not {"language_model", "tokenizer"} & {
        name for audit in (plain, forced, silenced) for name in vars(audit.writer.subject)
    }


def test_what_cannot_be_asked_in_conversations_is_not_applicable(steady):
    """Templates of a text to go on with, and strings that the alphabet does not admit."""
    for task, options, told in (
        (UR, {"template": "rule+example"}, r"'rule\+example' in conversations, it has 'bare'"),
        (UF, {"template": "commas"}, "'commas' in conversations"),
        (UF, {"template": "formal"}, "UF has no template 'formal'"),
        (UR, {"symbols": 999}, "asks for an alphabet of 999"),
        (UF, {"symbols": 4}, "4"),
    ):
        with pytest.raises(NotApplicable, match=told):
            steady.decide(steady.accuracy(task, length=5, **options), at_least=0.5)
    with pytest.raises(NotApplicable, match="window too short"):
        steady.decide(steady.accuracy(NF, length=50, demonstration_length="same"), at_least=0.5)
    with pytest.raises(NotApplicable, match="of UR the evidence fixture finds one"):
        steady.hunt(steady.accuracy(UR, length=6))


def test_requests_about_symbols_refuse_what_cannot_be_compared():
    """In one sentence each; options are those of a setting."""
    with pytest.raises(InvalidInput, match="got UF-without-induction"):
        TextAsk(Without(UF, "induction"), 9)
    with pytest.raises(InvalidInput, match="not all fields of a setting"):
        TextAsk(UR, 9, {"tempo": "slow"})
    with pytest.raises(InvalidInput, match="leave '\\+chat' out"):
        TextAsk(UR, 9, {"template": "rule+chat"})
    with pytest.raises(InvalidInput, match="of symbols, got 'UR'"):
        TextAsk("UR", 9)
    assert TextAsk(UR, 9, {"separator": False}).place == "length 9, no separator"


class Second(Retrieval):
    """The symbol in the second place, whatever is asked."""

    name = "Second"
    group = Group.UNIQUE_RETRIEVAL
    direction = "right"

    def answers(self, strings):
        """Return the second symbol."""
        return strings.contexts[:, 1:2]


def test_tasks_of_ones_own_are_asked_too(steady):
    """Their keys say what they answer, and their samples are taken anew."""
    request = steady.accuracy(Second(), length=6, symbols=8)
    judgement = steady.decide(request, at_most=0.6)
    wanted = gold(Second(), Setting(6, 8, template="bare+chat"), 64)

    assert judgement.verdict is Verdict.HOLDS
    assert judgement.streams[0].right == tuple(answer == ANSWER for answer in wanted)
    assert judgement.streams[0].task.startswith("Second ")
    assert steady.resample(request, judgement.streams, 16)[0] == judgement.streams[0].first(16)


def test_every_point_of_the_grids_can_be_asked():
    """Their factors are what requests take, and their templates are those of conversations."""
    for grid, tasks in (
        (TOLD_RETRIEVAL_GRID, (UR, UL, NRFirst, NLFirst)),
        (TOLD_COPYING_GRID, (UF, UB, NF)),
    ):
        assert len(grid.points()) == 36
        for point in grid.points():
            options = {name: value for name, value in point.items() if name != "length"}
            for task in tasks:
                ask = TextAsk(task, point["length"], options)
                check_told(task, ask.setting.template)
                assert 10 <= ask.length <= 50


@pytest.mark.parametrize(
    "chat, task, length, options, seed, prompt",
    [
        ("off", LOREM_COPY, 20, {}, 12614350283766082095, "0780f57aa829ad65"),
        (
            *("off", LOREM_COPY, 20, {"template": "verbatim", "demonstrations": 0}),
            *(3821771297674525579, "e8821607ae41110b"),
        ),
        ("off", PROSE_COPY, 100, {}, 10208807074055966175, "0780f57aa829ad65"),
        ("off", REVERT_ORDER, 5, {}, 3201017905571297896, "3f915373d60c5398"),
        ("off", HASH_COPY, 6, {}, 695671808543620159, "d3697f2c10abb529"),
        ("auto", LOREM_COPY, 20, {}, 2457000148814651830, "847bb249c75e97f6"),
        ("auto", REVERT_ORDER, 5, {}, 9213644342494114745, "8d066b6cf3bad651"),
        (
            *("auto", CHERRY_PICK_ORDER, 5, {"demonstrations": 2}),
            *(3329712128929291237, "a5085955bd4ec2f0"),
        ),
        ("auto", DNA_COPY, 4, {"demonstrations": 0}, 1802241260512149068, "1f423bcbdc7eafb2"),
        ("auto", UUID_COPY, 1, {}, 1563716962389766629, "1f423bcbdc7eafb2"),
    ],
)
def test_keys_of_natural_tasks_stay(
    opened, chatting, tmp_path, chat, task, length, options, seed, prompt
):
    """As they were before symbols were asked about in conversations."""
    audit = opened(chatting("stdlib-born", TEMPLATE), tmp_path, chat=chat)
    key = audit.writer.key(TextAsk(task, length, options), "claim")
    thoughts = "; 64 tokens of thoughts" if chat == "auto" else ""

    assert (key.task, key.seed, key.prompt) == (task.name, seed, prompt)
    assert key.sampler_version == 1
    assert key.bos_policy == f"as the tokenizer has it; ends 1{thoughts}"
