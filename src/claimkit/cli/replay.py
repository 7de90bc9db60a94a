"""``claimkit replay`` asks a model one question and lets it answer by itself.

Counterexamples are printed with the command that replays them: the same prompt, token by token,
behind the demonstrations that the hunt for it used. The answer is right: exit status 0; it is
wrong: 1; the question cannot be asked: 2.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from claimkit.cli.opening import MODEL, add_opening, spec_of
from claimkit.cli.replay_text import TEXTS_ONLY, add_text_options, refuse, run_replay_text
from claimkit.errors import InvalidInput
from claimkit.tasks import TASKS, Copying, Retrieval, Setting, Strings, Task, task_named
from claimkit.tasks.natural import NATURAL_TASKS

if TYPE_CHECKING:
    from claimkit.prompts.prompter import Prompter


def add_replay(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the ``claimkit`` command."""
    replay = commands.add_parser(
        "replay",
        help="ask a model one question, such as a counterexample, and see what it answers",
        description="Ask a model one question and let it answer by itself, greedily. Exit status: "
        "0 if the answer is right, 1 if it is wrong.",
    )
    replay.set_defaults(run_command=run_replay)
    add = replay.add_argument
    add("--model", metavar="PATH", help=MODEL)
    add_opening(replay)
    usual = Setting(length=1, symbols=1)
    named = ", ".join([*TASKS, *NATURAL_TASKS])
    add("--task", required=True, metavar="NAME", help=f"such as {named}")
    add("--context", metavar="SYMBOLS", help="context or source, with spaces")
    add("--query", metavar="SYMBOL", help="the query, for retrieval tasks")
    add("--template", metavar="NAME", help=f"default: {usual.template}, of texts the task's own")
    add("--no-separator", action="store_true", help="no mark between context and query")
    add("--demonstrations", type=int, metavar="N")
    add("--demonstration-length", metavar="WORD")
    add("--length", type=int, metavar="N", help="of demonstrations of the same length; of a text")
    add("--vocabulary", metavar="WORD", help=f"default: {usual.vocabulary}")
    add_text_options(replay)


def run_replay(options: argparse.Namespace) -> int:
    """Print prompt, expected and actual answer; return 0 if it is right, else 1.

    Raises:
        ClaimkitError: If the model cannot be loaded, or such a question not be asked.
    """
    if options.task in NATURAL_TASKS:
        return run_replay_text(options)
    refuse(options, TEXTS_ONLY, "--context")
    if options.context is None:
        raise InvalidInput(f"{options.task} needs a --context, symbols with spaces between them")
    # Imports torch; `claimkit --help` should not wait for it.
    from claimkit.auditing.replaying import behind_demonstrations, reply_to
    from claimkit.evaluation.scoring import score
    from claimkit.models.checkpoint import Checkpoint
    from claimkit.models.language_model import load
    from claimkit.models.tokenizer import load_tokenizer
    from claimkit.prompts.frames import frame_for
    from claimkit.prompts.prompter import Prompter

    task, spec = task_named(options.task), spec_of(options)
    checkpoint = Checkpoint.find(spec)
    tokenizer = load_tokenizer(checkpoint, trust_remote_code=spec.trust_remote_code)
    prompter = Prompter.of(tokenizer, frame_for(task, _setting(options, symbols=2)))
    setting = _setting(options, symbols=len(prompter.tokens.symbols))
    strings = _string(options, task, prompter)
    # Before demonstrations are drawn, of which there may be more than any window holds.
    for length in {setting.length, strings.length}:
        prompter.check_window(task, replace(setting, length=length), checkpoint.window)
    question = behind_demonstrations(task, setting, strings)
    prompter.check_against(tokenizer, task, question)
    language_model = load(checkpoint, spec)
    margin = float(score(language_model, prompter.episodes(task, question)).margin[0])
    reply = reply_to(language_model, tokenizer, prompter, task, question)
    print(f"model     {checkpoint.name}, {language_model.dtype} on {language_model.device}")
    print(f"prompt:\n{reply.prompt}")
    print(f"expected  {reply.expected}\nactual    {reply.actual}")
    print(f"margin    {margin:+.3f}\nanswer    {'right' if reply.right else 'WRONG'}")
    return 0 if reply.right else 1


def _setting(options: argparse.Namespace, symbols: int) -> Setting:
    names = ("demonstrations", "demonstration_length", "template", "vocabulary")
    given = {name: getattr(options, name) for name in names}
    setting = Setting(
        length=_length(options),
        symbols=symbols,
        separator=not options.no_separator,
        **{name: value for name, value in given.items() if value is not None},
    )
    if options.length is not None and setting.demonstration_length != "same":
        raise InvalidInput(
            f"--length {options.length} is for demonstrations of the same length, and these are "
            f"{setting.demonstration_length}; leave it out"
        )
    return setting


def _length(options: argparse.Namespace) -> int:
    return max(1, len(options.context.split())) if options.length is None else int(options.length)


def _string(options: argparse.Namespace, task: Task, prompter: Prompter) -> Strings:
    """Return the typed question in numbers of the model's alphabet.

    Raises:
        InvalidInput: If it has a query and should not or the reverse, or holds what is no symbol.
    """
    import numpy as np

    if (options.query is not None) != task.group.is_retrieval:
        needs = "needs a --query" if task.group.is_retrieval else "takes no --query"
        raise InvalidInput(f"{task.name} {needs}, got {options.query!r}")
    alphabet = {symbol: number for number, symbol in enumerate(prompter.tokens.symbols)}
    typed = [*options.context.split(), *([options.query] if options.query is not None else [])]
    strange = [symbol for symbol in typed if symbol not in alphabet]
    if strange or not options.context.split():
        raise InvalidInput(
            f"a question is written in single symbols with spaces between them, got "
            f"{strange[0] if strange else options.context!r}; this model's symbols are "
            f"{prompter.tokens.written}"
        )
    _require_answer(task, options.context.split(), options.query)
    numbers = np.array([[alphabet[symbol] for symbol in typed]], dtype=np.int64)
    if options.query is None:
        return Strings(numbers)
    return Strings(numbers[:, :-1], numbers[:, -1])


def _require_answer(task: Task, context: list[str], query: str | None) -> None:
    """Raise in the symbols that were typed, where numbers would mean nothing.

    Raises:
        InvalidQuestion: If the question has no right answer.
    """
    if isinstance(task, Copying):
        task.answer(context)
    elif isinstance(task, Retrieval) and query is not None:
        task.answer(context, query)
