"""Charts of learning: what is drawn, read back from the drawing."""

import re

from claimkit.reporting.learning_charts import bins_chart, training_chart


def row(task, expressible, *figures, means=""):
    """A row in the form of report.json; figures are pairs of ours and the paper's."""
    cells = [
        {"place": place, "accuracy": ours, "published": paper}
        for place, (ours, paper) in enumerate(figures, 1)
    ]
    curves = [
        {"seed": seed, "place": place, "points": [[100, 0.5], [200, 1 / place]]}
        for place in (1, 2, 3)
        for seed in (1, 2)
    ]
    return {
        "task": task,
        "means": means,
        "expressible": expressible,
        "cells": cells,
        "curves": curves,
    }


def table(*rows):
    """A table in the form of report.json."""
    bins = [{"place": n, "lengths": text} for n, text in ((1, "5–25"), (2, "26–50"), (3, ""))]
    return {"title": "rotary", "bins": bins, "rows": list(rows)}


UR = row("UR", True, (1.0, 1.0), (0.98, 1.0), (0.97, None))
NF = row("NF", False, (1.0, 1.0), (0.5, 0.13), (None, 0.0), means="by hand")


def texts(svg):
    """Return what is written in a drawing."""
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def strokes(svg, colour):
    """Return the lines of a colour, as their style has them: dashed or not."""
    lines = re.findall(r'<path[^>]*clip-path[^>]*style="([^"]*)"|<path[^>]*style="([^"]*)"', svg)
    found = [one or other for one, other in lines]
    return [
        "dasharray" in style
        for style in found
        if "fill:none" in style.replace(" ", "")
        and f"stroke:var(--{colour})" in style.replace(" ", "")
    ]


def test_every_task_and_every_bin_is_named():
    """A task with how it was done; a bin with its lengths where all tasks share them."""
    written = texts(bins_chart(table(UR, NF)))

    assert {"UR", "NF (by hand)"} < set(written)
    assert written[:5] == ["bin 1", "5–25", "bin 2", "26–50", "bin 3"]


def test_the_paper_is_drawn_beside_ours():
    """A line of its own for each task, dotted, in the task's colour; theory says which colour."""
    svg = bins_chart(table(UR, NF))

    # Lines, those of the legend included: two of ours for one of the paper's.
    assert sorted(strokes(svg, "first")) == [False, False, True]
    assert sorted(strokes(svg, "second")) == [False, False, True]


def test_a_chart_is_told_in_words():
    """What is missing is not zero."""
    svg = bins_chart(table(UR, NF))

    assert "UR: bin 1 1.00 (paper 1.00), bin 2 0.98 (paper 1.00), bin 3 0.97." in svg
    assert "bin 3 no run learned (paper 0.00)" in svg


def test_training_has_a_line_for_each_run_and_bin():
    """The bins are named once, however many runs there are."""
    svg = training_chart(UR, "rotary")

    assert [text for text in texts(svg) if text.startswith("bin")] == ["bin 1", "bin 2", "bin 3"]
    # Two runs and the legend.
    assert [len(strokes(svg, colour)) for colour in ("first", "second", "muted")] == [3, 3, 3]
    assert "Seed 2, bin 3: 0.33 after 200 steps" in svg
