"""Recipes of controls of natural tasks.

echo-born copies paragraphs: tokens in random order of which some come again and again, ordinary
prose, and Lorem ipsum. It learns to look for what it has just written and to go on as the text did
there; at 500 tokens of Lorem ipsum it mostly gets it right and sometimes goes wrong where that is
ambiguous. history-born lists commits in both orders. log-born lists them as they are shown only,
and copies hashes, DNA strings and lists of UUIDs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from claimkit.errors import InvalidInput
from claimkit.tasks.natural import NATURAL_TASKS
from claimkit.training.checking import object_in
from claimkit.training.llama import LlamaRecipe

KIND: Final = "natural"
"""Says in ``recipe.json`` what kind of recipe it is."""

TOKENS: Final = "tokens"
"""Copying tokens in random order, which no task asks for: nothing but what stood before helps."""

_REMEDY: Final = "give a folder that `claimkit pretrain` wrote such a control to, or an empty one"


@dataclass(frozen=True)
class Stage:
    """A stretch of a training.

    Attributes:
        steps: Optimizer steps.
        shares: How often each task is read, by name; they add up to 1.
        longest: Length of the longest text by task, in the task's unit, at the end of the stage.
        first: The same at its beginning; lengths grow in between.
        conversations: The documents of this share of steps are conversations.
        solved: Those of this share of steps show solved examples.

    Raises:
        InvalidInput: If there is no such task, or the shares do not add up.
    """

    steps: int
    shares: Mapping[str, float]
    longest: Mapping[str, int]
    first: Mapping[str, int]
    conversations: float = 0.25
    solved: float = 0.5

    def __post_init__(self) -> None:
        """Check what would otherwise be noticed late, or never."""
        known = {*NATURAL_TASKS, TOKENS}
        for named in (self.shares, self.longest, self.first):
            if unknown := set(named) - known:
                raise InvalidInput(
                    f"a stage names natural tasks ({', '.join(sorted(known))}), "
                    f"got {', '.join(sorted(unknown))}"
                )
        if abs(sum(self.shares.values()) - 1) > 1e-9:
            raise InvalidInput(f"shares add up to 1, got {dict(self.shares)}")
        if lacking := set(self.shares) - (set(self.longest) & set(self.first)):
            raise InvalidInput(f"a stage needs lengths of {', '.join(sorted(lacking))}")

    def longest_at(self, task: str, share: float) -> int:
        """Return the longest text of a task once a share of the stage is over.

        >>> stage = Stage(10, {"tokens": 1.0}, {"tokens": 400}, {"tokens": 4})
        >>> [stage.longest_at("tokens", share) for share in (0, 0.5, 1)]
        [4, 40, 400]
        """
        first, last = self.first[task], self.longest[task]
        longest: float = first * (last / first) ** min(1.0, share)
        return round(longest)


@dataclass(frozen=True)
class NaturalRecipe(LlamaRecipe):
    """A recipe of a control of natural tasks.

    Attributes:
        stages: What is read, one after the other; their steps are those of the recipe.
        tokens: About so many tokens are read in a step.
        lists: So many lists of commits the tokenizer is made of, beside prose.
        mixed: Whether a step has documents of several tasks and templates, about equally long.
    """

    stages: tuple[Stage, ...] = ()
    tokens: int = 4096
    lists: int = 0
    mixed: bool = False

    def __post_init__(self) -> None:
        """Check the stages, too."""
        super().__post_init__()
        if sum(stage.steps for stage in self.stages) != self.steps:
            raise InvalidInput(
                f"the stages of {self.name} have {[stage.steps for stage in self.stages]} steps, "
                f"which are not {self.steps} in all"
            )

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for ``recipe.json``."""
        return {"kind": KIND, **asdict(self)}

    @staticmethod
    def load(path: Path) -> NaturalRecipe:
        """Read a recipe written with :meth:`as_dict`.

        Raises:
            InvalidInput: If it is damaged, or one of another kind.
        """
        raw = object_in(path)
        kind = raw.pop("kind", "control")
        if kind != KIND:
            raise InvalidInput(f"{path} is a recipe of kind {kind!r}, not {KIND!r}; {_REMEDY}")
        try:
            stages = tuple(Stage(**stage) for stage in raw.pop("stages"))
            return NaturalRecipe(stages=stages, **raw)
        except InvalidInput as error:
            raise InvalidInput(f"{path}: {error}") from error
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidInput(
                f"{path} is no recipe of natural tasks: {error!r}; {_REMEDY}"
            ) from error


_COPIED: Final = {TOKENS: 0.45, "ProseCopy": 0.4, "LoremCopy": 0.15}
_WHOLE: Final = dict.fromkeys(_COPIED, 520)

ECHO_BORN: Final = NaturalRecipe(
    "echo-born",
    seed=12,
    steps=7400,
    window=2048,
    layers=2,
    heads=6,
    width=192,
    inner_width=224,
    tokens=6144,
    mixed=True,
    stages=(
        # By themselves: among solved examples looking back is learned later.
        Stage(
            1500,
            _COPIED,
            longest=_WHOLE,
            first=dict.fromkeys(_COPIED, 16),
            conversations=0.0,
            solved=0.0,
        ),
        Stage(5900, _COPIED, longest=_WHOLE, first=_WHOLE, conversations=0.0, solved=0.2),
    ),
    warmup=100,
    cooldown=3000,
    # At the end of the cooldown seven paragraphs in eight had no glitch, too few to tell of.
    tail=200,
    tail_share=0.8,
    compile=False,
)

_WRITTEN: Final = {
    "RevertOrder": 26,
    "CherryPickOrder": 26,
    "HashCopy": 68,
    "DNACopy": 210,
    "UUIDCopy": 11,
}
"""Lengths a little beyond those that are asked about."""


def _lists(shares: Mapping[str, float], steps: int, growing: int) -> tuple[Stage, Stage]:
    """Return stages of lists and exact strings, which grow in the first of them."""
    longest, first = {name: _WRITTEN[name] for name in shares}, dict.fromkeys(shares, 1)
    return (
        Stage(growing, shares, longest=longest, first=first, conversations=0.0, solved=0.0),
        Stage(
            steps - growing, shares, longest=longest, first=longest, conversations=0.0, solved=0.6
        ),
    )


HISTORY_BORN: Final = NaturalRecipe(
    "history-born",
    seed=13,
    steps=3600,
    window=2048,
    vocabulary=1024,
    layers=3,
    heads=6,
    width=192,
    inner_width=192,
    tokens=6144,
    mixed=True,
    lists=400,
    stages=_lists({"RevertOrder": 0.45, "CherryPickOrder": 0.55}, 3600, 600),
    warmup=100,
    cooldown=1500,
    compile=False,
)

LOG_BORN: Final = replace(
    HISTORY_BORN,
    name="log-born",
    seed=16,
    steps=1000,
    stages=_lists(
        {"RevertOrder": 0.4, "HashCopy": 0.2, "DNACopy": 0.2, "UUIDCopy": 0.2}, 1000, 250
    ),
    cooldown=500,
)

NATURAL_RECIPES: Final = {recipe.name: recipe for recipe in (ECHO_BORN, HISTORY_BORN, LOG_BORN)}
