"""Rendering: from the data of a report to its two readable forms, by templates.

Every text that comes from a run is escaped on its way into a template, in HTML by jinja2 and in
Markdown by :mod:`claimkit.reporting.escaping`; templates need not think of it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from claimkit.reporting.sections import SECTIONS

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES: Final = Path(__file__).parent / "templates"
_CAPS: Final = ((10**6, 10**6), *((4**n, 2 * 4**n) for n in range(6, 0, -1)))
"""Rows of a table and characters of a text in Markdown; the first that fits is taken."""


def html_page(report: Mapping[str, Any]) -> str:
    """Return a report's data as one page of HTML that needs nothing else."""
    style, script = asset("page.css"), asset("page.js")
    # The page itself forbids any other script, and everything from anywhere else.
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return _page("html", report, style=style, script=script, script_digest=digest)


def markdown_page(report: Mapping[str, Any], most_bytes: int) -> str:
    """Return a report's data as Markdown of at most ``most_bytes`` bytes.

    Tables and texts are cut as far as it takes. Where even that is too long, what is left is a line
    that says so, or nothing.
    """
    for rows, characters in _CAPS:
        text = _page("md", report, most_rows=rows, most_characters=characters)
        if len(text.encode("utf-8", "backslashreplace")) <= most_bytes:
            return text
    notice = "The report of claimkit is too long to be shown here; report.html has it.\n"
    return notice if len(notice) <= most_bytes else ""


def asset(name: str) -> str:
    """Return a file that goes into pages as it is."""
    from markupsafe import Markup

    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))


def _page(kind: str, report: Mapping[str, Any], **more: object) -> str:
    """Render the sections that a report has, each by its own templates, then the page of them."""
    from markupsafe import Markup

    environment, run = environment_of(kind), report["run"]
    parts = []
    for section in SECTIONS:
        data = report["sections"].get(section.name)
        if data is not None:
            template = environment.get_template(f"{section.name}.{kind}.j2")
            body = Markup(template.render(data=data, run=run, **more))
            parts.append({"name": section.name, "title": section.title, "body": body})
    page = environment.get_template(f"page.{kind}.j2")
    return page.render(report=report, run=run, parts=parts, **more)


@cache
def environment_of(kind: str) -> Environment:
    """Return what renders ``html`` or ``md``; both escape every value that is no markup yet."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context

    from claimkit.reporting import charts, escaping

    finalize = escaping.visible if kind == "html" else pass_context(escaping.finalize_markdown)
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=finalize,
    )
    environment.filters |= {
        "interval_chart": charts.interval_chart,
        "code": pass_context(escaping.code_span),
        "block": pass_context(escaping.code_block),
        "within_html": pass_context(escaping.within_html),
        **{name: made for section in SECTIONS for name, made in section.filters.items()},
        "anchor": escaping.anchor,
        "number": escaping.two_decimals,
    }
    return environment
