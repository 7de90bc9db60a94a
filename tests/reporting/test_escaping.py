"""Texts of a run are shown as they are, and never act as markup."""

from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jinja2 import DictLoader
from markdown_it import MarkdownIt

from claimkit.reporting.escaping import escape_markdown, visible
from claimkit.reporting.rendering import environment_of

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
ANY_TEXT = st.text(max_size=40)
MARKS = st.text("*_`[]()<>&|\\#+-=~!:.1\n\t ab", max_size=20)


class Reader(HTMLParser):
    """Collects what a page shows and the elements it is made of."""

    def __init__(self):
        super().__init__()
        self.texts, self.tags = [], []

    def handle_starttag(self, tag, attrs):
        """Keep an element's name."""
        self.tags.append(tag)

    def handle_data(self, data):
        """Keep what is shown."""
        self.texts.append(data)


def read(page):
    """Return the text of a page, white space joined, and its elements in order."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    return " ".join("".join(reader.texts).split()), reader.tags


def words(text):
    """What a reader sees of a text, white space joined."""
    return " ".join(visible(text).split())


def rendered(kind, template, **values):
    """Render a template of one's own as those of a report are rendered."""
    environment = environment_of(kind).overlay(loader=DictLoader({"page": template}))
    return environment.get_template("page").render(**values)


@given(ANY_TEXT | MARKS)
@example("1. a")
@example("# a")
@example("a | b")
def test_markdown_shows_a_text_as_it_is(text):
    """A paragraph, an entry of a list and a cell of a table hold the text and no element of it."""
    shown = escape_markdown(text)

    assert read(MARKDOWN.render(f"x {shown}"))[0] == words(f"x {text}")
    assert read(MARKDOWN.render(f"- {shown}")) == (words(text), ["ul", "li"])
    table = MARKDOWN.render(f"| a | b |\n|---|---|\n| {shown} | c |")
    assert read(table)[0] == words(f"a b {text} c")


@given(ANY_TEXT | MARKS)
def test_code_in_markdown_is_code_to_its_end(text):
    """However many backticks it holds."""
    span = rendered("md", "x {{ text | code }}", text=text)
    block = rendered("md", "{{ text | block }}", text=text)

    assert read(MARKDOWN.render(span))[1] in (["p", "code"], ["p"])
    assert read(MARKDOWN.render(block)) == (words(text), ["pre", "code"])


@given(ANY_TEXT | MARKS)
def test_html_in_markdown_shows_a_text_as_it_is(text):
    """Markdown's own escapes would be shown there, and an empty line would end it."""
    page = MARKDOWN.render(rendered("md", "<p>{{ text | within_html }}</p>\n", text=text))

    assert read(page) == (words(text), ["p"])


@given(ANY_TEXT | MARKS)
def test_html_shows_a_text_as_it_is(text):
    """Nothing in a text becomes an element or an attribute."""
    page = rendered("html", '<p title="{{ text }}">{{ text }}</p>', text=text)

    assert read(page) == (words(text), ["p"])


@pytest.mark.parametrize(
    "text, shown",
    [
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("a\u202eb", r"a\u202eb"),
        ("a\u200bb", r"a\u200bb"),
        ("\ud800", r"\ud800"),
        ("\N{NO-BREAK SPACE}", r"\xa0"),
        ("gänsefüßchen „α“ 漢\n\t", "gänsefüßchen „α“ 漢\n\t"),
    ],
)
def test_what_nobody_sees_is_written_out(text, shown):
    """Control characters, marks of direction, invisible spaces; letters of any script stay."""
    assert visible(text) == shown
