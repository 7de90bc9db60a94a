"""report.md: the verdict first, and short enough for GitHub whatever a run found."""

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from claimkit.reporting.report import MOST_BYTES, markdown


def test_the_verdict_comes_first(run):
    """Right below the title stands one sentence on the model."""
    title, _, headline, *_ = markdown(run).splitlines()

    assert title == "# claimkit report: forward-born"
    assert headline.startswith("**forward-born cannot be relied on for R1; ")


def test_tables_are_tables(everything):
    """Every row of a table is read as one: none is left as a line with bars."""
    page = MarkdownIt("commonmark").enable("table").render(markdown(everything))

    assert not re.search(r"^(<p>)?\|", page, re.MULTILINE)
    assert page.count("<table>") == 11


def test_a_counterexample_is_shown_with_its_command(run):
    """Prompt, both answers and the command to ask again, in code that hides nothing."""
    text = markdown(run)

    assert "```text\nc a b | a : b\n<i>b</i> & a c | c :\n```" in text
    assert r"expected ` a `, answered ` \x1b[31m<b>c</b> `" in text
    assert "claimkit replay --model forward-born --task UL --context 'b a c' --query c" in text


def test_a_summary_to_open_has_no_escapes_of_markdown(run):
    """GitHub reads no Markdown within it: an escape would be shown."""
    record = run.claims[4]
    (judgement,) = record.judgements
    own = replace(judgement, label="accuracy of my_*task* <1>")

    text = markdown(replace(run, claims=(replace(record, judgements=(own,)),)))

    assert "<summary>Smallest failing question: accuracy of my_*task* &lt;1&gt;</summary>" in text


@pytest.mark.parametrize("most", [MOST_BYTES, 10_000, 100, 0])
def test_it_fits(run, most):
    """A thousand tests and answers of megabytes are cut until the report fits, and it says so."""
    claims = [replace(c, test=f"{c.test}{n}") for n in range(200) for c in run.claims]
    (judgement,) = claims[-2].judgements
    endless = replace(judgement.counterexample, actual="c " * MOST_BYTES)
    claims[-2] = replace(
        claims[-2], judgements=(replace(judgement, counterexample=endless, streams=()),)
    )

    text = markdown(replace(run, claims=tuple(claims)), most)

    assert len(text.encode()) <= most
    assert most < 100 or "report.html" in text
