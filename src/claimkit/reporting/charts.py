"""Charts: accuracy against length, and an interval beside its threshold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from claimkit.evidence.verdicts import number
from claimkit.reporting.svg import LINE, MUTED, SERIES, TEXT, drawing, new_figure, svg_of

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.axes import Axes

_STYLES: Final = (("o", "-"), ("s", "--"))
"""Marker and stroke of a panel's lines: a reader need not tell them apart by colour."""


def accuracy_chart(panel: Mapping[str, Any]) -> Markup:
    """Draw accuracy against length, with intervals, for the one or two tasks of a panel."""
    title = f"Accuracy against length: {panel['title']}, {panel['setting']}"
    said = [f"{line['task']}: {_said(line['points'])}" for line in panel["lines"]]
    with drawing(title):
        figure = new_figure(3.4, 2.3)
        axes = figure.add_axes((0.12, 0.17, 0.86, 0.71))
        _frame(axes, [p["length"] for line in panel["lines"] for p in line["points"]])
        for line, colour, style in zip(panel["lines"], SERIES, _STYLES, strict=False):
            _draw(axes, line, colour, style)
        _name_lines(axes)
        return svg_of(figure, title, ". ".join(said))


def interval_chart(effect: Mapping[str, Any]) -> Markup:
    """Draw an interval beside the thresholds it is judged by; the text beside it says the same."""
    from markupsafe import Markup

    least = min(-1.0 if effect["signed"] else 0.0, effect["low"])
    most = max(1.0, effect["high"])

    def at(value: float) -> str:
        return f"{2 + 96 * (min(max(value, least), most) - least) / (most - least):.1f}"

    ticks = "".join(
        f'<line class="tick" x1="{at(t)}" x2="{at(t)}" y1="1" y2="13"/>'
        for t in effect["thresholds"][:1]
    )
    low, high, value = (at(effect[name]) for name in ("low", "high", "value"))
    return Markup(
        '<svg class="interval" viewBox="0 0 100 14" preserveAspectRatio="xMinYMid" '
        'aria-hidden="true">'
        f'<line class="axis" x1="2" x2="98" y1="7" y2="7"/>{ticks}'
        f'<line class="span" x1="{low}" x2="{high}" y1="7" y2="7"/>'
        f'<circle cx="{value}" cy="7" r="3"/></svg>'
    )


def _frame(axes: Axes, lengths: Sequence[int]) -> None:
    axes.set_facecolor("none")
    axes.set_ylim(-0.04, 1.04)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    ticks = sorted(set(lengths))
    axes.set_xlim(0, max(ticks) * 1.06)
    axes.set_xticks(_spaced(ticks))
    axes.set_xlabel("length", color=MUTED, fontsize=8, labelpad=2)
    axes.tick_params(colors=MUTED, labelsize=8, length=0)
    axes.grid(axis="y", color=LINE, linewidth=0.8)
    axes.spines[:].set_visible(False)


def _name_lines(axes: Axes) -> None:
    """Name the lines above the axes, where no line can be."""
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(-0.02, 1.0),
        ncols=2,
        frameon=False,
        labelcolor=TEXT,
        fontsize=8,
        handlelength=2.6,
    )


def _spaced(ticks: Sequence[int]) -> list[int]:
    """Leave out lengths whose numbers would stand on each other."""
    kept: list[int] = []
    for tick in ticks:
        if not kept or tick - kept[-1] >= ticks[-1] / 12:
            kept.append(tick)
    return kept


def _draw(axes: Axes, line: Mapping[str, Any], colour: str, style: tuple[str, str]) -> None:
    points, (marker, stroke) = line["points"], style
    values = [point["accuracy"] for point in points]
    axes.errorbar(
        [point["length"] for point in points],
        values,
        yerr=[
            [value - point["low"] for value, point in zip(values, points, strict=True)],
            [point["high"] - value for value, point in zip(values, points, strict=True)],
        ],
        color=colour,
        marker=marker,
        linestyle=stroke,
        markersize=4.5,
        linewidth=1.6,
        elinewidth=1.1,
        capsize=2.5,
        label=f"{line['task']} ({line['direction']})" if line["direction"] else line["task"],
        clip_on=False,
    )


def _said(points: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(f"{number(p['accuracy'])} at length {p['length']}" for p in points)
