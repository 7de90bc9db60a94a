"""report.html as text: whole, self-contained, accessible; test_in_chromium.py opens it."""

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from claimkit.reporting import report
from claimkit.reporting.rendering import TEMPLATES

EMPTY = {"meta", "link", "br", "input", "path", "line", "circle", "rect", "use"}
# Text on a ground, as page.css has them; a graphic needs less than a text.
TEXTS = [
    *((text, ground) for text in ("text", "muted", "link") for ground in ("ground", "panel")),
    *((text, "code") for text in ("text", "fails")),
    *((name, f"{name}-ground") for name in ("holds", "fails", "undecided", "other")),
    ("fails", "panel"),
]
GRAPHICS = [(name, "panel") for name in ("first", "second", "holds", "fails", "undecided", "other")]


class Outline(HTMLParser):
    """Every element with its attributes, and whether all are closed in order."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.open, self.crossed = [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        """Keep an element; it is open until its end comes."""
        self.elements.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        """Keep an element that ends at once."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        """Close the element that was opened last."""
        if tag not in EMPTY and (not self.open or self.open.pop() != tag):
            self.crossed.append(tag)

    def all(self, *tags):
        """Return the attributes of every element of these names."""
        return [attributes for tag, attributes in self.elements if tag in tags]


@pytest.fixture(scope="module")
def page(everything):
    return report.html(everything)


@pytest.fixture(scope="module")
def outline(page):
    return Outline(page)


def luminance(colour):
    """Relative luminance of ``#rrggbb``. Source: WCAG 2.2, definition of relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    """Return the contrast of two colours, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def palettes():
    """Return the colours of page.css by name: in light, in dark, on paper."""
    blocks = re.findall(r":root \{(.*?)\}", (TEMPLATES / "page.css").read_text("utf-8"), re.DOTALL)
    light, dark, paper = (dict(re.findall(r"--([\w-]+): (#\w{6});", block)) for block in blocks)
    return {"light": light, "dark": {**light, **dark}, "paper": {**dark, **paper}}


@pytest.mark.parametrize("medium", ["light", "dark", "paper"])
def test_contrasts_suffice(medium):
    """Text has a contrast of 4.5 to its ground, and what is drawn one of 3 (WCAG 2.2, AA)."""
    colours = palettes()[medium]

    contrasts = {pair: contrast(*(colours[name] for name in pair)) for pair in TEXTS + GRAPHICS}
    assert {p: c for p, c in contrasts.items() if c < (4.5 if p in TEXTS else 3)} == {}


def test_black_on_white_has_the_largest_contrast():
    """The measure is the one that its source defines: 21, and 4.54 for #767676 on white."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


def test_every_element_is_closed(outline):
    """The page is well-formed, drawings included."""
    assert outline.crossed == []
    assert outline.open == []


def test_no_name_is_given_twice_and_none_is_missing(outline):
    """Labels, links and drawings refer to elements that are there, each once."""
    attributes = [attributes for _, attributes in outline.elements]
    names = Counter(a["id"] for a in attributes if "id" in a)

    links = [a["href"] for a in attributes if a.get("href", "").startswith("#")]
    places = {link[1:] for link in links if "=" not in link}
    told = {n for a in attributes for n in a.get("aria-labelledby", "").split()}
    labelled = {a["for"] for a in outline.all("label")}
    assert [name for name, count in names.items() if count > 1] == []
    assert (places | told | labelled) - names.keys() == set()


def test_nothing_is_fetched(page, outline):
    """Style, script and drawings are in the page, and its policy forbids the rest."""
    assert not [a for _, a in outline.elements if "src" in a or "srcset" in a]
    assert {a["href"] for a in outline.all("link")} == {"data:,"}
    assert not re.findall(r"url\((?!#)|@import|@font-face", page)
    assert "default-src 'none'" in page


def test_headings_are_in_order(outline):
    """No level is left out on the way down, and the page has one title."""
    levels = [int(tag[1]) for tag, _ in outline.elements if re.fullmatch(r"h[1-6]", tag)]

    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_every_table_has_a_caption_and_heads(outline):
    """A screen reader can say what a table is, and what a cell stands for."""
    tags = Counter(tag for tag, _ in outline.elements)

    assert tags["table"] == tags["caption"] > 0
    assert {a.get("scope") for a in outline.all("th")} == {"col", "row"}


def test_every_drawing_has_words(outline):
    """A chart has a name and a description; what only repeats the text beside it is skipped."""
    for attributes in outline.all("svg"):
        assert attributes.get("role") == "img" or attributes.get("aria-hidden") == "true"

    charts = [a for a in outline.all("svg") if a.get("role") == "img"]
    # Accuracy against length; the heads' map, their ranks, and the removals; two architectures by
    # bin, and the training of a task.
    assert len(charts) == len(outline.all("desc")) == 7
    assert all(len(a["aria-labelledby"].split()) == 2 for a in charts)


def test_texts_of_a_run_do_nothing(run):
    """Markup in a claim, a prompt or a label stays text."""
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>'\"&{{ 7*7 }}\n"
    claims = tuple(replace(c, says=evil, source=evil, test=evil, reason=evil) for c in run.claims)
    page = report.html(replace(run, claims=claims, provenance={"model": evil, evil: evil}))

    found = Outline(page)
    assert len(found.all("script")) == 1
    assert found.all("img") == []
    assert "{{ 7*7 }}" in page


def test_a_prompt_keeps_its_first_line_feed(run):
    """HTML swallows one line feed after ``<pre>``; the prompt's own is another."""
    (judgement,) = run.claims[4].judgements
    example = replace(judgement.counterexample, prompt="\nfirst line is empty")
    claim = replace(run.claims[4], judgements=(replace(judgement, counterexample=example),))

    assert ">\n\nfirst line is empty</pre>" in report.html(replace(run, claims=(claim,)))


def test_colours_of_drawings_are_those_of_the_page(page):
    """No colour is fixed in a drawing: it would be wrong in the dark."""
    charts = re.findall(r'<svg class="chart.*?</svg>', page, re.DOTALL)

    assert len(charts) == 7
    for chart in charts:
        assert re.findall(r": ?#\w+", chart) == []
        assert "var(--first)" in chart
    assert ">UR (right)</text>" in charts[0]
