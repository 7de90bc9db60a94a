"""Tasks of symbols as the words of a user in a conversation.

Symbols, solved lines and sentences are those of questions whose answers are scored; what tells a
model to go on with a text is left out: ``<bos>`` and ``<eos>``, which are written there as text.

Source: arXiv:2505.21785, §4.1 and its appendix on prompts: instructed models get the chat template,
a system prompt, and answer in ``<target>`` tags. Differs: the paper does not print how solved
lines are put to them; here they have their answers between the same tags.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from claimkit.errors import Unsupported
from claimkit.prompts.chat import CLOSE, OPEN
from claimkit.prompts.lines import Solved, line_for, spaced
from claimkit.prompts.texts import Written
from claimkit.prompts.wording import COMMAS, WITH_EXAMPLE, check_template, opening, templates_of
from claimkit.tasks import Setting, Strings, Task
from claimkit.tasks.checking import checked_answers
from claimkit.tasks.questions import ABSENT, Questions

TOLD: Final = "Complete the last line as the lines before it are complete ."
"""Marks and words are apart, so that a word-level vocabulary can hold them."""


def told_templates(task: Task) -> tuple[str, ...]:
    """Return the templates that a task has in conversations.

    A worked example stands in a text to go on with, and *commas* is another way to write one.

    >>> from claimkit.tasks import UR
    >>> told_templates(UR)
    ('bare', 'rule', 'formal')
    """
    return tuple(
        name for name in templates_of(task) if name != COMMAS and not name.endswith(WITH_EXAMPLE)
    )


def check_told(task: Task, template: str) -> None:
    """Raise if a task has no such template in conversations.

    Raises:
        Unsupported: With the templates that it has.
    """
    check_template(task, template)
    if template not in (there := told_templates(task)):
        raise Unsupported(
            f"{task.name} has no template {template!r} in conversations, it has "
            f"{', '.join(map(repr, there))}"
        )


def told_words(
    task: Task,
    setting: Setting,
    solved: Sequence[Solved],
    asked: tuple[Sequence[str], str | None],
) -> str:
    """Return the words of a user who asks about symbols.

    Args:
        task: Whose sentence opens the words, where the template has one.
        setting: Its template, without the mark of conversations, and its separator.
        solved: Contexts, queries and answers of the demonstrations.
        asked: Context and query of the question.

    Raises:
        Unsupported: If the task has no such template in conversations.
    """
    check_told(task.asked, setting.template)
    sentence = opening(task.asked, setting.template)
    head = f"{sentence}\n" if sentence else ""
    shown = "".join(
        f"{told_line(task, setting, context, query)} {OPEN}{spaced(answer)} {CLOSE}\n"
        for context, query, answer in solved
    )
    return f"{head}{TOLD}\n\n{shown}{told_line(task, setting, *asked)}"


def told_line(task: Task, setting: Setting, context: Sequence[str], query: str | None) -> str:
    """Return a line up to where its answer begins, without what begins a text."""
    line = line_for(task.asked.group, setting)
    return line.question(context, query).removeprefix(line.begin)


def told_questions(
    task: Task, setting: Setting, questions: Questions, symbols: Sequence[str]
) -> list[Written]:
    """Return questions about symbols in a user's words, with their right answers.

    Args:
        task: Whose answers are gold.
        setting: As of :func:`told_words`.
        questions: Strings as numbers into the alphabet, with their demonstrations.
        symbols: The alphabet.

    Raises:
        InvalidQuestion: If a task of one's own has no answer to one of them.
        Unsupported: If the task has no such template in conversations.
    """
    parts = [*questions.demonstrations, questions.strings]
    found = []
    for *solved, (context, query, gold) in zip(
        *(_solved(task, part, symbols) for part in parts), strict=True
    ):
        words = told_words(task, setting, solved, (context, query))
        found.append(Written(words, " ".join(gold)))
    return found


def _solved(task: Task, strings: Strings, symbols: Sequence[str]) -> list[Solved]:
    """Return each string in symbols, with its query and answer."""
    answers = checked_answers(task, strings, len(symbols))
    queries = strings.queries
    return [
        (
            [symbols[i] for i in context if i != ABSENT],
            None if queries is None else symbols[queries[row]],
            [symbols[i] for i in answer],
        )
        for row, (context, answer) in enumerate(zip(strings.contexts, answers, strict=True))
    ]
