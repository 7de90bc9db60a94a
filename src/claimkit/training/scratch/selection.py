"""Which run of a sweep is chosen, as published.

Source: arXiv:2505.21785, Appendix B: the best accuracy in the second bin among the runs that are
perfect in the first; ties go to the simplest. It does not say what the simplest is: here the one
with the fewest weights in its layers, then the fewest layers, then heads, then the higher learning
rate, which learns sooner.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from claimkit.training.runs import LEARNED
from claimkit.training.scratch.recipe import ScratchRecipe


@dataclass(frozen=True)
class Result:
    """What one run of a sweep came to.

    Attributes:
        recipe: What was trained.
        accuracies: In each bin, fractions.
    """

    recipe: ScratchRecipe
    accuracies: tuple[float, float, float]

    @property
    def learned(self) -> bool:
        """Whether the first bin is done as well as claims want it, and as the recipe does.

        Differs: published is perfectly, which the preset ``paper`` wants.
        """
        return self.accuracies[0] >= max(LEARNED, self.recipe.learning.passing)


def select(results: Iterable[Result]) -> Result | None:
    """Return the run that is chosen, whatever their order; None if none learned the first bin.

    Between runs that differ in their seed alone, the lower seed decides.
    """
    learned = [result for result in results if result.learned]
    return min(
        learned,
        key=lambda found: (-found.accuracies[1], *simplicity(found.recipe), found.recipe.seed),
        default=None,
    )


def simplicity(recipe: ScratchRecipe) -> tuple[float, ...]:
    """Return what orders recipes, the simplest first; equal only where sizes and rates are."""
    sizes = recipe.sizes
    weights = sizes.layers * sizes.width**2
    return (weights, sizes.layers, sizes.heads, -recipe.learning.learning_rate)
