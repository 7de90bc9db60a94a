"""Models with a planted flaw: right by rule at every answer, but for one known kind of question.

The body is the first layer of forward-born, which is all that it takes to be a model. At answer
positions the right token is put one logit above all others, or one below them where the flaw says
so, whatever the question: the margin is flat, and gives no slope to a search.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from transformers import LlamaForCausalLM

from claimkit.errors import InvalidQuestion
from claimkit.models.bundled import bundled_models
from claimkit.models.language_model import LanguageModel
from claimkit.prompts.prompter import Prompter
from claimkit.tasks import Task

Flaw = Callable[[list[int], int | None], bool]
"""Tells from the symbols of context and query, as numbers, whether the answer is to be wrong."""


def repeats(symbol: int) -> Flaw:
    """Wrong exactly when this symbol stands in the context more than once."""
    return lambda context, query: context.count(symbol) > 1


def conjunction(first: int, one: int, other: int) -> Flaw:
    """Wrong only when the context begins with one symbol and holds another before a third."""

    def flaw(context, query):
        return context[0] == first and one in context and other in context[context.index(one) :]

    return flaw


class Planted(LlamaForCausalLM):
    """A Llama that answers one task by rule, and some of its questions wrongly."""

    def plant(self, prompter: Prompter, task: Task, flaw: Flaw) -> None:
        """Say what is asked, how, and what goes wrong; for prompts without words around."""
        tokens = prompter.tokens
        self._symbols = {token: i for i, token in enumerate(tokens.symbol_ids)}
        self._ids, self._middle = tokens.symbol_ids, tokens.middle[-1]
        self._task, self._flaw = task, flaw
        # Later steps of a cached generation would see no question.
        self.config.use_cache = self.generation_config.use_cache = False

    def forward(self, input_ids, logits_to_keep=0, **others):
        """Return the logits of the columns to keep, those at answers replaced by rule."""
        output = super().forward(input_ids=input_ids, logits_to_keep=logits_to_keep, **others)
        columns = torch.arange(input_ids.shape[1])
        whole = isinstance(logits_to_keep, int)
        columns = columns[-logits_to_keep:] if whole else columns[logits_to_keep]
        for row, tokens in enumerate(input_ids.tolist()):
            for place, column in enumerate(columns.tolist()):
                self._answer(output.logits[row, place], tokens[: column + 1])
        return output

    def _answer(self, logits: torch.Tensor, tokens: list[int]) -> None:
        """Put the right token above or below all others, if an answer token comes next."""
        asked = self._question(tokens)
        if asked is None:
            return
        context, query, given = asked
        try:
            answers = self._answers(context, query)
        except InvalidQuestion:
            # Some checks feed texts that only look like questions.
            return
        right = self._ids[answers[given]]
        logits[right] = -torch.inf
        logits[right] = logits.max() + (-1.0 if self._flaw(context, query) else 1.0)

    def _answers(self, context: list[int], query: int | None) -> list[int]:
        if query is None:
            return self._task.answer(context)
        return [self._task.answer(context, query)]

    def _question(self, tokens: list[int]) -> tuple[list[int], int | None, int] | None:
        """Return context, query and the number of answer symbols given, or None."""
        if self._middle not in tokens:
            return None
        mark = len(tokens) - 1 - tokens[::-1].index(self._middle)
        context = self._symbols_before(tokens[:mark])
        behind = tokens[mark + 1 :]
        if not self._task.group.is_retrieval:
            sound = all(token in self._symbols for token in behind) and len(behind) < len(context)
            return (context, None, len(behind)) if sound else None
        # Query and colon.
        if len(behind) != 2 or behind[0] not in self._symbols or behind[1] in self._symbols:
            return None
        return context, self._symbols[behind[0]], 0

    def _symbols_before(self, tokens: list[int]) -> list[int]:
        context: list[int] = []
        for token in reversed(tokens):
            if token not in self._symbols:
                break
            context.insert(0, self._symbols[token])
        return context


def planted(prompter: Prompter, task: Task, flaw: Flaw, kind=Planted) -> LanguageModel:
    """Return a model with a flaw planted in it."""
    model = kind.from_pretrained(str(bundled_models() / "forward-born"), dtype=torch.float32)
    model.model.layers = model.model.layers[:1]
    model.plant(prompter, task, flaw)
    return LanguageModel.of(model, window=1024, name="planted")
