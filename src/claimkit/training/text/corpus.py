"""The corpus: the Python source of the standard library of the running interpreter.

It is on every machine that has Python. Files are ordered by their path inside the library. Left out
are packages that were installed on top of it, what a build of Python wrote about its machine, and
files that are not UTF-8 (a few dozen that test other encodings). Another release of Python, or a
system that ships parts of the library apart, has another corpus: :class:`CorpusRecord` tells.
"""

from __future__ import annotations

import platform
import sysconfig
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from claimkit.errors import InvalidInput

INSTALLED = ("site-packages", "dist-packages", "__pycache__")
"""Folders that hold what is not the library's own."""

BUILT = ("_sysconfigdata", "config-")
"""How the names of files and folders begin that the build wrote about its machine."""

HELD_OUT_ONE_IN = 50


@dataclass(frozen=True)
class CorpusRecord:
    """What a recipe keeps of a corpus.

    Attributes:
        python: Version of the interpreter, such as ``3.11.7``.
        digest: SHA-256 of all paths and texts, in hexadecimal digits.
        files: How many there are.
        bytes: Of all texts, in UTF-8.
    """

    python: str
    digest: str
    files: int
    bytes: int

    def __str__(self) -> str:
        """Return version, size and the digest's beginning, for a sentence."""
        return (
            f"Python {self.python}, {self.files:,} files of {self.bytes / 1e6:.1f} MB, "
            f"digest {self.digest[:12]}"
        )


@dataclass(frozen=True)
class Source:
    """One file: its path inside the library, with ``/``, and its text."""

    path: str
    text: str

    @property
    def is_held_out(self) -> bool:
        """Whether the file is kept from training; its path alone decides, one in 50."""
        return int.from_bytes(sha256(self.path.encode()).digest()[:8], "big") % HELD_OUT_ONE_IN == 0


@dataclass(frozen=True)
class Corpus:
    """Files in the order of their paths."""

    files: tuple[Source, ...]

    @property
    def learned(self) -> list[str]:
        """The texts to learn from."""
        return [file.text for file in self.files if not file.is_held_out]

    @property
    def held_out(self) -> list[str]:
        """The texts kept from training."""
        return [file.text for file in self.files if file.is_held_out]

    @cached_property
    def record(self) -> CorpusRecord:
        """What a recipe keeps of this corpus."""
        digest, size = sha256(), 0
        for file in self.files:
            for part in (file.path.encode(), file.text.encode()):
                digest.update(len(part).to_bytes(8, "big") + part)
            size += len(file.text.encode())
        return CorpusRecord(platform.python_version(), digest.hexdigest(), len(self.files), size)


def read_corpus(root: Path | None = None) -> Corpus:
    """Read all Python source below a folder, by default the standard library.

    Raises:
        InvalidInput: If the folder holds none.
    """
    root = Path(sysconfig.get_path("stdlib")) if root is None else root
    found = sorted(
        (path.relative_to(root).as_posix(), path)
        for path in root.rglob("*.py")
        if path.is_file() and _is_own(path.relative_to(root))
    )
    read = ((name, _text(path)) for name, path in found)
    files = tuple(Source(name, text) for name, text in read if text is not None)
    if not files:
        raise InvalidInput(
            f"{root} holds no Python source to learn from; run claimkit with an interpreter whose "
            "standard library is installed as files"
        )
    return Corpus(files)


def _is_own(path: Path) -> bool:
    """Whether a path inside the library belongs to it on every machine."""
    return not any(part in INSTALLED or part.startswith(BUILT) for part in path.parts)


def _text(path: Path) -> str | None:
    """Return a file's text with its line ends as they are; None if it is not UTF-8."""
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError:
        return None
