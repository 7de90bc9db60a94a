"""The learning of a report: cells of several claims put together, beside the paper's figures."""

from dataclasses import replace

import pytest

from claimkit.reporting.journal import read_run, write_run
from claimkit.reporting.records import RunRecord
from claimkit.reporting.report import html, markdown, report_data
from claimkit.reporting.summary import Summary, render, rows_of_all


@pytest.fixture(scope="module")
def data(trained):
    """The section's data."""
    return report_data(trained)["sections"]["learning"]


def row(data, kind, nth, task):
    """Return a task's row of one of the tables."""
    (found,) = (row for row in data[kind][nth]["rows"] if row["task"] == task)
    return found


def test_a_run_without_trained_models_has_no_section(run):
    """There is nothing to show."""
    assert "learning" not in report_data(run)["sections"]


def test_each_architecture_has_a_table(data):
    """Tasks in the order of the papers; bins by their lengths."""
    first, second = data["scratch"]
    (tuned,) = data["finetuned"]

    assert first["title"] == "learned absolute positions (GPT-2 architecture), preset small"
    assert second["title"] == "rotary positions (Llama architecture), preset small"
    assert tuned["title"] == "fine-tuned from even-born"
    assert [one["task"] for one in first["rows"]] == ["UR", "UL", "NRLast"]
    assert [(one["place"], one["lengths"]) for one in first["bins"]] == [
        (1, "5–25"),
        (2, "26–50"),
        (3, "51–75"),
    ]


def test_a_cell_stands_once(data):
    """Whatever number of claims read it; its figure is the mean of the runs that count."""
    ur = row(data, "scratch", 0, "UR")

    assert [one["place"] for one in ur["cells"]] == [1, 2, 3]
    assert [one["accuracy"] for one in ur["cells"]] == pytest.approx([1.0, 0.96, 0.95])
    assert [run["learned"] for run in ur["cells"][0]["runs"]] == [True, False]
    assert [one["published"] for one in ur["cells"]] == [1.0, 0.99, 0.99]


def test_a_verdict_stands_beside_what_it_is_about(data):
    """The cell that was judged; a verdict that compares two has no place."""
    ur, ul = (row(data, "scratch", 0, task) for task in ("UR", "UL"))

    found = [[v["verdict"] for v in one["verdicts"]] for one in ur["cells"]]
    assert found == [[], ["holds"], ["fails"]]
    assert [one["verdicts"] for one in ul["cells"]] == [[]]
    assert ur["cells"][1]["verdicts"][0]["claim"] == "A6"
    assert ur["cells"][1]["verdicts"][0]["effect"]["text"] == "0.96 [0.48, 0.96]"


def test_theory_stands_beside_the_figures(data):
    """What C-RASP expresses, as the registry has it."""
    said = {one["task"]: one["expressible"] for one in data["scratch"][0]["rows"]}

    assert said == {"UR": True, "UL": True, "NRLast": False}


def test_curves_are_those_of_the_logs(data):
    """Seed by seed; a task whose runs kept none has none."""
    curves = row(data, "scratch", 0, "UR")["curves"]

    assert [(one["seed"], one["place"], len(one["points"])) for one in curves] == [
        (1, 1, 3),
        (2, 1, 2),
    ]
    assert curves[0]["points"][-1] == [750, 1.0]
    assert row(data, "scratch", 0, "NRLast")["curves"] == []


def test_bins_of_different_lengths_are_named_in_their_cells(trained):
    """Tasks may begin at different lengths."""
    (judgement,) = trained.claims[2].judgements
    other = tuple(replace(one, shortest=one.shortest + 1) for one in judgement.learning)
    claim = replace(trained.claims[2], judgements=(replace(judgement, learning=other),))
    run = replace(trained, claims=(trained.claims[0], claim))

    bins = report_data(run)["sections"]["learning"]["scratch"][0]["bins"]
    assert [one["lengths"] for one in bins] == ["", "", ""]
    for text in (html(run), markdown(run)):
        assert "lengths 6–25" in text
        assert "lengths 5–25" in text


def test_nothing_learned_is_not_zero(trained):
    """A cell of runs that all do not count has no figure, and says so."""
    record = trained.claims[2]
    (judgement,) = record.judgements
    none = tuple(
        replace(one, runs=tuple(replace(run, learned=False) for run in one.runs))
        for one in judgement.learning
    )
    run = RunRecord((replace(record, judgements=(replace(judgement, learning=none),)),))

    (last,) = report_data(run)["sections"]["learning"]["scratch"][0]["rows"]
    assert [one["accuracy"] for one in last["cells"]] == [None, None, None]
    assert "bin 3 no run learned (paper 0.47)" in html(run)
    assert r"| NRLast | no | – \[(1.00)\], paper 1.00 |" in markdown(run)


def test_both_pages_have_the_figures(trained):
    """Ours, run by run, the paper's, the verdict; before and after fine-tuning."""
    text, page = markdown(trained).replace("\\", ""), html(trained)

    assert (
        "| UR | yes | 1.00 [1.00, (0.50)], paper 1.00 | 0.96 [0.96, (0.10)], paper 0.99; " in text
    )
    assert "paper 0.99; A6 holds | 0.95 [0.95, (0.10)], paper 0.99; A6 fails |" in text
    assert "| UF (UR, token by token) | yes | 0.75 [0.75], paper –; A6 holds |" in text
    assert "| UL | yes | 26–50 | 0.12 | 1.00 [1.00] | – | A6 holds |" in text
    assert "paper 0.86" in page
    assert "runs 1.00, (0.50)" in page
    # The bins of two architectures, and the training of one task.
    assert page.count("<figure>") == 3


def test_a_report_of_a_journal_has_it(trained, data, tmp_path):
    """Cells and curves are kept with the judgements that read them."""
    again = read_run(write_run(trained, tmp_path))

    assert report_data(again)["sections"]["learning"] == data


def test_the_terminal_has_a_line_for_each(trained):
    """The rows of the summary can be read without the report."""
    rows = list(rows_of_all(trained.claims))
    printed = render(Summary(rows, 0.001), width=100, color=False)

    assert "A6    holds      UR at lengths 26–50: 0.96 [0.48, 0.96] (≥ 0.95)" in printed


def test_curves_of_fine_tuned_models_are_drawn(trained):
    """As those of models from scratch are."""
    record = trained.claims[5]
    (judgement,) = record.judgements
    (cell,) = judgement.learning
    runs = tuple(replace(run, exams=((50, 0.25), (100, 1.0))) for run in cell.runs)
    learning = (replace(cell, runs=runs),)
    run = RunRecord((replace(record, judgements=(replace(judgement, learning=learning),)),))

    page = html(run)

    assert "Training, task by task: fine-tuned from even-born" in page
    assert "Training: UL, fine-tuned from even-born" in page
    assert "Training, task by task: fine-tuned" not in html(trained)
