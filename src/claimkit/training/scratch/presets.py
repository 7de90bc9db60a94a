"""Presets: the published settings, and smaller ones that two cores train.

``paper``: arXiv:2505.21785, Appendix B. Rotary positions as in the published code (linear scaling
by 64, θ = 500), where the text says 32.

``small`` trains on lengths up to 25 and tests up to 75. It differs where that makes minutes of
hours: ten questions about a context are asked at once, Muon moves the matrices, the training
lengths grow, and the learning rate goes down once nine in ten strings of the first bin are right.
Rotary positions are not squeezed: with factors of 8 to 32 nothing was learned in the time, and
without, nothing was kept on longer strings. Positions are skipped at one place of most strings
instead, which does for distances what the offset trick does for positions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Final

from claimkit.errors import InvalidInput
from claimkit.tasks import Group, task_named
from claimkit.tasks.naming import did_you_mean
from claimkit.training.scratch.recipe import Architecture, Learning, ScratchRecipe, Sizes

TASKS: Final = ("UR", "UL", "NRFirst", "NLFirst", "NRLast", "NLLast", "UF", "UB", "NF", "NB")
"""The ten tasks of the paper."""

HARD: Final = ("NRLast", "NLLast", "NF", "NB")
"""Those without a C-RASP[pos] program, which the paper gives larger models."""

_FIRST: Final = ("NRFirst", "NLFirst")


def preset(name: str, task: str, architecture: Architecture, seed: int) -> ScratchRecipe:
    """Return the recipe of one task, with the settings of a preset.

    Raises:
        InvalidInput: If there is no such preset, or the paper trains no such task.
    """
    if name not in PRESETS:
        hint = did_you_mean(name, {known: known for known in PRESETS})
        raise InvalidInput(f"no preset {name!r}{hint} Presets: {', '.join(PRESETS)}")
    if task not in TASKS:
        task_named(task)
        raise InvalidInput(f"{task} is none of the tasks trained from scratch: {', '.join(TASKS)}")
    return PRESETS[name](task, architecture, seed)


def _paper(task: str, architecture: Architecture, seed: int) -> ScratchRecipe:
    hard = task in HARD
    deep = hard or (task in _FIRST and architecture == "gpt2")
    shortest = _shortest(task)
    return ScratchRecipe(
        task,
        architecture,
        seed,
        "paper",
        Sizes(layers=4 if deep else 2, heads=4, width=256 if hard else 64),
        Learning(1e-4 if hard else 1e-3, decay=architecture == "gpt2", exam_every=5_000),
        bins=((shortest, 50), (51, 100), (101, 150)),
        symbols=150 if _unique(task) else 5,
        rope_factor=64.0 if architecture == "llama" else 1.0,
        rope_theta=500.0 if architecture == "llama" else 10_000.0,
    )


def _small(task: str, architecture: Architecture, seed: int) -> ScratchRecipe:
    deep = task in HARD or (task in _FIRST and architecture == "gpt2")
    copies = task_named(task).group in (Group.UNIQUE_COPYING, Group.NON_UNIQUE_COPYING)
    unique, rotary = _unique(task), architecture == "llama"
    return ScratchRecipe(
        task,
        architecture,
        seed,
        "small",
        Sizes(layers=4 if deep else 2, heads=4, width=64),
        Learning(
            1e-3 if rotary else 3e-3 if copies else 2e-3,
            optimizer="muon",
            batch=32,
            steps=12_000 if unique else 8_000,
            passing=0.9,
            warmup=100,
            cooldown=6_000 if unique else 2_000 if rotary else 1_000,
        ),
        bins=((_shortest(task), 25), (26, 50), (51, 75)),
        symbols=75 if unique else 5,
        questions=1 if copies else 10 if unique else 5,
        growing=0 if copies else 750 if rotary else 1_000,
        gaps=rotary,
    )


def _shortest(task: str) -> int:
    """The shortest training length: a context of a non-unique question needs some room."""
    return 6 if task_named(task).group is Group.NON_UNIQUE_RETRIEVAL else 5


def _unique(task: str) -> bool:
    return task_named(task).group in (Group.UNIQUE_RETRIEVAL, Group.UNIQUE_COPYING)


PRESETS: Final[dict[str, Callable[[str, Architecture, int], ScratchRecipe]]] = {
    "small": _small,
    "paper": _paper,
}

SWEEP_LAYERS: Final = (1, 2, 4)
SWEEP_HEADS: Final = (1, 2, 4)
SWEEP_WIDTHS: Final = {"paper": (16, 64, 256), "small": (16, 64)}
SWEEP_RATES: Final = (1e-3, 1e-4)
"""The published sweep: all combinations; widths of 256 are left out for two cores."""


def sweep(name: str, task: str, architecture: Architecture, seed: int) -> tuple[ScratchRecipe, ...]:
    """Return the published sweep around a preset: every size with every learning rate.

    Where Muon moves the matrices, its rate changes in proportion.
    """
    middle = preset(name, task, architecture, seed)
    return tuple(
        replace(
            middle,
            preset=f"sweep-{name}",
            sizes=Sizes(layers, heads, width),
            learning=replace(
                middle.learning,
                learning_rate=share * middle.learning.learning_rate,
                matrix_learning_rate=share * middle.learning.matrix_learning_rate,
            )
            if name == "small"
            else replace(middle.learning, learning_rate=share * SWEEP_RATES[0]),
        )
        for layers, heads, width, share in product(
            SWEEP_LAYERS,
            SWEEP_HEADS,
            SWEEP_WIDTHS[name],
            [rate / SWEEP_RATES[0] for rate in SWEEP_RATES],
        )
    )
