"""The verdicts in a model card: a table for people of what a model's snapshots have recorded.

The gate compares a model with its snapshots; the card shows the same to a reader. A test checks
that they agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from claimkit.errors import InvalidInput
from claimkit.evidence.snapshots import ClaimSnapshot, read_folder
from claimkit.evidence.verdicts import Judgement
from claimkit.reporting.summary import Row

BEGIN = "<!-- verdicts: written by `claimkit card` -->"
END = "<!-- end of verdicts -->"


def verdict_table(snapshots: Iterable[ClaimSnapshot]) -> str:
    """Return a Markdown table of verdicts, by claim, file and test, length 20 before 100."""
    head = ["| claim | verdict | effect, its interval, and what is needed |", "|---|---|---|"]
    found = sorted(snapshots, key=lambda each: (natural(each.claim), natural(each.test)))
    return "\n".join([*head, *map(_line, found)])


def natural(text: str) -> list[tuple[str, int]]:
    """A key that sorts the numbers in texts as numbers.

    >>> sorted(["A10-length=100", "A10-length=20", "A9"], key=natural)
    ['A9', 'A10-length=20', 'A10-length=100']
    """
    return [(word, int(digits or 0)) for word, digits in re.findall(r"(\D*)(\d*)", text)]


def write_verdicts(folder: Path, snapshots: Path) -> Path:
    """Write a model's recorded verdicts into its card, in place of older ones.

    Args:
        folder: The checkpoint, with its card ``README.md``.
        snapshots: The model's folder of snapshots.

    Returns:
        The card's path.

    Raises:
        InvalidInput: If there is no card, or no snapshot.
        SnapshotError: If a snapshot is damaged.
    """
    card = folder / "README.md"
    if not card.is_file():
        raise InvalidInput(f"no {card}; `claimkit pretrain` writes the card")
    found, damaged = read_folder(snapshots)
    if damaged:
        raise damaged[0]
    if not found:
        raise InvalidInput(
            f"no snapshot in {snapshots}; `pytest claims/ --model {folder} --snapshot-update` "
            "records them, --snapshots DIR names another folder"
        )
    before, _, rest = card.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2].strip()
    section = f"{BEGIN}\n## What claimkit says of it\n\n{verdict_table(found.values())}\n{END}"
    parts = filter(None, (before.rstrip(), section, after))
    card.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return card


def _line(snapshot: ClaimSnapshot) -> str:
    row = Row.of(snapshot.claim, _judgement(snapshot))
    text = row.text.replace("|", r"\|").replace("\n", " ")
    return f"| {row.claim} | {row.status} | {text} |"


def _judgement(snapshot: ClaimSnapshot) -> Judgement:
    """The judgement that a snapshot was made of, as far as it is shown."""
    needed = [float(number) for number in re.findall(r"[\d.]+$", snapshot.needs)]
    return Judgement(
        verdict=snapshot.verdict,
        label=snapshot.label,
        needs=snapshot.needs,
        alpha=0.0,
        estimate=snapshot.effect,
        # They only set the decimals; a difference fails below the margin, by default 0.02 further.
        thresholds=(*needed, *(number + 0.02 for number in needed)),
        reason=snapshot.reason,
    )
