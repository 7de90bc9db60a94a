"""The programs that claimkit ships: text files in ``programs/``, one for each task that has one.

A file is called by its task: ``UR.crasp``, ``copy-unique.crasp``. Beside them stand, in folders of
their own, ``published/…``: lines as the papers describe them, where those do not compute the task,
and ``without-positions/…``: programs that use neither φ nor ψ, for tasks whose program does.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from claimkit.errors import UnknownTask
from claimkit.tasks import ALGORITHMIC, ALL_TASKS, LANGUAGES

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from claimkit.crasp.program import Program

_STEMS: Final = {
    **{name: name for name in ALL_TASKS},
    **{name: task.key for name, task in ALGORITHMIC.items()},
    **{name: language.key for name, language in LANGUAGES.items()},
}
PUBLISHED: Final = "published"
WITHOUT_POSITIONS: Final = "without-positions"


def _folder() -> Traversable:
    return files("claimkit.crasp") / "programs"


def _listed(folder: Traversable) -> Iterator[str]:
    for entry in folder.iterdir():
        stem, dot, ending = entry.name.rpartition(".")
        if dot and ending == "crasp":
            yield stem


def _programs() -> tuple[str, ...]:
    have = frozenset(_listed(_folder()))
    return tuple(name for name, stem in _STEMS.items() if stem in have)


PROGRAMS: Final = _programs()
"""The tasks and languages of both papers that have a program here, by name."""


def variants(folder: str) -> tuple[str, ...]:
    """Return the programs of ``PUBLISHED`` or ``WITHOUT_POSITIONS``, such as ``published/UB``."""
    return tuple(sorted(f"{folder}/{stem}" for stem in _listed(_folder() / folder)))


def text_of_program(name: str) -> str:
    """Return the text of a program, with its comments.

    Raises:
        UnknownTask: As :func:`program_of`.
    """
    stem = _STEMS.get(name, name)
    file = _folder() / f"{stem}.crasp"
    if stem not in _known() or not file.is_file():
        raise UnknownTask(_no_program(name))
    return file.read_text(encoding="utf-8")


@cache
def program_of(name: str) -> Program:
    """Return a program.

    Args:
        name: A task's name or key, or a file in a folder: ``UR``, ``D_2``, ``copy-unique``,
            ``published/UB``, ``without-positions/UR``.

    Raises:
        UnknownTask: If there is none; the message lists those there are.
    """
    from claimkit.crasp.text.parsing import parse

    return parse(text_of_program(name), name=name)


def _known() -> tuple[str, ...]:
    stems = (_STEMS[name] for name in PROGRAMS)
    return (*stems, *variants(PUBLISHED), *variants(WITHOUT_POSITIONS))


def _no_program(name: str) -> str:
    if name in _STEMS or name in _STEMS.values():
        why = f"{name!r} has no program in C-RASP[pos]; claimkit.crasp.registry says why."
    else:
        near = get_close_matches(name, (*PROGRAMS, *_known()), n=1, cutoff=0.5)
        why = f"no program {name!r}" + (f"; did you mean {near[0]!r}?" if near else ".")
    return f"{why} Programs: {', '.join((*PROGRAMS, *_known()[len(PROGRAMS) :]))}"
