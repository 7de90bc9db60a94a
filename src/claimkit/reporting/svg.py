"""SVG: figures that stand inside a page of HTML and follow its colours.

Text stays text; colours are variables of the page's style, so that one drawing serves in light and
in dark. Equal data give equal bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import blake2b
from io import StringIO
from typing import TYPE_CHECKING, Final

from claimkit.reporting.escaping import visible

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.figure import Figure

COLOURS: Final[Mapping[str, str]] = {
    "#010101": "var(--text)",
    "#020202": "var(--muted)",
    "#030303": "var(--line)",
    "#040404": "var(--first)",
    "#050505": "var(--second)",
}
"""What matplotlib draws with, and the variable of the page that stands there in the end."""

TEXT, MUTED, LINE, *SERIES = COLOURS


@contextmanager
def drawing(title: str) -> Iterator[None]:
    """Draw in matplotlib's own style, whatever the user's is, and with names that do not vary.

    What is drawn outside of it has the user's style.
    """
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams["svg.hashsalt"] = title
        mpl.rcParams["svg.fonttype"] = "none"
        # Names are no formulas, even with a dollar sign in them.
        mpl.rcParams["text.parse_math"] = False
        yield


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of so many inches."""
    # Not pyplot, which would look for a window system and keep every figure.
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), facecolor="none")


def svg_of(figure: Figure, title: str, description: str) -> Markup:
    """Return a figure as SVG with a name and a description for those who do not see it.

    Args:
        figure: Drawn with the keys of :data:`COLOURS`.
        title: Its name; figures of one page need different ones.
        description: What it shows, in words and numbers.
    """
    from markupsafe import Markup, escape

    out = StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with drawing(title):
        figure.savefig(out, format="svg", transparent=True, metadata=nothing)
    size, body = _inner(out.getvalue())
    for colour, variable in COLOURS.items():
        body = body.replace(colour, variable)
    # A page has several drawings, and no two of its elements may have one name.
    name = f"c{blake2b(title.encode('utf-8', 'backslashreplace'), digest_size=4).hexdigest()}-"
    head = (
        f'<svg class="chart" viewBox="{size}" role="img" aria-labelledby="{name}t {name}d">'
        f'<title id="{name}t">{escape(visible(title))}</title>'
        f'<desc id="{name}d">{escape(visible(description))}</desc>'
    )
    return Markup(f"{head}{_renamed(body, name)}</svg>")


def _inner(svg: str) -> tuple[str, str]:
    """Return the view box of matplotlib's SVG, and what is drawn in it, without what is not needed.

    The font is the page's, since matplotlib's is not sent along; so is the shape of corners, which
    matplotlib would set for the whole page.
    """
    (size,) = re.findall(r'viewBox="([^"]+)"', svg)
    body = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    for unneeded in (
        r"<metadata>.*?</metadata>",
        r"<!--.*?-->",
        r"<defs>\s*<style.*?</style>\s*</defs>",
        r" font-family: [^;\"]+;",
    ):
        body = re.sub(unneeded, "", body, flags=re.DOTALL)
    body = re.sub(r"\b(\d+\.\d\d)\d+", r"\1", body)
    return size, re.sub(r"\s*\n\s*", " ", body).replace("> <", "><")


def _renamed(body: str, prefix: str) -> str:
    """Put a prefix before the names that are used, and drop the others."""
    used = {*re.findall(r'href="#([^"]+)"', body), *re.findall(r"url\(#([^)]+)\)", body)}
    body = re.sub(r' id="([^"]+)"', lambda m: f' id="{prefix}{m[1]}"' if m[1] in used else "", body)
    return re.sub(r'(href="#|url\(#)', rf"\1{prefix}", body)
