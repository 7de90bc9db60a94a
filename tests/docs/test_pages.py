"""What the pages name exists: files behind links, options of pytest."""

import re
from pathlib import Path

import pytest

import claimkit
from claimkit.auditing.drawing import DRAWS, draw
from claimkit.auditing.grids import BARE_GRID, COPYING_GRID, RETRIEVAL_GRID, in_words

ROOT = Path(claimkit.__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
LINK = re.compile(r"\]\(([^)#:]+)\)")
# Of pytest, pytest-xdist and this project's own programs.
OTHERS = {"--pyargs", "--dist", "--wheel"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page):
    """Links between the pages, and into the source tree, are whole."""
    links = LINK.findall(page.read_text(encoding="utf-8"))

    missing = [link for link in links if not (page.parent / link).exists()]

    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_option_is_one(page, pytestconfig):
    """An option that a page names is in ``pytest --help``."""
    named = set(OPTION.findall(page.read_text(encoding="utf-8")))

    known = {name for option in pytestconfig._parser._anonymous.options for name in option.names()}
    groups = (group.options for group in pytestconfig._parser._groups)
    known |= {name for options in groups for option in options for name in option.names()}

    assert named - OTHERS <= known


@pytest.mark.parametrize("grid", [RETRIEVAL_GRID, COPYING_GRID, BARE_GRID], ids=["r", "c", "bare"])
def test_the_page_of_drawn_settings_names_those_that_are_drawn(grid):
    """The size of each grid, and every setting drawn from it."""
    page = (ROOT / "docs" / "drawn-settings.md").read_text(encoding="utf-8")
    drawn = [f"- {in_words(point)}\n" for point in draw(grid.points(), DRAWS, grid.seed)]

    assert f"from {len(grid.points())}:" in page
    assert [line for line in drawn if line not in page] == []
