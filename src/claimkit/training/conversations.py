"""The conversations that controls know, beside texts to go on with.

A tokenizer without a chat template has its model asked as text; with
:data:`TEMPLATE` it is an instructed model.
"""

from __future__ import annotations

from typing import Final

from claimkit.prompts.chat import CLOSE, OPEN, SYSTEM, Chat

TEMPLATE: Final = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""ChatML, as many models have it."""

CHAT: Final = Chat(
    front=f"<|im_start|>system\n{SYSTEM}<|im_end|>\n<|im_start|>user\n",
    behind="<|im_end|>\n<|im_start|>assistant\n",
    thinks=False,
)
"""What the template writes around the user's words."""


TURN_END: Final = "<|im_end|>"


def reply(answer: str) -> str:
    """Return an answer as an instructed model gives it."""
    return f"{OPEN}{answer}{CLOSE}"
