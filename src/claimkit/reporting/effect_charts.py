"""Charts of effects over some runs: one panel for each claim and comparison, a line per length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any, Final

from claimkit.evidence.verdicts import number
from claimkit.reporting.svg import LINE, MUTED, SERIES, TEXT, drawing, new_figure, svg_of

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.axes import Axes

_MARKERS: Final = "osD^vPX"
_APART: Final = 0.012
"""How far lines stand beside each other, as a share of the axis: intervals would cover others."""

_CHARACTERS: Final = 42
"""As many as stand side by side below a panel."""


def effect_chart(panel: Mapping[str, Any], sides: Sequence[Mapping[str, Any]]) -> Markup:
    """Draw the effects of a panel over the steps of a training run, or over runs in order.

    Args:
        panel: As in compare.json.
        sides: The runs, with their names and steps.
    """
    title = f"{panel['claim']} {panel['what']} ({panel['needs']})"
    with drawing(title):
        figure = new_figure(3.6, 2.9)
        axes = figure.add_axes((0.13, 0.3, 0.84, 0.67))
        places = axis_places(sides)
        _frame(axes, panel, sides, places)
        _draw_lines(axes, panel["lines"], places)
        return svg_of(figure, title, ". ".join(map(_said, panel["lines"])))


def axis_places(sides: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Return where each run stands: at its step, or one after the other if a step is unknown."""
    if any(side["step"] is None for side in sides):
        return {side["name"]: float(place) for place, side in enumerate(sides)}
    return {side["name"]: float(side["step"]) for side in sides}


def _frame(
    axes: Axes,
    panel: Mapping[str, Any],
    sides: Sequence[Mapping[str, Any]],
    places: Mapping[str, float],
) -> None:
    stepped = all(side["step"] is not None for side in sides)
    points = [point for line in panel["lines"] for point in line["points"]]
    thresholds = {threshold for point in points for threshold in point["thresholds"][:1]}
    least = min([0.0, *(point["low"] for point in points)])
    axes.set_facecolor("none")
    axes.set_ylim(least - 0.05, 1.05)
    labels = [f"{side['step']}" if stepped else _short(side["name"], len(sides)) for side in sides]
    axes.set_xticks(*_kept(list(places.values()), labels))
    if not stepped:
        # Names are long, and would be cut at the edges of the drawing.
        first, *_, last = axes.get_xticklabels()
        first.set_horizontalalignment("left")
        last.set_horizontalalignment("right")
    axes.margins(x=0.08)
    axes.set_xlabel("step" if stepped else "run", color=MUTED, fontsize=8, labelpad=2)
    axes.tick_params(colors=MUTED, labelsize=7, length=0)
    axes.grid(axis="y", color=LINE, linewidth=0.8)
    axes.spines[:].set_visible(False)
    for threshold in sorted(thresholds):
        axes.axhline(threshold, color=MUTED, linewidth=1, linestyle=":")


def _draw_lines(
    axes: Axes, lines: Sequence[Mapping[str, Any]], places: Mapping[str, float]
) -> None:
    width = max(places.values()) - min(places.values()) or 1
    styles = zip(cycle(_MARKERS), cycle(SERIES), strict=False)
    for nth, (line, (marker, colour)) in enumerate(zip(lines, styles, strict=False)):
        shift = (nth - (len(lines) - 1) / 2) * _APART * width
        _draw(axes, line, [places[p["side"]] + shift for p in line["points"]], marker, colour)
    if any(line["name"] for line in lines):
        legend = axes.legend(frameon=False, labelcolor=TEXT, fontsize=7, ncols=4, columnspacing=1)
        legend.set_loc("upper center")
        legend.set_bbox_to_anchor((0.5, -0.2), transform=axes.transAxes)


def _short(name: str, runs: int) -> str:
    """Return the end of a name, by which runs differ, as far as the labels have room."""
    most = max(6, _CHARACTERS // runs)
    return name if len(name) <= most else f"…{name[1 - most :]}"


def _kept(places: list[float], labels: list[str]) -> tuple[list[float], list[str]]:
    """Leave out ticks whose labels would stand on each other."""
    width = max(places) - min(places) or 1
    kept: list[int] = []
    for nth, place in enumerate(places):
        if not kept or place - places[kept[-1]] >= width / 8:
            kept.append(nth)
    return [places[nth] for nth in kept], [labels[nth] for nth in kept]


def _draw(
    axes: Axes, line: Mapping[str, Any], places: list[float], marker: str, colour: str
) -> None:
    points = line["points"]
    axes.errorbar(
        places,
        [point["value"] for point in points],
        yerr=[
            [max(0.0, point["value"] - point["low"]) for point in points],
            [max(0.0, point["high"] - point["value"]) for point in points],
        ],
        color=colour,
        marker=marker,
        markersize=4,
        linewidth=1.3,
        elinewidth=0.8,
        capsize=2,
        label=line["name"] or None,
    )


def _said(line: Mapping[str, Any]) -> str:
    values = (f"{number(point['value'])} in {point['side']}" for point in line["points"])
    return f"{line['name'] or 'effect'}: {', '.join(values)}"
