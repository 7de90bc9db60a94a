"""What is checked on every batch, before any of its scores is believed.

Logits must be finite; they must not be the same whatever is asked; a string asked alone must get
the answer that it got in its batch; and no string may get the answer of another. A batch that fails
is an error of the run, never a score.

A model whose answers depend on nothing but the prompt raises no alarm, be it as bad as it may. Only
one that answers every prompt alike, though the right answers differ, is refused: no claim about it
means anything.
"""

from __future__ import annotations

import numpy as np
import torch

from claimkit.errors import CheckTripped
from claimkit.evaluation.batching import Index
from claimkit.evaluation.forward import Answered, ask, logits_from
from claimkit.evaluation.memory import running_out
from claimkit.evaluation.noise import moved_beyond_noise
from claimkit.evaluation.shuffled import RARE, ShuffledKey
from claimkit.models.language_model import LanguageModel
from claimkit.prompts.episodes import Episodes

__all__ = ["Watch", "in_random_order", "probed_row", "require_finite"]

# Asked alone, too, where one string came out differently.
_WITNESSES = 8


def in_random_order(batch: Index) -> Index:
    """Return a batch, shortest string first, in random order but with that string in the middle.

    There it has most of the padding, and neighbours on both sides; a circle with one member in a
    given place is as random as any.
    """
    # Any fixed seed: strings were drawn by another.
    others = np.random.default_rng(len(batch)).permutation(batch[1:])
    return np.insert(others, probed_row(len(batch)), batch[0])


def probed_row(strings: int) -> int:
    """Return the row of a batch that is asked alone, too."""
    return strings // 2


def require_finite(language_model: LanguageModel, answered: Answered, where: str) -> None:
    """Check that no logit at an answer position is NaN or infinite, but for masked tokens.

    Raises:
        CheckTripped: If one is.
    """
    # The margin tells of a masked gold token.
    finite = np.isfinite(answered.scales) & np.isfinite(answered.margins)
    broken = int((~finite).any(axis=1).sum())
    if broken:
        raise CheckTripped(
            f"{language_model.name} gave NaN or infinite logits for {broken} strings of {where}; "
            "its weights are broken, or its numbers outgrow "
            f"{language_model.dtype} (try --dtype float32)"
        )


class Watch:
    """The checks on the batches of one call, in the order they were asked."""

    def __init__(self, language_model: LanguageModel) -> None:
        """Start with nothing seen."""
        self._model, self._key = language_model, ShuffledKey()
        # The last batches, as long as all their strings got the same.
        self._alike: list[tuple[Episodes, Answered]] = []

    def see(self, episodes: Episodes, answered: Answered, where: str) -> None:
        """Check one batch, whose rows stand in the order of :func:`in_random_order`.

        Raises:
            CheckTripped: If a check fails.
        """
        require_finite(self._model, answered, where)
        self._require_variety(episodes, answered)
        leak = self._key.see(answered.choices, episodes.answers[:, 0])
        if leak is not None:
            raise CheckTripped(
                f"a shuffled answer key is not at chance: of {self._model.name}, {leak}; its "
                "strings leak into each other, so try --attn-implementation eager or another "
                "--device"
            )
        self._require_independence(episodes, answered, where)

    def _require_variety(self, episodes: Episodes, answered: Answered) -> None:
        for alike in ([*self._alike, (episodes, answered)], [(episodes, answered)], []):
            if _are_alike([answers for _, answers in alike]):
                break
        self._alike = alike
        asked = [batch for batch, _ in alike]
        if asked and _ask_for_different_answers(asked) and self._is_constant(asked):
            raise CheckTripped(
                f"{self._model.name} answers the same whatever it is asked: its logits at the "
                f"first answer position are equal for all {_distinct(asked)} prompts; its weights "
                "or its inputs are broken"
            )

    def _is_constant(self, asked: list[Episodes]) -> bool:
        """Compare all logits of two prompts, since a few may agree where they are capped."""
        pair = asked[0][:1], asked[-1][-1:]
        with running_out():
            first, last = (
                logits_from(self._model, one, int(one.starts[0]) - 1, int(one.starts[0]) - 1)
                for one in pair
            )
        return torch.equal(first, last)

    def _require_independence(self, episodes: Episodes, answered: Answered, where: str) -> None:
        row = probed_row(len(episodes))
        if len(episodes) == 1 or not self._moved(episodes, answered, row):
            return
        # Models that multiply rounding errors do so for few strings; a leak changes most.
        rows = np.argsort(episodes.lengths, kind="stable")[:_WITNESSES]
        moved = sum(self._moved(episodes, answered, int(i)) for i in rows)
        if 2 * moved > len(rows):
            raise CheckTripped(
                f"{self._model.name} answers a string otherwise alone than among others: "
                f"{moved} of {len(rows)} strings of {where} moved by more than rounding; its "
                f"{self._model.attention} attention is broken or reads padding, so try "
                "--attn-implementation eager or another --device"
            )

    def _moved(self, episodes: Episodes, answered: Answered, row: int) -> bool:
        one = slice(row, row + 1)
        with running_out():
            alone = ask(self._model, episodes[one])
        require_finite(self._model, alone, f"one string of {len(episodes)}, asked alone")
        before = answered[one]
        scales = np.maximum(alone.scales, before.scales)
        return bool(moved_beyond_noise(alone.margins, before.margins, scales, self._model.dtype)[0])


def _are_alike(answers: list[Answered]) -> bool:
    """Return whether all strings got the same top token and the same levels."""
    if not answers:
        return True
    first = answers[0]
    return all(
        bool((other.levels == first.levels[0]).all() and (other.choices == first.choices[0]).all())
        for other in answers
    )


def _distinct(asked: list[Episodes]) -> int:
    """Return how many different prompts some batches hold."""
    prompts = (
        batch.tokens[i, :start].tobytes() for batch in asked for i, start in enumerate(batch.starts)
    )
    return len(set(prompts))


def _ask_for_different_answers(asked: list[Episodes]) -> bool:
    """Return whether even a model that sees only a prompt's end would have to answer differently.

    What the answer hangs on is the same in all prompts as rarely as their answers are the same.
    """
    golds = np.concatenate([batch.answers[:, 0] for batch in asked])
    commonest = np.unique_counts(golds).counts.max() / len(golds)
    return bool(commonest ** (_distinct(asked) - 1) < RARE)
