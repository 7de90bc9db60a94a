"""First glitches in a report: what was copied, expected and written, marked and never run."""

import json
import re
from dataclasses import replace
from html import unescape

import pytest
from tests.reporting.conftest import GLIMPSE, glitchy, judged

from claimkit.evidence.glimpses import Piece
from claimkit.evidence.verdicts import Judgement
from claimkit.reporting.report import html, markdown, report_data
from claimkit.reporting.sections.glitches import published
from claimkit.shipped import shipped


@pytest.fixture(scope="module")
def page():
    """The section of a page that shows one glimpse."""
    text = html(judged(glitchy(), claim="A17"))
    return text[text.index('<section id="glitches"') :].split("</section>")[0]


def marks(page, kind):
    """Return the texts that are marked so below the explanation."""
    cards = page[page.index('<div class="cards">') :]
    return [unescape(found) for found in re.findall(rf'<mark class="{kind}">(.*?)</mark>', cards)]


def test_a_card_shows_what_the_verdict_rests_on():
    """With the glimpse as programs read it, beside the verdict's own numbers."""
    data = report_data(judged(glitchy(), claim="A17"))["sections"]["glitches"]

    (card,) = data["cards"]
    assert (card["claim"], card["verdict"], card["needs"]) == ("A17", "holds", "> 0")
    assert card["glimpse"] == json.loads(json.dumps(GLIMPSE.to_dict()))
    assert card["effect"]["sample"] == "60 glitchy copies"


def test_a_run_without_glimpses_has_no_such_section():
    """Nothing to show."""
    none = judged(glitchy(None))

    assert "glitches" not in report_data(none)["sections"]
    assert "First glitches" not in html(none)
    assert "First glitches" not in markdown(none)


def test_tokens_are_marked(page):
    """Ambiguous ones, and in both texts the first that differs, which is told in words, too."""
    assert marks(page, "ambiguous") == [" <sit>", " `elit`"]
    assert marks(page, "parts") == [" amet", " <b>"]
    assert "text 3: wrong after token 214 of 487, an ambiguous one." in page
    assert re.findall("<dt>(.*?)</dt>", page) == ["copied", "expected", "written"]


def test_an_output_is_shown_and_nothing_else(page):
    """Markup of a token stays text, and what one does not see is written as an escape."""
    assert "<b>" not in page
    assert "<sit>" not in page
    assert "\\x1b[31m" in page
    assert "\x1b" not in page
    assert '<mark class="parts"> amet</mark>\\n<mark class="ambiguous">' in page


@pytest.mark.parametrize(
    "glimpse, words",
    [
        (replace(GLIMPSE, written=(), goes_on=False), "<code></code>the end</dd>"),
        (replace(GLIMPSE, expected=(), tokens=214), "<code></code>the end</dd>"),
        (replace(GLIMPSE, position=0, copied=()), "<code></code>nothing</dd>"),
    ],
)
def test_an_end_is_told_in_words(glimpse, words):
    """No text is one, too."""
    assert words in html(judged(glitchy(glimpse)))


def test_markdown_shows_the_same_lines_as_a_terminal():
    """In a block of code, in which no mark of Markdown counts."""
    text = markdown(judged(glitchy(), claim="A17"))

    assert "## First glitches" in text
    assert "```text\nfirst glitch of LoremCopy at 500 tokens, " in text
    assert "\n  copied:   … dolor «<sit>»\n" in text
    assert "\n  expected: [ «amet»]\\n «`elit`» …\n" in text
    assert "\n  written:  [ <b>]\\x1b[31m & x …\n" in text


def test_a_fence_is_longer_than_what_it_holds():
    """A token of backticks ends no block."""
    evil = replace(GLIMPSE, copied=(Piece("```"), Piece("\n# x")))

    text = markdown(judged(glitchy(evil)))
    assert "````text\nfirst glitch" in text
    assert "\n# x" not in text


def test_journals_without_glimpses_are_read():
    """As earlier versions wrote them."""
    record = glitchy().to_dict()
    del record["glimpse"]

    assert Judgement.from_dict(record) == glitchy(None)


def test_published_figures_are_those_of_the_paper(page):
    """Beside ours, and named for what they are; the kinds are not exchanged."""
    rows = {(row["model"], row["size"]): row for row in published()["rows"]}
    worst = rows["qwen2.5-7B-Instruct", "5k"]

    assert (worst["unambiguous"], worst["ambiguous"]) == (0.99, 0.19)
    assert len(rows) == 12
    assert all(row["ambiguous"] < row["unambiguous"] for row in rows.values())
    assert '<th scope="row">qwen2.5-7B-Instruct</th><td>5k</td><td class="n">0.99</td>' in page
    assert "The published score" in page
    assert "llama3 31.97 ambiguous and 39.65 unambiguous" in page
    named = json.loads((shipped("published") / "born_lorem.json").read_text("utf-8"))["source"]
    assert "arXiv" in named
    assert named in page
