"""``claimkit card DIR``: write a model's recorded verdicts into its card."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_card(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the ``claimkit`` command."""
    card = commands.add_parser(
        "card",
        help="write recorded verdicts into a model card",
        description="Write the verdicts that --snapshot-update recorded into the model's README.md",
    )
    card.add_argument("folder", type=Path, metavar="DIR", help="a checkpoint with README.md")
    card.add_argument(
        "--snapshots",
        type=Path,
        metavar="DIR",
        help="the model's folder of snapshots (default: where pytest keeps it)",
    )
    card.set_defaults(run_command=_card)


def _card(options: argparse.Namespace) -> int:
    from claimkit.models.bundled import is_bundled
    from claimkit.reporting.card import write_verdicts
    from claimkit.reporting.places import name_of, snapshots_of

    model = str(options.folder)
    kept = snapshots_of(Path.cwd(), bundled=is_bundled(model)) / name_of(model)
    print(f"wrote {write_verdicts(options.folder, options.snapshots or kept)}")
    return 0
