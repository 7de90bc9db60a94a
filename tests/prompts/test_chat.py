"""Conversations are written by real templates; answers are read from between their tags."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast

from claimkit.errors import Unsupported
from claimkit.prompts.chat import CLOSE, OPEN, SYSTEM, THINK, THOUGHT, Chat, read_reply

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
NO_SYSTEM = (
    "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}"
    "{% endif %}" + CHATML
)
DROPS_SYSTEM = "{% for m in messages if m['role'] == 'user' %}[{{ m['content'] }}]{% endfor %}"
THINKING = CHATML.replace("assistant\n", "assistant\n<think>\n")
MAY_THINK = CHATML + "{# everything up to </think> is left out of earlier turns #}"
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="<>"), max_size=30)


def chatting(template):
    """Return a real tokenizer with a chat template."""
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.WordLevel({"a": 0})))
    tokenizer.chat_template = template
    return tokenizer


def test_a_conversation_has_the_system_prompt_and_the_users_words():
    """As the template of the tokenizer writes it."""
    chat = Chat.of(chatting(CHATML))

    assert chat.prompt(" Copy: ab \n") == (
        f"<|im_start|>system\n{SYSTEM}<|im_end|>\n<|im_start|>user\nCopy: ab<|im_end|>\n"
        "<|im_start|>assistant\n"
    )
    assert not chat.thinks
    assert not chat.opened


@pytest.mark.parametrize("template", [NO_SYSTEM, DROPS_SYSTEM])
def test_where_there_is_no_system_role_the_user_says_it(template):
    """Whether the template refuses it or drops it."""
    chat = Chat.of(chatting(template))

    assert f"{SYSTEM}\n\nab" in chat.prompt("ab")


@pytest.mark.parametrize("template", [THINKING, MAY_THINK])
def test_templates_tell_whether_a_model_thinks(template):
    """By the tags of thoughts, wherever they stand; and whether it is thinking already."""
    chat = Chat.of(chatting(template))

    assert chat.thinks
    assert chat.opened == (template == THINKING)


@given(WORDS)
def test_words_stand_in_the_prompt_as_the_template_would_write_them(words):
    """The rendering around a placeholder is the rendering of the words themselves."""
    tokenizer = chatting(CHATML)
    conversation = [
        {"role": "system", "content": SYSTEM},
        {"role": "user", "content": words.strip()},
    ]

    assert Chat.of(tokenizer).prompt(words) == tokenizer.apply_chat_template(
        conversation, tokenize=False, add_generation_prompt=True
    )


@pytest.mark.parametrize(
    "template, says",
    [
        (None, "no chat template"),
        ("{{ raise_exception('only tools') }}", "only tools"),
        ("{{ messages | length }}", "takes no system prompt"),
        ("{{ messages[0]['content'] }}", "once"),
        (CHATML + "{{ messages[-1]['content'] }}", "once"),
    ],
)
def test_templates_of_no_use_are_refused(template, says):
    """With what to do about it."""
    with pytest.raises(Unsupported, match=rf"{says}[^\n]*--chat off"):
        Chat.of(chatting(template))


@given(before=WORDS, answer=WORDS, behind=WORDS, thoughts=WORDS)
def test_an_answer_is_read_from_between_its_tags(before, answer, behind, thoughts):
    """Whatever stands around it; thoughts and what they quote are skipped."""
    said = f"{before}{OPEN}{answer}{CLOSE}{behind}"

    for written in (
        said,
        f"{THINK}{thoughts}{THOUGHT}{said}",
        f"{THINK}{OPEN}{thoughts}{CLOSE}{THOUGHT}{said}",
        f"{thoughts}{THOUGHT}{said}",
    ):
        reply = read_reply(written, opened=written.startswith(thoughts + THOUGHT))
        assert (reply.answer, reply.parsed) == (answer.strip(), True)


@given(before=WORDS, answer=WORDS)
def test_what_is_not_between_tags_is_not_parsed(before, answer):
    """An open end, no tags, tags in thoughts that never end."""
    assert not read_reply(f"{before}{OPEN}{answer}").parsed
    assert not read_reply(f"{before}{answer}{CLOSE}").parsed
    assert not read_reply(before).parsed
    assert not read_reply(f" {THINK}{OPEN}{answer}{CLOSE}").parsed
    assert not read_reply(f"{OPEN}{answer}{CLOSE}", opened=True).parsed
    assert not read_reply(f"{OPEN}{answer}{CLOSE}{THOUGHT}{before}").parsed
