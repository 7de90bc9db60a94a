"""The verdicts in a model card: a table for people of what ``pytest claims/ --record`` wrote.

The file of verdicts is what ``--expect`` compares with; the card shows the same to a reader. A test
checks that they agree.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from claimkit.errors import InvalidInput

VERDICTS = "verdicts.json"
BEGIN = "<!-- verdicts: written by `claimkit card` -->"
END = "<!-- end of verdicts -->"


def verdict_table(claims: Mapping[str, Mapping[str, str]]) -> str:
    """Return a Markdown table of verdicts.

    Args:
        claims: By test name, entries with ``claim``, ``verdict`` and ``says``.

    Raises:
        KeyError: If an entry lacks one of them.
    """
    head = ["| claim | verdict | effect, its interval, and what is needed |", "|---|---|---|"]
    rows = (f"| {e['claim']} | {e['verdict']} | {e['says']} |" for e in claims.values())
    return "\n".join([*head, *rows])


def write_verdicts(folder: Path) -> Path:
    """Write the verdicts of ``verdicts.json`` into the card beside it, in place of older ones.

    Returns:
        The card's path.

    Raises:
        InvalidInput: If the folder lacks either file, or the file of verdicts holds something else.
    """
    card, verdicts = folder / "README.md", folder / VERDICTS
    for path in (card, verdicts):
        if not path.is_file():
            raise InvalidInput(
                f"no {path}; `claimkit pretrain` writes the card, "
                f"`pytest claims/ --model {folder} --record {verdicts}` the verdicts"
            )
    table = _read_table(verdicts)
    kept = card.read_text(encoding="utf-8").partition(BEGIN)[0].rstrip()
    section = f"{BEGIN}\n## What claimkit says of it\n\n{table}\n{END}\n"
    card.write_text(f"{kept}\n\n{section}", encoding="utf-8")
    return card


def _read_table(verdicts: Path) -> str:
    try:
        return verdict_table(json.loads(verdicts.read_text(encoding="utf-8"))["claims"])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InvalidInput(
            f"{verdicts} is no file of verdicts ({type(error).__name__}: {error}); "
            "write one with `pytest claims/ --record FILE`"
        ) from error
