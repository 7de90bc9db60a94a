"""The runs of a sweep as a table, the chosen one marked."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from claimkit.reporting.console import as_text
from claimkit.training.scratch.selection import Result


def sweep_table(
    results: Sequence[Result], chosen: Result | None, *, width: int, color: bool
) -> str:
    """Return the table, a row for each run, in the order given.

    Args:
        results: What the runs came to; at least one.
        chosen: The one that is marked, if any.
        width: Columns of the terminal.
        color: Whether it shows colours.
    """
    bins = (f"{low}–{high}" for low, high in results[0].recipe.bins)
    table = Table(box=None, pad_edge=False)
    for head in ("layers", "heads", "width", "learning rate", *bins):
        table.add_column(head, justify="right")
    table.add_column("")
    for result in results:
        sizes, rate = result.recipe.sizes, result.recipe.learning.learning_rate
        accuracies = (f"{share:.3f}" for share in result.accuracies)
        mark = "chosen" if result is chosen else "" if result.learned else "not learned"
        style = "bold green" if result is chosen else None if result.learned else "dim"
        sized = (str(number) for number in (sizes.layers, sizes.heads, sizes.width))
        table.add_row(*sized, f"{rate:g}", *accuracies, mark, style=style)
    return as_text(table, width=width, color=color)
