"""``curves.svg``: loss and accuracies of a training."""

import xml.etree.ElementTree as ET

import pytest
from tests.training.scratch.test_running import quick

from claimkit.reporting.training_curves import curves, write_curves
from claimkit.training.runs import Run

SVG = "{http://www.w3.org/2000/svg}"


def log(lines, exams=True):
    """A log that falls off a plateau."""
    exam = {"exam": {"bin 1": 1.0, "bin 2": 0.5, "bin 3": 0.25}} if exams else {}
    return [{"step": 50 * (i + 1), "loss": 3 / (i + 1), **exam} for i in range(lines)]


def test_the_drawing_stands_alone():
    """It is XML with its own colours, and says in words what it shows."""
    svg = curves("UR-gpt2-small-1", log(20))
    root = ET.fromstring(svg)

    assert root.tag == f"{SVG}svg"
    assert root.find(f"{SVG}title").text == "Training of UR-gpt2-small-1"
    said = "1000 steps, loss 0.150, bin 1 1.000, bin 2 0.500, bin 3 0.250"
    assert root.find(f"{SVG}desc").text == said
    assert "--first:" in root.find(f"{SVG}style").text
    texts = {element.text for element in root.iter(f"{SVG}text")}
    assert {"loss", "whole answers right", "bin 1", "bin 2", "bin 3", "step"} <= texts


def test_a_long_training_makes_no_large_file():
    """As many points as can be seen, and the same bytes every time."""
    long = curves("run", log(5_000))

    assert len(long) < 30_000
    assert long == curves("run", log(5_000))


def test_a_log_that_is_damaged_or_empty_is_not_drawn(tmp_path):
    """Of damage it is warned."""
    run = Run(tmp_path, quick())

    assert write_curves(run) is None
    (tmp_path / "log.jsonl").write_text('{"step": 5}\n{"step": 6, "loss": 1.0, "exam": 5}\n')
    with pytest.warns(UserWarning, match=r"no curves of UR-gpt2-small-1: line 2 of .* is damaged"):
        assert write_curves(run) is None
    assert not (tmp_path / "curves.svg").exists()


def test_a_log_without_exams_is_drawn():
    """Controls take none, and a run that was just begun has none yet."""
    root = ET.fromstring(curves("run", log(1, exams=False)))

    assert root.find(f"{SVG}desc").text == "50 steps, loss 3.000"
