"""``curves.svg`` in a run folder: loss and accuracy in every bin, step by step."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from claimkit.errors import InvalidInput
from claimkit.evidence.files import replace_file, told
from claimkit.reporting.svg import LINE, MUTED, SERIES, TEXT, drawing, new_figure, svg_of
from claimkit.training.runs import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from claimkit.training.course import LogLine

NAME: Final = "curves.svg"

_POINTS: Final = 150
"""Most points of a curve, so that a long training makes no large file."""

_STROKES: Final = ("-", "--", ":")
"""Of the first bin, the second and the third: a reader need not tell them apart by colour."""

_STYLE: Final = (
    "<style>svg{--text:#1b2230;--muted:#55607a;--line:#d9dee8;--first:#0b62c4;--second:#b93d07;"
    "background:#fff;font-family:sans-serif}@media(prefers-color-scheme:dark){svg{--text:#e8ebf2;"
    "--muted:#a5b0c4;--line:#323c4e;--first:#74b6ff;--second:#ffa26b;background:#1a202b}}</style>"
)
"""The colours of the report's pages, for a drawing that stands alone."""


def write_curves(run: Run[Any]) -> Path | None:
    """Draw the curves of a run from its log, beside the log.

    Returns:
        The drawing's path; None where the log has no loss, or is damaged, of which is warned.

    Raises:
        StoreError: If the folder cannot be written.
    """
    try:
        lines = [line for line in run.lines() if "loss" in line]
    except InvalidInput as error:
        warnings.warn(f"no curves of {run.name}: {error}", UserWarning, stacklevel=2)
        return None
    if not lines:
        return None
    path = run.folder / NAME
    with told("write", path):
        replace_file(path, curves(run.name, lines).encode())
    return path


def curves(name: str, lines: Sequence[LogLine]) -> str:
    """Return an SVG that stands alone.

    Args:
        name: Of the run.
        lines: Its log, at least one line.
    """
    title = f"Training of {name}"
    with drawing(title):
        figure = new_figure(5.0, 3.6)
        top = figure.add_axes((0.11, 0.56, 0.87, 0.34))
        bottom = figure.add_axes((0.11, 0.11, 0.87, 0.34), sharex=top)
        _losses(top, lines)
        _accuracies(bottom, [line for line in lines if line.get("exam")])
        bottom.set_xlabel("step", color=MUTED, fontsize=8, labelpad=2)
        drawn = str(svg_of(figure, title, _said(lines)))
    begin = drawn.index(">") + 1
    head = drawn[: begin - 1].replace("<svg", f"<svg {_SPACES}", 1)
    return f"{head}>{_STYLE}{drawn[begin:]}\n"


_SPACES: Final = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def _losses(axes: Axes, lines: Sequence[LogLine]) -> None:
    kept = _thinned(lines)
    _frame(axes)
    losses = [line["loss"] for line in kept]
    axes.plot([line["step"] for line in kept], losses, color=SERIES[0], linewidth=1.2)
    axes.set_ylim(bottom=0)
    axes.set_title("loss", loc="left", color=TEXT, fontsize=8)


def _accuracies(axes: Axes, exams: Sequence[LogLine]) -> None:
    _frame(axes)
    axes.set_ylim(-0.04, 1.06)
    axes.set_title("whole answers right", loc="left", color=TEXT, fontsize=8)
    kept = _thinned(exams)
    names = kept[0]["exam"] if kept else {}
    for name, stroke, colour in zip(names, _STROKES, (*SERIES, MUTED), strict=False):
        shares = [line["exam"][name] for line in kept]
        steps = [line["step"] for line in kept]
        axes.plot(steps, shares, color=colour, linestyle=stroke, linewidth=1.3, label=name)
    if names:
        axes.legend(
            loc="lower right",
            bbox_to_anchor=(1.0, 1.0),
            ncols=3,
            frameon=False,
            labelcolor=TEXT,
            fontsize=8,
            borderpad=0,
        )


def _frame(axes: Axes) -> None:
    axes.set_facecolor("none")
    axes.tick_params(colors=MUTED, labelsize=8, length=0)
    axes.grid(axis="y", color=LINE, linewidth=0.8)
    axes.spines[:].set_visible(False)


def _thinned(lines: Sequence[LogLine]) -> list[LogLine]:
    """Return evenly spaced lines, the first and the last among them."""
    if len(lines) <= _POINTS:
        return list(lines)
    return [lines[i * (len(lines) - 1) // (_POINTS - 1)] for i in range(_POINTS)]


def _said(lines: Sequence[LogLine]) -> str:
    """Say in words where the curves end."""
    exams = [line for line in lines if line.get("exam")]
    last = exams[-1]["exam"] if exams else {}
    shares = [f"{name} {share:.3f}" for name, share in last.items()]
    return ", ".join([f"{lines[-1]['step']} steps, loss {lines[-1]['loss']:.3f}", *shares])
