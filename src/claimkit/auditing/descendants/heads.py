"""The strongest tenth of the heads of some models: how strongly they attend, and in which layers.

As in :mod:`claimkit.auditing.head_gaps`, strings with even numbers pick the heads and strings with
odd numbers are averaged, so that no head is strong by the luck of its draw. Where a task has
several descendants, each has heads of its own, and a string's value is the mean over descendants.

Layer l of L, counted from 0, lies at the depth (l + 1/2) / L. The top third are the last ⌈L / 3⌉
layers. What lies where is weighed by attention: each picked head counts on a string as much as it
attends there, so that a head that was picked only because a tenth had to be filled counts little.

With few layers this says little: of four, two are the top third, and heads at random are found
there half of the time; of sixteen heads a tenth are two.

Source: arXiv:2505.21785, §4.4 and Appendix E.
Differs: the paper shows layers in figures and gives no number for them; the weighing is ours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from claimkit.auditing.head_gaps import pick
from claimkit.errors import NotApplicable
from claimkit.evidence.bounded_means import bounded_mean
from claimkit.evidence.verdicts import Estimate

Floats = NDArray[np.floating]
Values = NDArray[np.float64]

__all__ = ["depth_gap", "strength", "strength_gap", "top_third", "top_third_share"]


def top_third(layers: int) -> int:
    """Return the first layer of the top third, counted from 0.

    >>> [top_third(layers) for layers in (1, 2, 3, 4, 12, 48)]
    [0, 1, 2, 2, 8, 32]
    """
    return layers - -(-layers // 3)


def strength_gap(more: Sequence[Floats], less: Sequence[Floats], tail: float) -> Estimate:
    """Return how much more strongly the best heads of some models attend than those of others.

    Args:
        more: Of each model that counts positively, float ``(string, layer, head)``, from 0 to 1.
        less: The same strings' scores in the models that count negatively, or for another path.
        tail: The error that each bound may spend.

    Raises:
        NotApplicable: If there is a single string, which cannot both pick and be compared.
    """
    return _estimate(_mean(_strength, more) - _mean(_strength, less), tail, low=-1.0)


def strength(models: Sequence[Floats], tail: float) -> Estimate:
    """Return how strongly the best heads attend.

    Args:
        models: Of each, float ``(string, layer, head)``, from 0 to 1.
        tail: The error that each bound may spend.

    Raises:
        NotApplicable: As for :func:`strength_gap`.
    """
    return _estimate(_mean(_strength, models), tail, low=0.0)


def top_third_share(models: Sequence[Floats], tail: float) -> Estimate:
    """Return how much of the best heads' attention is paid in the top third of the layers.

    Args:
        models: Of each, float ``(string, layer, head)``, from 0 to 1.
        tail: The error that each bound may spend.

    Raises:
        NotApplicable: As for :func:`strength_gap`.
    """
    return _estimate(_mean(_share, models), tail, low=0.0)


def depth_gap(later: Sequence[Floats], earlier: Sequence[Floats], tail: float) -> Estimate:
    """Return how much later the best heads of one kind sit than those of another, in depth.

    Args:
        later: Of each model, float ``(string, layer, head)``, of the kind that counts positively.
        earlier: The same strings' scores of the other kind.
        tail: The error that each bound may spend.

    Raises:
        NotApplicable: As for :func:`strength_gap`.
    """
    return _estimate(_mean(_depth, later) - _mean(_depth, earlier), tail, low=-1.0)


def _mean(of: Callable[[Floats], Values], models: Sequence[Floats]) -> Values:
    """Return the mean over models of what each shows on each string with an odd number."""
    if len(models[0]) < 2:
        raise NotApplicable(
            f"heads are picked on one string and compared on another, got {len(models[0])}"
        )
    means: Values = np.mean([of(scores) for scores in models], axis=0)
    return means


def _estimate(values: Values, tail: float, low: float) -> Estimate:
    interval = bounded_mean(values, tail, low=low)
    return Estimate(
        float(values.mean()), interval, len(values), unit="strings", signed=bool(low < 0)
    )


def _picked(scores: Floats) -> tuple[Values, NDArray[np.int64]]:
    """Return the picked heads' scores ``(string, head)`` on odd strings, and their layers."""
    layers, heads = pick(scores).T
    return scores[1::2, layers, heads].astype(np.float64), layers


def _strength(scores: Floats) -> Values:
    found: Values = _picked(scores)[0].mean(axis=1)
    return found


def _share(scores: Floats) -> Values:
    weights, layers = _picked(scores)
    return _weighed(weights, (layers >= top_third(scores.shape[1])).astype(np.float64))


def _depth(scores: Floats) -> Values:
    weights, layers = _picked(scores)
    return _weighed(weights, (layers + 0.5) / scores.shape[1])


def _weighed(weights: Values, values: Values) -> Values:
    """Return the mean of the heads' values on each string; alike where no head attends at all."""
    weights = np.where(weights.sum(axis=1, keepdims=True) > 0, weights, 1.0)
    found: Values = (weights * values).sum(axis=1) / weights.sum(axis=1)
    # Sums of floats may leave the range by their last bit.
    return np.clip(found, 0.0, 1.0)
