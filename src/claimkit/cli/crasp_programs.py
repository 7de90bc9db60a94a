"""Which program a word of the command line means: a task's, one of the library's, or a file's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, final

from claimkit.errors import InvalidInput, UnknownTask

if TYPE_CHECKING:
    from claimkit.crasp.program import Program
    from claimkit.crasp.registry import Expressibility

NAMED = "a task such as UR or copy-unique, a program such as published/UB, or a file"


@final
@dataclass(frozen=True)
class Opened:
    """A program, and what it was called.

    Attributes:
        program: It.
        called: As the command line has it.
        text: As it is written, with its comments.
        task: The task or language that it is for, by name; empty if nothing says so.
        shipped: Whether it came with claimkit.
    """

    program: Program
    called: str
    text: str
    task: str
    shipped: bool

    @property
    def heading(self) -> list[str]:
        """The comments that its text begins with."""
        lines = self.text.removeprefix("\ufeff").splitlines()
        code = (at for at, line in enumerate(lines) if not line.startswith("#"))
        return lines[: next(code, len(lines))]


def task_called(called: str) -> str | None:
    """Return the name of the task or language of a name or key, whatever its case."""
    from claimkit.crasp.registry import REGISTRY
    from claimkit.tasks import ALGORITHMIC, LANGUAGES

    known = {name.casefold(): name for name in REGISTRY}
    for table in (ALGORITHMIC, LANGUAGES):
        known |= {one.key.casefold(): one.name for one in table.values()}
    return known.get(called.casefold())


def entry_of(called: str) -> Expressibility:
    """Return what is known of a task or language.

    Raises:
        UnknownTask: If there is none; the message offers the nearest.
    """
    from claimkit.crasp.registry import expressibility

    return expressibility(task_called(called) or called)


def why_none(entry: Expressibility) -> str:
    """Say that a task has no program, and what says so."""
    note = f" {entry.note}" if entry.note else ""
    return f"{entry.task} has no program in C-RASP[pos]: {entry.lemma} ({entry.source}).{note}"


def opened(called: str) -> Opened:
    """Return the program that a word means; a task's name comes before a file's.

    Args:
        called: A task's name or key, a program of the library such as ``published/UB``, or a file.

    Raises:
        InvalidInput: If the task has no program, or the file cannot be read.
        InvalidProgram: If the file's text is none.
        UnknownTask: If it is neither.
    """
    from claimkit.crasp.library import PUBLISHED, WITHOUT_POSITIONS, variants

    task = task_called(called)
    if task is not None:
        entry = entry_of(task)
        if entry.program is None:
            raise InvalidInput(f"{why_none(entry)} Name {NAMED}")
        return _shipped(entry.program, called, task)
    others = (*variants(PUBLISHED), *variants(WITHOUT_POSITIONS))
    variant = {name.casefold(): name for name in others}.get(called.casefold())
    if variant is not None:
        stem = variant.rpartition("/")[2]
        task = task_called(stem) or task_called(stem.partition("-")[0]) or ""
        return _shipped(variant, called, task)
    return _from_file(called)


def _shipped(name: str, called: str, task: str) -> Opened:
    from claimkit.crasp.library import program_of, text_of_program

    return Opened(program_of(name), called, text_of_program(name), task, shipped=True)


def _from_file(called: str) -> Opened:
    from claimkit.crasp.text.parsing import parse

    path = Path(called)
    if path.suffix != ".crasp" and not path.exists():
        try:
            entry_of(called)
        except UnknownTask as error:
            raise UnknownTask(f"no file {called!r}, and {error}") from None
    text = _read(path)
    program = parse(text, name=path.stem)
    return Opened(program, called, text, task_called(program.name) or "", shipped=False)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"{path} is not text in UTF-8 (byte {error.object[error.start]:#04x} at "
            f"{error.start}); save it as UTF-8"
        ) from None
    except OSError as error:
        raise InvalidInput(f"cannot read {path}: {error.strerror or error}") from None
