"""``claimkit replay`` of a natural task: one text of the stream that its claims read."""

from __future__ import annotations

import argparse
from typing import Any, Final

from claimkit.cli.opening import spec_of
from claimkit.errors import InvalidInput
from claimkit.prompts.chat import CHAT_MODES
from claimkit.tasks.natural import natural_task

SYMBOLS_ONLY: Final = ("context", "query", "no_separator", "demonstration_length", "vocabulary")
"""Options of questions about symbols."""

TEXTS_ONLY: Final = ("text", "chat", "thinking")
"""Options of questions about texts."""


def add_text_options(replay: argparse.ArgumentParser) -> None:
    """Add the options that texts alone have; none of them has a default."""
    add = replay.add_argument
    add("--text", type=int, metavar="N", help="of natural tasks: which text, counted from 0")
    add("--chat", metavar="MODE", help=f"of natural tasks: {', '.join(CHAT_MODES)}; default: auto")
    add("--thinking", type=int, metavar="TOKENS", help="tokens to think first, default: 2048")


def refuse(options: argparse.Namespace, names: tuple[str, ...], needs: str) -> None:
    """Raise if an option was given that the task does not have.

    Raises:
        InvalidInput: With the first of them.
    """
    for name in names:
        value = getattr(options, name)
        if value is not None and value is not False:
            raise InvalidInput(
                f"--{name.replace('_', '-')} is no option of {options.task}, got {value!r}; "
                f"leave it out and give {needs}"
            )


def run_replay_text(options: argparse.Namespace) -> int:
    """Print question, expected and actual answer; return 0 if it is right, else 1.

    Raises:
        ClaimkitError: If the model cannot be loaded, or such a text not be asked about.
    """
    refuse(options, SYMBOLS_ONLY, "--length and --text")
    index, mode, thinking = _checked(options)
    # Imports torch; `claimkit --help` should not wait for it.
    from claimkit.auditing.natural.asks import TextAsk
    from claimkit.auditing.natural.replaying import THINKING, ask_again
    from claimkit.models.chats import has_chat_template
    from claimkit.models.checkpoint import Checkpoint
    from claimkit.models.language_model import load
    from claimkit.models.tokenizer import load_tokenizer

    named = {name: getattr(options, name) for name in ("template", "demonstrations")}
    given: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    ask, spec = TextAsk(natural_task(options.task), options.length, given), spec_of(options)
    checkpoint = Checkpoint.find(spec)
    chats = has_chat_template(checkpoint) if mode == "auto" else mode == "on"
    tokenizer = load_tokenizer(checkpoint, trust_remote_code=spec.trust_remote_code)
    model = load(checkpoint, spec)
    question, answer = ask_again(
        model, tokenizer, ask, index, chats=chats, thinking=thinking or THINKING
    )
    print(f"model     {checkpoint.name}, {model.dtype} on {model.device}")
    print(f"prompt:\n{question.words}")
    print(f"expected  {question.gold}\nactual    {answer.text}")
    print(f"answer    {'right' if answer.right else 'WRONG'}")
    return 0 if answer.right else 1


def _checked(options: argparse.Namespace) -> tuple[int, str, int | None]:
    """Return which text is asked about, whether in a conversation, and tokens to think.

    Raises:
        InvalidInput: If one of them is missing or has no such value.
    """
    if options.length is None or options.text is None or options.text < 0:
        raise InvalidInput(
            f"{options.task} is asked about one of its texts: give --length and --text, counted "
            f"from 0, got --length {options.length} and --text {options.text}"
        )
    mode = options.chat or "auto"
    if mode not in CHAT_MODES:
        raise InvalidInput(f"--chat is one of {', '.join(CHAT_MODES)}, got {mode!r}")
    thinking: int | None = options.thinking
    if thinking is not None and thinking < 1:
        raise InvalidInput(f"--thinking takes whole numbers from 1 on, got {thinking}")
    return options.text, mode, thinking
