"""The grids: which settings a claim may be tried at besides its headline settings.

A grid is a finite product of factors, each with its values from the simplest to the least simple.
The grid of retrieval has 240 points:

- length: 10, 15, 20, 30, 40 or 50 symbols (headline settings go on to 100)
- template: bare, rule, formal, rule+example or formal+example
- separator: shown or not
- demonstration_length: short, or the same as the question's
- demonstrations: 5 or 3

Copying has its own templates (bare, rule, hint) and no separator: 72 points. The bare grid leaves
out every template's words and shows the separator: 24 points, at which both can be asked, so that
copying can be compared with retrieval.

Claims about what a model's heads attend to have a grid of copying with the template *commas*: 72
points, around the setting at which the paper looked (arXiv:2505.21785, Appendix E):

- length: 3 to 10 symbols
- demonstrations: 10, 8 or 6, of the question's length
- symbols: strings over 26, 20 or 14 letters
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final, final

from claimkit.errors import InvalidInput
from claimkit.prompts.wording import COMMAS, COPYING_TEMPLATES, RETRIEVAL_TEMPLATES

Scalar = str | int | bool
Options = Mapping[str, Scalar]


@final
@dataclass(frozen=True)
class Grid:
    """A finite set of settings: every combination of the factors' values.

    >>> grid = Grid((("length", (10, 20)), ("separator", (True, False))))
    >>> [dict(point) for point in grid.simpler({"length": 20, "separator": False})]
    [{'length': 10, 'separator': False}, {'length': 20, 'separator': True}]

    Attributes:
        factors: Name and values of each field of :class:`claimkit.tasks.Setting`, simplest first.
        draws: The most settings that are drawn from it, where its strings cost more than others';
            None leaves it to the audit. The seed does not depend on it.
        simplify: The most further settings that simplifying may try; None as for all grids.

    Raises:
        InvalidInput: If a factor has no value, or a name or value stands twice.
    """

    factors: tuple[tuple[str, tuple[Scalar, ...]], ...]
    draws: int | None = None
    simplify: int | None = None

    def __post_init__(self) -> None:
        """Refuse factors without values and repetitions."""
        names = [name for name, _ in self.factors]
        if len(set(names)) < len(names):
            raise InvalidInput(f"a grid names each factor once, got {names}")
        for name, values in self.factors:
            if not values or len(set(values)) < len(values):
                raise InvalidInput(
                    f"a grid's factor has one or more values, each once, got {name}={values}"
                )

    def points(self) -> tuple[Options, ...]:
        """Return all settings; the first factor changes last."""
        names = [name for name, _ in self.factors]
        every = product(*(values for _, values in self.factors))
        return tuple(dict(zip(names, values, strict=True)) for values in every)

    def simpler(self, point: Options) -> Iterator[Options]:
        """Yield the settings that are simpler in one factor: by factor, the simplest value first.

        Raises:
            InvalidInput: If the setting is no point of this grid.
        """
        for name, _ in self.factors:
            yield from self.simpler_in(name, point)

    def simpler_in(self, factor: str, point: Options) -> Iterator[Options]:
        """Yield the settings that are simpler in this factor, the simplest value first.

        Raises:
            InvalidInput: If the grid has no such factor, or the setting no value of it.
        """
        values = dict(self.factors).get(factor, ())
        if point.get(factor) not in values:
            raise InvalidInput(
                f"{dict(point)!r} is no point of the grid: {factor} is one of {values}"
            )
        for value in values[: values.index(point[factor])]:
            yield {**point, factor: value}

    @property
    def seed(self) -> int:
        """The seed of the grid's draws: the same for all claims that are tried on this grid.

        Their settings are the same where their tasks can be asked at the same points.
        """
        written = json.dumps(self.factors, ensure_ascii=True).encode()
        return int.from_bytes(hashlib.sha256(written).digest()[:8])


def in_words(options: Options) -> str:
    """Return a setting as a reader would say it.

    >>> in_words({"length": 30, "template": "rule", "separator": False,
    ...           "demonstration_length": "same", "demonstrations": 3})
    'length 30, template rule, no separator, demonstration length same, demonstrations 3'
    """
    return ", ".join(_in_words(name, value) for name, value in options.items())


def _in_words(name: str, value: Scalar) -> str:
    name = name.replace("_", " ")
    if isinstance(value, bool):
        return name if value else f"no {name}"
    return f"{name} {value}"


_LENGTHS: Final = ("length", (10, 15, 20, 30, 40, 50))
_SEPARATOR: Final = ("separator", (True, False))
_BARE: Final = ("template", ("bare",))
_DEMONSTRATIONS: Final = (
    ("demonstration_length", ("short", "same")),
    ("demonstrations", (5, 3)),
)

RETRIEVAL_GRID: Final = Grid(
    (_LENGTHS, ("template", RETRIEVAL_TEMPLATES), _SEPARATOR, *_DEMONSTRATIONS)
)
"""240 settings of retrieval."""

COPYING_GRID: Final = Grid((_LENGTHS, ("template", COPYING_TEMPLATES), *_DEMONSTRATIONS))
"""72 settings of copying."""

BARE_GRID: Final = Grid((_LENGTHS, _BARE, *_DEMONSTRATIONS))
"""24 settings whose prompts hold nothing but demonstrations, for retrieval and copying alike."""

CIRCUIT_GRID: Final = Grid(
    (
        ("length", tuple(range(3, 11))),
        ("demonstrations", (10, 8, 6)),
        ("symbols", (26, 20, 14)),
        ("template", (COMMAS,)),
        ("demonstration_length", ("same",)),
    ),
    # A string goes through the model once untouched and twice without each path.
    draws=4,
    simplify=3,
)
"""72 settings of copying with commas between source and answer, where attention is looked at."""

_WORD_LENGTHS: Final = ("length", (10, 30, 50, 100, 200, 300))
_IN_WORDS: Final = ("vocabulary", ("words",))

WORD_RETRIEVAL_GRID: Final = Grid(
    (
        _WORD_LENGTHS,
        ("template", RETRIEVAL_TEMPLATES),
        _SEPARATOR,
        ("demonstrations", (5, 3)),
        _IN_WORDS,
    ),
    # A string of 300 words costs ten times as much as one of 30 symbols.
    draws=4,
    simplify=3,
)
"""120 settings of retrieval whose symbols are words."""

WORD_COPYING_GRID: Final = Grid(
    (_WORD_LENGTHS, ("template", COPYING_TEMPLATES), ("demonstrations", (5, 3)), _IN_WORDS),
    draws=4,
    simplify=3,
)
"""36 settings of copying whose symbols are words."""
