"""Escaping: texts of a run, shown in Markdown and HTML as what they are and as nothing else.

Prompts and answers hold whatever a model says: marks of Markdown, line feeds, characters that no
one sees or that turn around what stands beside them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from claimkit.evidence.verdicts import number

if TYPE_CHECKING:
    from jinja2.runtime import Context
    from markupsafe import Markup

_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_MARKS: Final = re.compile(r"[\\`*_\[\]|~$]")
# What begins a heading, a list, a quotation or a rule, where it begins a line.
_OPENING: Final = re.compile(r"^(\s*)([#+\-=]|\d+(?=[.)](\s|$)))")


def visible(value: object) -> object:
    r"""Return a text with characters that are not seen written as escapes; others as they are.

    Line feeds, tabs and whatever is no plain text stay.

    >>> visible("a\x00b\u202ec"), visible("line\n")
    ('a\\x00b\\u202ec', 'line\n')
    """
    if type(value) is not str or value.isprintable():
        return value
    return "".join(c if c.isprintable() or c in "\n\t" else _escape(c) for c in value)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def escape_markdown(text: str) -> str:
    r"""Return Markdown that shows a text as it is, on one line, also in a cell of a table.

    >>> print(escape_markdown("*a* | <b>\n# c"))
    \*a\* \| &lt;b&gt; # c
    """
    line = re.sub(r"\s+", " ", str(visible(text)))
    line = _MARKS.sub(r"\\\g<0>", "".join(_ENTITIES.get(c, c) for c in line))
    return _OPENING.sub(lambda m: f"{m[1]}&#{ord(m[2][0])};{m[2][1:]}", line)


def finalize_markdown(context: Context, value: object) -> object:
    """Return a value of a Markdown template as markup; what is markup already stays as it is."""
    from markupsafe import Markup

    if hasattr(value, "__html__"):
        return value
    return Markup(escape_markdown(_cut(context, str(value))))


def code_span(context: Context, text: str) -> Markup:
    r"""Return Markdown that shows a text as code within a line, with line feeds as ``\n``.

    Not for tables: there a bar ends the cell, and a backslash before it would be seen elsewhere.
    """
    from markupsafe import Markup

    line = str(visible(_cut(context, text))).replace("\n", "\\n").replace("\t", "\\t")
    fence = _fence(line, least=1)
    return Markup(f"{fence} {line} {fence}" if line.strip() else "(nothing)")


def code_block(context: Context, text: str) -> Markup:
    """Return Markdown that shows a text as lines of code."""
    from markupsafe import Markup

    shown = str(visible(_cut(context, text)))
    fence = _fence(shown, least=3)
    return Markup(f"{fence}text\n{shown}\n{fence}")


def within_html(context: Context, text: str) -> Markup:
    """Return a text for an element of HTML in Markdown, where Markdown's own escapes are shown."""
    from markupsafe import escape

    return escape(" ".join(str(visible(_cut(context, text))).split()))


def anchor(text: str) -> str:
    """Return a name that HTML can use as an identifier.

    >>> anchor("UR and UL, template rule")
    'ur-and-ul-template-rule'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-") or "x"


def two_decimals(value: float, *, signed: bool = False) -> str:
    """Return a number as every table of claimkit writes it."""
    return number(value, signed=signed)


def _fence(text: str, least: int) -> str:
    """Return more backticks than stand together anywhere in a text."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    return "`" * max(least, longest + 1)


def _cut(context: Context, text: str) -> str:
    most: Any = context.get("most_characters")
    if most is None or len(text) <= most:
        return text
    return f"{text[:most]} … ({len(text) - most} more characters are in report.html)"
