"""Real models write, and what they wrote is judged: bundled ones, also as instructed ones."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from claimkit.auditing.grids import Grid
from claimkit.auditing.limits import BUDGET_USED_UP
from claimkit.auditing.natural.asking import MANNERS, SPARE, Asker
from claimkit.errors import InvalidInput, NotApplicable
from claimkit.evaluation.greedy import greedy
from claimkit.evidence.verdicts import Verdict
from claimkit.prompts.chat import Chat
from claimkit.prompts.texts import Written
from claimkit.tasks.natural import DNA_COPY, HASH_COPY, LOREM_COPY, REVERT_ORDER

TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
THINKING = TEMPLATE + "{# thoughts end with </think> #}"
DATED = "{{ strftime_now('%H:%M:%S.%f') }}" + TEMPLATE


@pytest.fixture(scope="module")
def stdlib(opened, tmp_path_factory):
    """Return the audit of a small model of text, which copies nothing exactly."""
    return opened("stdlib-born", tmp_path_factory.mktemp("stdlib"))


def test_what_is_written_wrongly_is_no_pass(stdlib):
    """Of 64 hashes; the streams that were read are told."""
    judgement = stdlib.decide(stdlib.accuracy(HASH_COPY, length=6), at_least=0.5)

    assert judgement.verdict is Verdict.FAILS
    assert (judgement.estimate.samples, judgement.estimate.unit) == (64, "texts")
    assert [sample.task for sample in judgement.streams] == ["HashCopy"]


def test_what_a_model_writes_is_right_where_it_should_write_that(stdlib):
    """The right answer is what the model writes alone, token by token; another one is wrong."""
    subject = stdlib.writer.subject
    model, tokenizer = subject.language_model, subject.tokenizer
    words = [f"import {name}\n" for name in ("os", "sys", "json", "re", "math")]
    prompts = [tokenizer.encode(text, add_special_tokens=True) for text in words]
    texts = [tokenizer.decode(greedy(model, prompt, 40)) for prompt in prompts]
    gold = [text.partition("\n")[0] for text in texts]
    asker = Asker(model, tokenizer, "\n", None, thinking=1)
    asked = [Written(text, right) for text, right in zip(words, gold, strict=True) if right.strip()]
    shifted = [replace(one, gold=f"{one.gold} x") for one in asked]

    assert len(asked) >= 2
    assert all(answer.right for answer in asker.answers(asked))
    assert not any(answer.right for answer in asker.answers(shifted))


def test_what_was_written_is_kept(stdlib, opened):
    """A second audit finds it in the store and loads no weights."""
    request = stdlib.accuracy(HASH_COPY, length=6)
    first = stdlib.decide(request, at_least=0.5)
    again = opened("stdlib-born", stdlib.writer.subject.store.root)
    second = again.decide(request, at_least=0.5)

    assert replace(second, seconds=0) == replace(first, seconds=0)
    assert "language_model" not in vars(again.writer.subject)
    kept = again.writer.answers(request.asks[0], 64, "claim").answers
    assert len(kept) == 64
    assert all(one.gold and one.written for one in kept)


def test_drawn_settings_are_judged_each(stdlib):
    """By the same rule as other claims; the first that fails is told."""
    grid = Grid((("length", (4, 6)), ("demonstrations", (0, 1))), draws=2)
    rate = stdlib.drawn(partial(stdlib.accuracy, HASH_COPY), grid)
    judgement = stdlib.decide(rate, at_least=0.5)

    assert judgement.verdict is Verdict.FAILS
    assert "drawn setting 1 of 2 fails" in judgement.reason
    assert judgement.label == "accuracy of HashCopy at 2 drawn settings"
    assert judgement.streams


def test_paragraphs_that_are_no_copies_show_no_glitches(stdlib):
    """Nothing can be said of where copies go wrong where nothing is copied."""
    judgement = stdlib.decide(stdlib.glitch_excess(length=20, demonstrations=0), above=0.0)

    assert judgement.verdict is Verdict.NOT_APPLICABLE
    assert "not elicited: LoremCopy is copied" in judgement.reason


def test_samples_are_taken_anew(stdlib):
    """The same of the same texts; of another setting or other words they are refused."""
    request = stdlib.accuracy(HASH_COPY, length=6)
    streams = stdlib.decide(request, at_least=0.5).streams

    assert stdlib.resample(request, streams) == streams
    assert stdlib.resample(request, streams, 16) == tuple(one.first(16) for one in streams)
    assert "Original:" in stdlib.question(request, streams[0], 3)
    with pytest.raises(InvalidInput, match="none that this claim asks for"):
        stdlib.resample(stdlib.accuracy(HASH_COPY, length=7), streams)
    with pytest.raises(InvalidInput, match="record them anew"):
        stdlib.resample(request, [replace(streams[0], prompt="0" * 16)])


def test_an_instructed_model_is_asked_in_conversations(opened, chatting, tmp_path):
    """From end to end; what it says without tags is wrong and counted apart."""
    audit = opened(chatting("stdlib-born", TEMPLATE), tmp_path)
    judgement = audit.decide(audit.accuracy(DNA_COPY, length=4, demonstrations=0), at_least=0.5)

    assert judgement.verdict is Verdict.FAILS
    assert judgement.label.endswith(", in conversations")
    assert audit.describe()["questions"] == "in conversations"
    assert judgement.streams[0].settings.template == "copy+chat"
    assert "64 of 64 answers of DNACopy were not where they should be" in judgement.reason


def test_a_conversation_stays_as_it_was_rendered_first(opened, chatting, tmp_path):
    """Templates write dates; the same question is asked the next day."""
    folder = chatting("stdlib-born", DATED)
    requests = [opened(folder, tmp_path) for _ in range(2)]
    keys = {
        audit.writer.key(audit.accuracy(DNA_COPY, length=4, demonstrations=0).asks[0], "claim")
        for audit in requests
    }

    assert len(keys) == 1


def test_chat_can_be_left_out_or_asked_for(opened, chatting, tmp_path):
    """Without a template it cannot be asked for."""
    plain = opened(chatting("stdlib-born", TEMPLATE), tmp_path, chat="off")
    forced = opened("stdlib-born", tmp_path, chat="on")

    assert plain.writer.setting(plain.accuracy(LOREM_COPY, length=9).asks[0]).template == "echo"
    with pytest.raises(NotApplicable, match="no chat template"):
        forced.decide(forced.accuracy(HASH_COPY, length=4), at_least=0.5)


def test_a_thinking_model_may_think_before_it_answers(opened, chatting, tmp_path):
    """One that never stops thinking has answered nothing, which is counted apart."""
    audit = opened(chatting("stdlib-born", THINKING), tmp_path, thinking=12)
    request = audit.accuracy(HASH_COPY, length=4, demonstrations=0)
    judgement = audit.decide(request, at_least=0.5)
    kept = audit.writer.answers(request.asks[0], 64, "claim").answers

    assert judgement.verdict is Verdict.FAILS
    assert "64 of 64 answers of HashCopy were not where they should be" in judgement.reason
    # As much as an answer needs: it might have answered at once.
    assert 12 < max(one.written for one in kept) < 120


def test_thoughts_need_no_second_room_for_the_answer(stdlib):
    """Of a window the answer's part is kept once, and thoughts get what is left."""
    model, tokenizer = stdlib.writer.subject.language_model, stdlib.writer.subject.tokenizer
    chat = Chat("", "\n", thinks=True)
    gold, words = "a b " * 20, "x " * 110
    answer, prompt = (len(tokenizer.encode(t, add_special_tokens=False)) for t in (gold, words))
    kept = answer + MANNERS + SPARE
    (one,) = Asker(model, tokenizer, "\n", chat, 10**6).answers([Written(words, gold.strip())])

    assert prompt + kept < model.window < prompt + kept + answer
    assert not one.right
    assert 1 <= one.written <= model.window


def test_what_a_model_cannot_be_asked_is_not_applicable(opened, tmp_path):
    """Texts beyond its window, and words that its tokenizer does not know."""
    narrow, few = opened("stdlib-born", tmp_path), opened("forward-born", tmp_path)

    with pytest.raises(NotApplicable, match="window too short: a prompt of"):
        narrow.decide(narrow.accuracy(REVERT_ORDER, length=25), at_least=0.5)
    with pytest.raises(NotApplicable, match="does not know a word"):
        few.decide(few.accuracy(HASH_COPY, length=4), at_least=0.5)


def test_without_time_nothing_is_asked(opened, tmp_path):
    """And the verdict says so."""
    audit = opened("stdlib-born", tmp_path, deadline=0.0)
    judgement = audit.decide(audit.accuracy(HASH_COPY, length=4), at_least=0.5)

    assert judgement.verdict is Verdict.UNDECIDED
    assert judgement.reason == f"{BUDGET_USED_UP} before the first look"
