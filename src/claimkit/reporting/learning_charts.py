"""Charts of learning: accuracy by bin beside the paper's, and bins while a model is trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from claimkit.evidence.verdicts import number
from claimkit.reporting.svg import LINE, MUTED, SERIES, TEXT, drawing, new_figure, svg_of

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.axes import Axes

_MARKERS: Final = "o^sDvPXph*d<>8"
"""One for each task: a reader need not tell lines apart by colour."""

_APART: Final = 0.045
"""How far tasks stand beside each other within a bin: most of them are at 1."""

_STROKES: Final = ("-", "--", ":")
"""Of the first bin, the second and the third."""


def bins_chart(table: Mapping[str, Any]) -> Markup:
    """Draw accuracy by bin, a line for each task, and the paper's figures as hollow marks.

    Args:
        table: Of one architecture, as in report.json.
    """
    title = f"Accuracy by bin: {table['title']}"
    rows = table["rows"]
    with drawing(title):
        figure = new_figure(3.4, 2.9)
        axes = figure.add_axes((0.12, 0.35, 0.86, 0.63))
        _frame(axes)
        _name_bins(axes, table["bins"])
        for nth, row in enumerate(rows):
            shift = (nth - (len(rows) - 1) / 2) * _APART
            _draw_task(axes, row, shift, _MARKERS[nth % len(_MARKERS)])
        _name_tasks(axes)
        return svg_of(figure, title, ". ".join(map(_said, rows)))


def training_chart(row: Mapping[str, Any], where: str) -> Markup:
    """Draw accuracy in each bin over the steps of the training, a line for each run and bin.

    Args:
        row: Of one task that has curves, as in report.json.
        where: What its table is called; drawings of one page need different names.
    """
    title = f"Training: {_name(row)}, {where}"
    with drawing(title):
        figure = new_figure(3.4, 2.0)
        axes = figure.add_axes((0.12, 0.19, 0.84, 0.67))
        _frame(axes)
        axes.set_xlabel("step", color=MUTED, fontsize=8, labelpad=2)
        axes.locator_params(axis="x", nbins=5, integer=True)
        named: set[int] = set()
        for curve in row["curves"]:
            _draw_curve(axes, curve, named=curve["place"] not in named)
            named.add(curve["place"])
        _name_curves(axes)
        return svg_of(figure, title, ". ".join(map(_curve_said, row["curves"])))


def _frame(axes: Axes) -> None:
    axes.set_facecolor("none")
    axes.set_ylim(-0.04, 1.06)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    axes.tick_params(colors=MUTED, labelsize=8, length=0)
    axes.grid(axis="y", color=LINE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)


def _name_bins(axes: Axes, bins: Sequence[Mapping[str, Any]]) -> None:
    places = [one["place"] for one in bins]
    names = [f"bin {one['place']}\n{one['lengths']}".rstrip() for one in bins]
    axes.set_xticks(places, names)
    axes.set_xlim(min(places) - 0.4, max(places) + 0.4)


def _draw_task(axes: Axes, row: Mapping[str, Any], shift: float, marker: str) -> None:
    """Draw a task's own figures, and the paper's in the same colour with hollow marks."""
    # What theory expects to hold has one colour, what it expects to fail the other.
    colour = SERIES[1] if row["expressible"] is False else SERIES[0]
    for figure, stroke, fill in (("accuracy", "-", colour), ("published", ":", "none")):
        known = [cell for cell in row["cells"] if cell[figure] is not None]
        axes.plot(
            [cell["place"] + shift for cell in known],
            [cell[figure] for cell in known],
            color=colour,
            marker=marker,
            linestyle=stroke,
            markersize=4,
            markerfacecolor=fill,
            linewidth=1.1 if figure == "accuracy" else 0.9,
            label=_name(row) if figure == "accuracy" else None,
            clip_on=False,
        )


def _name_tasks(axes: Axes) -> None:
    legend = axes.legend(
        frameon=False, labelcolor=TEXT, fontsize=7, ncols=4, columnspacing=0.8, handlelength=1.8
    )
    legend.set_loc("upper center")
    legend.set_bbox_to_anchor((0.47, -0.17), transform=axes.transAxes)


def _draw_curve(axes: Axes, curve: Mapping[str, Any], *, named: bool) -> None:
    """Draw one run in one bin; the first line of a bin names it."""
    style = (curve["place"] - 1) % len(_STROKES)
    axes.plot(
        [step for step, _ in curve["points"]],
        [accuracy for _, accuracy in curve["points"]],
        color=(*SERIES, MUTED)[style],
        linestyle=_STROKES[style],
        linewidth=1.2,
        label=f"bin {curve['place']}" if named else None,
        clip_on=False,
    )


def _name_curves(axes: Axes) -> None:
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(-0.02, 1.0),
        ncols=3,
        frameon=False,
        labelcolor=TEXT,
        fontsize=7.5,
        handlelength=2.2,
        columnspacing=1,
    )


def _name(row: Mapping[str, Any]) -> str:
    return f"{row['task']} ({row['means']})" if row["means"] else str(row["task"])


def _said(row: Mapping[str, Any]) -> str:
    return f"{_name(row)}: {', '.join(map(_cell_said, row['cells']))}"


def _cell_said(cell: Mapping[str, Any]) -> str:
    found = "no run learned" if cell["accuracy"] is None else number(cell["accuracy"])
    paper = "" if cell["published"] is None else f" (paper {number(cell['published'])})"
    return f"bin {cell['place']} {found}{paper}"


def _curve_said(curve: Mapping[str, Any]) -> str:
    step, accuracy = curve["points"][-1]
    return f"Seed {curve['seed']}, bin {curve['place']}: {number(accuracy)} after {step} steps"
