"""A comparison says what differs, in a terminal and in files, and equal runs make equal files."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from claimkit.evidence.keys import canonical_json
from claimkit.evidence.samples import Sample
from claimkit.evidence.verdicts import Estimate, Interval, Judgement, Verdict
from claimkit.reporting.comparing import compare_runs
from claimkit.reporting.comparison_report import compare_data, write_comparison
from claimkit.reporting.comparison_text import noted, printed
from claimkit.reporting.records import NOT_REPORTED, THEORY, ClaimRecord, RunRecord
from claimkit.reporting.sides import Side
from claimkit.tasks import Setting

NASTY = "<b>|`x`\n&amp;"


def judged(verdict, value, wrong, needs="> 0"):
    setting = canonical_json(Setting(length=10, symbols=62).canonical())
    right = tuple(n >= wrong for n in range(64))
    return Judgement(
        verdict=Verdict(verdict),
        label="UR − UL at length 10",
        needs=needs,
        alpha=0.001,
        estimate=Estimate(value, Interval(value - 0.1, value + 0.1), 64),
        thresholds=(0.0, 0.02),
        streams=(Sample("UR", setting, "claim", 1, "p", "o", right),),
    )


def side(name, verdict="holds", value=0.5, wrong=0, step=None, **facts):
    one = judged(verdict, value, wrong)
    claim = ClaimRecord("t.py::test[A10]", "A10", "s", "", False, verdict, judgements=(one,))
    run = RunRecord((claim,), {"model": name, "fingerprint": "f" * 64, "dtype": "float32"})
    return Side(name, replace(run, **facts), step)


@pytest.fixture
def worse():
    """A comparison of two runs, of which the second is worse and another verdict."""
    base, new = side("old"), side("new", "fails", -0.2, wrong=40)
    return compare_runs(base, [new], 0.05, example=lambda run, sample, index: NASTY)


@pytest.fixture
def series():
    """A comparison of three checkpoints."""
    base, *others = [side(f"step-{n}", value=n / 10, wrong=30 - n, step=n) for n in (1, 5, 9)]
    return compare_runs(base, others, 0.05, series=True)


def test_what_is_printed_is_what_the_gate_prints(worse):
    """Both figures, the discordant strings, an example, and the verdict that changed."""
    text = printed(worse)

    assert "UR at length 10: 1.00 → 0.38 of 64 strings (−0.62); 40 right before and wrong" in text
    assert f"right before and wrong now: {NASTY}" in text
    assert "A10 t.py::test[A10]: fails now; changed: held before" in text
    assert "compared with old: 1 worse" in text
    assert "1 stream of 64 strings each; 1 paired string by string" in text


def test_what_else_differs_is_said():
    """Two runs of one model in two number formats are told apart."""
    half = {"model": "m", "fingerprint": "f" * 64, "dtype": "bfloat16", "device": "cuda"}
    found = compare_runs(side("a"), [side("b", provenance=half, complete=False)], 0.05)

    text = printed(found)

    assert "  dtype: float32 → bfloat16" in text
    assert "  device: nothing → cuda" in text
    assert "new: b (m), fingerprint ffffffffffff, 1 claim, interrupted, 0 not reported" in text


def test_a_verdict_on_another_need_is_no_change():
    """Fails at 0.99 where it held at 0.9 is no change, but another question."""
    base, new = side("old"), side("new", "fails")
    other = replace(new.run.claims[0], judgements=(judged("fails", 0, 0, needs="≥ 0.99"),))

    (same,) = noted(base, new)
    (another,) = noted(base, replace(new, run=replace(new.run, claims=(other,))))

    assert (same.before, another.before) == ("holds", "")


def test_a_test_that_the_first_run_did_not_have_has_no_verdict_before():
    """Nothing is made up of what was not run."""
    new = side("new")
    claim = replace(new.run.claims[0], test="other", before="from a snapshot")

    (record,) = noted(side("old"), replace(new, run=replace(new.run, claims=(claim,))))

    assert record.before == ""


def test_theory_is_no_news_of_a_model():
    """Run beside one model and listed beside another, it has not changed."""
    base, new = side("old"), side("new")
    law, listed = (
        replace(base.run.claims[0], status=status, judgements=(), subject=THEORY)
        for status in ("holds", "not applicable")
    )

    (record,) = noted(
        replace(base, run=replace(base.run, claims=(law,))),
        replace(new, run=replace(new.run, claims=(listed,))),
    )

    assert record.before == ""


def test_the_files_say_the_same_as_the_data(worse, tmp_path):
    """JSON holds the figures, Markdown and HTML the sentences, all texts escaped."""
    paths = write_comparison(worse, tmp_path / "out")
    data, md, html = (path.read_text(encoding="utf-8") for path in paths)

    assert [path.name for path in paths] == ["compare.json", "compare.md", "compare.html"]
    assert json.loads(data) == json.loads(json.dumps(compare_data(worse)))
    assert json.loads(data)["others"][0]["rows"][0]["lost"] == 40
    assert "<b>" not in re.sub(r"(`+).*?\1", "", md)
    assert "<b>" not in html
    assert "&lt;b&gt;" in html


def test_a_run_that_was_interrupted_is_said_to_be(tmp_path):
    """That nothing is worse is to be read with it."""
    found = compare_runs(side("a"), [side("b", complete=False)], 0.05)

    _, *pages = (path.read_text(encoding="utf-8") for path in write_comparison(found, tmp_path))

    assert [page.count("The run of b did not come to its end") for page in pages] == [1, 1]
    assert not any("The run of a did" in page for page in pages)


def test_long_names_leave_room_for_each_other(tmp_path):
    """A chart shows the end of each, by which they differ, and its description all of it."""
    names = [f"/a/folder/of/many/models/with/long/names/{letter}" for letter in "xyz"]
    base, *others = map(side, names)

    write_comparison(compare_runs(base, others, 0.05, series=True), tmp_path)

    chart = (tmp_path / "compare.html").read_text().partition("<svg")[2].partition("</svg>")[0]
    labels = re.findall(r">(…[^<]+)</text>", chart)
    assert [label[-2:] for label in labels] == ["/x", "/y", "/z"]
    assert sum(map(len, labels)) <= 42
    assert all(name in chart.partition("<desc")[2].partition("</desc>")[0] for name in names)


def test_equal_runs_make_equal_files(series, tmp_path):
    """Byte for byte, drawings included."""
    first = [path.read_bytes() for path in write_comparison(series, tmp_path / "a")]
    second = [path.read_bytes() for path in write_comparison(series, tmp_path / "b")]

    assert first == second


def test_a_series_has_a_curve_of_every_effect(series, tmp_path):
    """One drawing per panel, with a name and the numbers for those who do not see it."""
    _, md, html = (p.read_text(encoding="utf-8") for p in write_comparison(series, tmp_path))

    assert html.count('<svg class="chart"') == len(compare_data(series)["effects"]) == 1
    assert "length 10: 0.10 in step-1, 0.50 in step-5, 0.90 in step-9</desc>" in html
    assert "| step-1 | step-5 | step-9 |" in md


def test_two_runs_make_no_curve(worse, tmp_path):
    """Two models that are no steps of one training run are not joined by a line."""
    html = write_comparison(worse, tmp_path)[2].read_text(encoding="utf-8")

    assert "<svg" not in html


class Names(HTMLParser):
    """Collects what a page refers to, and the names that are there."""

    def __init__(self):
        """Begin with nothing."""
        super().__init__()
        self.ids, self.refers, self.fetched = [], [], []

    def handle_starttag(self, tag, attrs):
        """Note one element."""
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            elif name in ("aria-labelledby", "href", "xlink:href") and tag != "link":
                self.refers += value.replace("#", "").split()
            elif name in ("src", "srcset"):
                self.fetched.append(value)


def test_the_page_stands_alone(series, tmp_path):
    """Every name it refers to is there once, and nothing is fetched from anywhere."""
    html = write_comparison(series, tmp_path)[2].read_text(encoding="utf-8")
    names = Names()
    names.feed(html)

    assert len(names.ids) == len(set(names.ids))
    assert set(names.refers) <= set(names.ids)
    assert names.fetched == []
    assert not re.search(r"url\((?!#)|@import|<script", html)


def test_a_run_without_a_judgement_is_told_as_it_is():
    """A record without estimate is no point of any curve."""
    unheard = side("new").run.claims[0]
    lost = replace(unheard, test="lost", status=NOT_REPORTED, judgements=())
    new = side("new", complete=False, claims=(unheard, lost))

    found = compare_runs(side("old"), [new], 0.05)

    assert "1 claim, interrupted, 1 not reported" in printed(found)
    assert len(compare_data(found)["effects"]) == 1
