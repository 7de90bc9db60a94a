"""Replaying: one question put to a model, which answers by itself, and the command that does it.

A hunt asks many questions of all lengths behind the same demonstrations, those of the first string
of a stream of its own. Short demonstrations do not depend on the question's length, so a question
found at length 3 is asked again without knowing at which length the hunt began.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np

from claimkit.errors import UnknownTask
from claimkit.models.bundled import is_bundled
from claimkit.models.spec import ModelSpec
from claimkit.prompts.lines import spaced
from claimkit.prompts.prompter import Prompter
from claimkit.tasks import Group, Setting, Strings, Task, task_named
from claimkit.tasks.questions import Questions, draw_questions
from claimkit.tasks.sampling import shortest

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from claimkit.models.language_model import LanguageModel

HUNT: Final = "hunt"
"""The purpose of the streams that hunts draw from."""


def behind_demonstrations(task: Task, setting: Setting, strings: Strings) -> Questions:
    """Return strings of any length as questions, all behind the hunt's demonstrations.

    Args:
        task: Whose hunt it is.
        setting: How it is asked; the length is that of the demonstrations, where they are of the
            same length as the question from which the hunt began, and else of no account.
        strings: The questions.

    Raises:
        NotApplicable: If there are no such demonstrations.
    """
    if setting.demonstration_length == "short":
        setting = replace(setting, length=shortest(task.group))
    shown = _demonstrations(task.group, setting)
    return Questions(strings, tuple(_repeated(one, len(strings)) for one in shown))


# A hunt asks for them with every batch.
@lru_cache(maxsize=64)
def _demonstrations(group: Group, setting: Setting) -> tuple[Strings, ...]:
    return draw_questions(group, setting, 1, purpose=HUNT).demonstrations


def _repeated(strings: Strings, times: int) -> Strings:
    queries = None if strings.queries is None else np.repeat(strings.queries, times)
    return Strings(np.repeat(strings.contexts, times, axis=0), queries)


@final
@dataclass(frozen=True)
class Reply:
    """What a model answered to one question.

    Attributes:
        prompt: What it was given, as text, without BOS.
        expected: The right answer, symbols separated by spaces.
        actual: What greedy decoding gave, as text in one line.
        right: Whether these are the same tokens.
    """

    prompt: str
    expected: str
    actual: str
    right: bool


def reply_to(
    language_model: LanguageModel,
    tokenizer: PreTrainedTokenizerBase,
    prompter: Prompter,
    task: Task,
    question: Questions,
) -> Reply:
    """Let a model answer one question by itself.

    Args:
        language_model: The model to ask.
        tokenizer: Its tokenizer, which writes the answer as text.
        prompter: How it is asked.
        task: What is asked.
        question: One question with its demonstrations.
    """
    # Imports torch; see Subject.
    from claimkit.evaluation.greedy import greedy

    episodes = prompter.episodes(task, question)
    prompt = episodes.tokens[0, : episodes.starts[0]].tolist()
    written = greedy(language_model, prompt, episodes.width)
    expected = [prompter.tokens.symbols[i] for i in task.answers(question.strings)[0]]
    text = str(tokenizer.decode(list(written), clean_up_tokenization_spaces=False))
    return Reply(
        prompt=prompter.text(task, question, 0).removesuffix(spaced(expected)),
        expected=" ".join(expected),
        actual=text.strip(" ").replace("\n", "\\n"),
        right=written == tuple(episodes.answers[0].tolist()),
    )


def command(spec: ModelSpec, task: Task, setting: Setting, context: str, query: str) -> str:
    """Return the command line that asks a question again, or "" for a task of one's own.

    Args:
        spec: The model, and how it is loaded.
        task: What is asked.
        setting: How; the length is that of the question from which the hunt began.
        context: Symbols of the context or source, separated by spaces.
        query: The query, or "" for copying.
    """
    if not _is_known(task):
        return ""
    same = setting.demonstration_length == "same"
    options = {
        "model": model_name(spec),
        **unusual(spec, ModelSpec(spec.model)),
        "task": task.name,
        **unusual(setting, Setting(setting.length, setting.symbols, separator=setting.separator)),
        "no_separator": not setting.separator,
        "length": setting.length if same else False,
        "context": context,
        "query": query or False,
    }
    return words_of(options)


def words_of(options: Mapping[str, object]) -> str:
    """Return the command line of ``claimkit replay`` with some options, but those that are False.

    >>> words_of({"task": "NF", "no_separator": True, "length": False, "context": "a a"})
    "claimkit replay --task NF --no-separator --context 'a a'"
    """
    words = ["claimkit", "replay"]
    for name, value in options.items():
        if value is not False:
            words.append(f"--{name.replace('_', '-')}")
            words += [] if value is True else [str(value)]
    return shlex.join(words)


def _is_known(task: Task) -> bool:
    """Return whether the command finds the task by its name."""
    try:
        return task_named(task.name) == task
    except UnknownTask:
        return False


def model_name(spec: ModelSpec) -> str:
    """Return a bundled model's name, from wherever it was loaded, and else what was typed."""
    name = Path(spec.model).name
    return name if is_bundled(spec.model) and not Path(name).exists() else spec.model


def unusual(value: ModelSpec | Setting, usual: ModelSpec | Setting) -> dict[str, Any]:
    """Return the fields that are not as usual."""
    others = asdict(usual)
    return {name: found for name, found in asdict(value).items() if found != others[name]}
