"""The words around the lines: what each template says, in our own sentences.

*bare* says nothing. *rule* is one sentence of plain English, *formal* an equation over positions,
*hint* one word. The *+example* forms add a worked example, which uses up one demonstration.
All words and marks are separated by single spaces, so that a word-level vocabulary can hold them.

Source: arXiv:2505.21785, §4.1 and its appendix on prompts (content, not wording).
"""

from __future__ import annotations

from claimkit.tasks import Copying, Retrieval, Task

RETRIEVAL_TEMPLATES = ("bare", "rule", "formal", "rule+example", "formal+example")
COPYING_TEMPLATES = ("bare", "rule", "hint")

_WHICH = {
    "only": ("", "only"),
    "first": ("first ", "smallest"),
    "last": ("last ", "largest"),
}


def opening(task: Task, template: str) -> str:
    """Return the sentence that stands before the lines, without its line break.

    >>> from claimkit.tasks import UL
    >>> opening(UL, "rule")
    'Rule : answer with the symbol directly to the left of the appearance of the query .'
    """
    if isinstance(task, Retrieval):
        return _retrieval_opening(task, template.removesuffix("+example"))
    if isinstance(task, Copying):
        return _copying_opening(task, template)
    raise TypeError(f"no wording for {task!r}")


def _retrieval_opening(task: Retrieval, template: str) -> str:
    which, position = _WHICH[task.occurrence]
    sign = "+" if task.step > 0 else "-"
    return {
        "bare": "",
        "rule": f"Rule : answer with the symbol directly to the {task.direction} "
        f"of the {which}appearance of the query .",
        "formal": f"Rule : let i be the {position} position with x [ i ] = query . "
        f"The answer is x [ i {sign} 1 ] .",
    }[template]


def _copying_opening(task: Copying, template: str) -> str:
    order = "the same" if task.step > 0 else "reverse"
    return {
        "bare": "",
        "rule": f"Rule : write the symbols of the line again in {order} order .",
        "hint": "Hint : forward ." if task.step > 0 else "Hint : backward .",
    }[template]


def worked_example(task: Retrieval, context: list[str], query: str, place: int, answer: str) -> str:
    """Return one solved question in words; ``place`` counts from 1.

    Source: arXiv:2505.21785, appendix on prompts: *rule/formal with one worked example*.
    """
    which = _WHICH[task.occurrence][0]
    return (
        f"Example : in {' '.join(context)} the {which}appearance of {query} "
        f"is at position {place} , so the answer is {answer} ."
    )
