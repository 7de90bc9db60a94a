"""Greedy decoding of many prompts, in batches.

Each prompt gets what :func:`claimkit.evaluation.greedy.greedy` gives it alone, up to its end: the
most likely token at every place, without any setting that comes with a checkpoint. Only near ties
hang on the batch, and each answer says how near its nearest was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from claimkit.errors import InvalidInput, ModelError, NotApplicable
from claimkit.evaluation.batching import BatchTooLargeError, Index, halve_on_out_of_memory
from claimkit.evaluation.generation.alone import write_alone
from claimkit.evaluation.generation.answers import Answer, Batching, Effort
from claimkit.evaluation.generation.batches import batches_of, limits_for
from claimkit.evaluation.generation.probing import plan
from claimkit.evaluation.generation.rows import Ending, Row, end_markers
from claimkit.evaluation.generation.stopping import StopStrings
from claimkit.evaluation.generation.together import write_together
from claimkit.evaluation.memory import running_out
from claimkit.models.language_model import LanguageModel

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

__all__ = ["generate"]


def generate(
    language_model: LanguageModel,
    prompts: Sequence[Sequence[int]],
    caps: Sequence[int],
    *,
    tokenizer: PreTrainedTokenizerBase,
    stop: Sequence[str] = (),
    ends: Collection[int] | None = None,
    batch_size: int | None = None,
    progress: Callable[[Effort], None] | None = None,
) -> tuple[Answer, ...]:
    """Let a model go on after each prompt, always with the most likely token.

    Args:
        language_model: The model to ask.
        prompts: Token ids, at least one each.
        caps: The most tokens that are written after each prompt, at least one.
        tokenizer: Makes text of what is written.
        stop: An answer ends with the first token with which its text holds one of these.
        ends: An answer ends with one of these token ids; by default with every one that tokenizer,
            configuration or generation settings call an end
            (:func:`claimkit.evaluation.generation.rows.end_markers`).
        batch_size: The most prompts at a time; found from the free memory unless told, and halved
            whenever memory runs out.
        progress: Called after every batch with what it took.

    Returns:
        The answers in the order of the prompts.

    Raises:
        InvalidInput: If there is nothing to go on from or nothing to write, not one cap for each
            prompt, a token id that is not in the model's vocabulary, a batch_size that is not
            positive, or a stop string that is no text.
        NotApplicable: If a prompt and its cap do not fit the model's window.
        CheckTripped: If a logit is NaN or infinite.
        ModelError: If not even a single prompt fits into memory, or the model's own ``generate`` is
            needed and fails.
    """
    rows = [(tuple(map(int, prompt)), int(cap)) for prompt, cap in _pairs(prompts, caps)]
    _require_writable(language_model, rows, batch_size)
    markers = end_markers(language_model, tokenizer) if ends is None else frozenset(ends)
    ending = Ending(StopStrings(tokenizer, stop), markers)
    answers: list[Answer | None] = [None] * len(rows)
    for batch, (written, effort) in _batches(language_model, rows, ending, batch_size):
        for index, row in zip(batch, written, strict=True):
            answers[index] = row.answer(ending)
        if progress is not None:
            progress(effort)
    return tuple(answer for answer in answers if answer is not None)


def _pairs(
    prompts: Sequence[Sequence[int]], caps: Sequence[int]
) -> Iterator[tuple[Sequence[int], int]]:
    if len(prompts) != len(caps):
        raise InvalidInput(
            f"every prompt has a cap of its own, got {len(prompts)} prompts and {len(caps)} caps"
        )
    return zip(prompts, caps, strict=True)


def _require_writable(
    language_model: LanguageModel, rows: Sequence[tuple[tuple[int, ...], int]], size: int | None
) -> None:
    if size is not None and size < 1:
        raise InvalidInput(f"a batch holds at least one string, got batch_size={size}")
    known, window = language_model.vocabulary, language_model.window
    for prompt, cap in rows:
        if not prompt or cap < 1:
            raise InvalidInput(
                "decoding needs a prompt and at least one token to write, got "
                f"{len(prompt)} tokens of prompt and a cap of {cap}"
            )
        if min(prompt) < 0 or (known is not None and max(prompt) >= known):
            raise InvalidInput(
                f"{language_model.name} knows token ids 0 to {(known or 0) - 1}, but a prompt "
                f"holds {min(prompt)} to {max(prompt)}; do tokenizer and model belong together?"
            )
        # The last token that is written is never fed.
        fed = len(prompt) + cap - 1
        if window is not None and fed > window:
            raise NotApplicable(
                f"a prompt of {len(prompt)} tokens and an answer of up to {cap} take {fed} tokens "
                f"and the window has {window}"
            )


def _batches(
    language_model: LanguageModel,
    asked: Sequence[tuple[tuple[int, ...], int]],
    ending: Ending,
    batch_size: int | None,
) -> Iterator[tuple[Index, tuple[list[Row], Effort]]]:
    if not asked:
        return
    longest = max(len(prompt) + cap for prompt, cap in asked)
    with _one_prompt_must_fit(language_model, longest):
        found = plan(language_model, [prompt for prompt, _ in asked])

        def measure(batch: Index) -> tuple[list[Row], Effort]:
            rows = [Row(*asked[i]) for i in batch]
            with running_out():
                return rows, _written(language_model, rows, ending, found.batching)

        lengths, caps = np.array([(len(prompt), cap) for prompt, cap in asked]).T
        limits = limits_for(language_model, found, batch_size)
        yield from halve_on_out_of_memory(batches_of(lengths, caps, limits, found), measure)


def _written(
    language_model: LanguageModel, rows: Sequence[Row], ending: Ending, batching: Batching
) -> Effort:
    """Let the rows of one batch write; they are changed in place."""
    start = time.perf_counter()
    if batching == "alone":
        counts = np.sum([write_alone(language_model, row, ending) for row in rows], axis=0)
    else:
        counts = np.array(write_together(language_model, rows, ending))
    seconds = time.perf_counter() - start
    return Effort(len(rows), int(counts[0]), int(counts[1]), seconds, batching)


@contextmanager
def _one_prompt_must_fit(language_model: LanguageModel, longest: int) -> Iterator[None]:
    try:
        yield
    except BatchTooLargeError as error:
        raise ModelError(
            f"a prompt and its answer of {longest} tokens do not fit into the memory of "
            f"{language_model.device} beside {language_model.name} ({error})"
        ) from error
