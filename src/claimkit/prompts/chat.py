"""Chats: a question as the user's turn of a conversation, and the answer between its tags.

A conversation is written by the tokenizer's own chat template. It is rendered once, around a
placeholder; what stands in front of the placeholder and behind it is all that a prompt needs.

Source: arXiv:2505.21785, appendix on prompts: instructed models get their chat template, a system
prompt that asks for a careful direct answer without code, and answer in ``<target>`` tags.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, Protocol, final, get_args

from claimkit.errors import Unsupported

ChatMode = Literal["auto", "on", "off"]
"""Whether a model is asked in a conversation; *auto*: if its tokenizer has a chat template."""

CHAT_MODES: Final[tuple[ChatMode, ...]] = get_args(ChatMode)

OPEN: Final = "<target>"
CLOSE: Final = "</target>"
SYSTEM: Final = (
    "You are a careful assistant. Work out the answer yourself, without writing any code, and give "
    f"it directly, without any explanation, between {OPEN} and {CLOSE}."
)
THINK: Final = "<think>"
THOUGHT: Final = "</think>"
"""What stands around the thoughts of a thinking model (Qwen3, DeepSeek-R1 and many since)."""

_PLACEHOLDER: Final = "claimkit-question"


class ChatTokenizer(Protocol):
    """What is asked of a tokenizer whose model holds conversations."""

    chat_template: str | Mapping[str, str] | None

    def apply_chat_template(
        self,
        conversation: list[dict[str, str]],
        *,
        tokenize: bool,
        add_generation_prompt: bool,
    ) -> object:
        """Return a conversation as text, up to where the model goes on."""
        ...


@final
@dataclass(frozen=True)
class Chat:
    """What a chat template writes around the user's words.

    Attributes:
        front: In front of them, system prompt included.
        behind: Behind them, up to where the model goes on.
        thinks: Whether the template knows of thoughts, so that an answer may begin with some.
    """

    front: str
    behind: str
    thinks: bool

    @staticmethod
    def of(tokenizer: ChatTokenizer) -> Chat:
        """Render a tokenizer's chat template.

        A template that refuses a system prompt has it in front of the user's words.

        Raises:
            Unsupported: If there is no template, it fails, or it changes the user's words.
        """
        if not tokenizer.chat_template:
            raise Unsupported(
                "this tokenizer has no chat template; ask the model as it is with --chat off"
            )
        text = _rendered(tokenizer)
        front, found, behind = text.partition(_PLACEHOLDER)
        if not found or _PLACEHOLDER in behind:
            raise Unsupported(
                f"this tokenizer's chat template does not write the user's words once: {text!r}; "
                "mend the template, or ask the model as it is with --chat off"
            )
        templates = tokenizer.chat_template
        # Others are for tools and documents.
        written = templates if isinstance(templates, str) else templates.get("default", "")
        return Chat(front, behind, thinks=THOUGHT in written or THINK in behind)

    @property
    def opened(self) -> bool:
        """Whether the model goes on inside its thoughts."""
        return self.behind.rfind(THINK) > self.behind.rfind(THOUGHT)

    def prompt(self, words: str) -> str:
        """Return the conversation with the user's words, whose outer spaces are left out.

        >>> Chat("<s>[INST] ", " [/INST]", thinks=False).prompt("Copy this: ab")
        '<s>[INST] Copy this: ab [/INST]'
        """
        return f"{self.front}{words.strip()}{self.behind}"

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


@final
@dataclass(frozen=True)
class Reply:
    """An answer as it was found in what a model wrote.

    Attributes:
        answer: What stands between the tags, outer spaces left out; all of it where they are not.
        parsed: Whether there are such tags, behind any thoughts.
    """

    answer: str
    parsed: bool


def read_reply(written: str, *, opened: bool = False) -> Reply:
    r"""Return the answer in what a model wrote, thoughts left out.

    Args:
        written: All of it, closing tag included.
        opened: Whether it begins inside thoughts.

    >>> read_reply("Sure! <target> a b </target>")
    Reply(answer='a b', parsed=True)
    >>> read_reply("<think>It is <target>b</target></think>\n<target>a</target>").answer
    'a'
    >>> read_reply("<think>Let me see", opened=False).parsed
    False
    """
    _, thought, said = written.rpartition(THOUGHT)
    if not thought and (opened or written.lstrip().startswith(THINK)):
        return Reply(written.strip(), parsed=False)
    before, closed, _ = said.partition(CLOSE)
    _, open_, answer = before.rpartition(OPEN)
    if not (open_ and closed):
        return Reply(said.strip(), parsed=False)
    return Reply(answer.strip(), parsed=True)


def _rendered(tokenizer: ChatTokenizer) -> str:
    """Return the template around the placeholder, with the system prompt wherever it may stand."""
    user = {"role": "user", "content": _PLACEHOLDER}
    told = {"role": "user", "content": f"{SYSTEM}\n\n{_PLACEHOLDER}"}
    problem: Exception | None = None
    for conversation in ([{"role": "system", "content": SYSTEM}, user], [told]):
        try:
            text = _text(tokenizer, conversation)
        # A template may raise whatever it likes: many have a raise_exception of their own.
        except Exception as error:
            problem = error
            continue
        # Some templates drop a system prompt without a word.
        if SYSTEM in text:
            return text
    raise Unsupported(
        "this tokenizer's chat template takes no system prompt, neither as one nor in the user's "
        f"words{f' ({problem})' if problem else ''}; mend the template, or ask the model as it is "
        "with --chat off"
    )


def _text(tokenizer: ChatTokenizer, conversation: Sequence[dict[str, str]]) -> str:
    return str(
        tokenizer.apply_chat_template(
            list(conversation), tokenize=False, add_generation_prompt=True
        )
    )
