"""Where the files lie that claimkit ships, in an installed package or in a working tree."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def shipped(folder: str) -> Path:
    """Return a folder of ``fixtures/``, e.g. ``models`` or ``words``.

    A wheel carries the fixtures inside the package; in a working tree they lie beside ``src``.
    """
    installed = PACKAGE / "fixtures" / folder
    return installed if installed.is_dir() else PACKAGE.parents[1] / "fixtures" / folder
