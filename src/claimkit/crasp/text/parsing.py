"""Reads a program from text.

A text has two header lines, each of which may be left out, and then one line for each definition.
Comments begin with # after a blank; an indented line goes on from the one before.

    program UR
    alphabet a b
    PRED[a](i) := ∃[j ≤ i, j = i−1] Q[a](j)

Operators have an ASCII spelling each, such as ``exists[j <= i, j = i-1]``. From loosest to
tightest: ``P ? C : C``; ∨; ∧; comparisons; + and −; and all that stands before what it is about:
¬, ⋁, ⋀, ∑, ∃, #. The grammar is in ``grammar.lark``.
"""

from __future__ import annotations

from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.program import Definition, Program
from claimkit.crasp.text.building import Builder
from claimkit.crasp.text.headers import HEADERS, alphabet_in, header_of, name_in
from claimkit.crasp.text.passages import Passage, passages
from claimkit.crasp.text.syntax import tree_of


def parse(text: str, name: str = "") -> Program:
    """Read a program.

    Args:
        text: As :func:`claimkit.crasp.text.printing.text_of` writes it, or more freely.
        name: What the program is called if the text does not say.

    Raises:
        InvalidProgram: If the text is no program of C-RASP[pos]; names the line.

    >>> parse("NEXT[a](i) := Q[a](i)", name="repeat").definitions[0].body
    Initial(symbol=Variable(name='a'))
    """
    headers: dict[str, Passage] = {}
    definitions: list[Definition] = []
    for passage in passages(text):
        header = header_of(passage)
        if header:
            _check_place(passage, header, headers, definitions)
            headers[header] = passage
        else:
            definitions.append(_definition(passage, definitions))
    if not definitions:
        raise InvalidProgram(
            "the text has no definition; a program has lines such as NEXT[a](i) := Q[a](i)"
        )
    called = name_in(headers["program"]) if "program" in headers else name
    alphabet = alphabet_in(headers["alphabet"]) if "alphabet" in headers else None
    return Program(called, tuple(definitions), alphabet)


def _definition(passage: Passage, earlier: list[Definition]) -> Definition:
    if not earlier and ":=" not in passage.text:
        word = passage.text.split()[0]
        raise passage.wrong(
            f"{word} begins neither a header ({', '.join(HEADERS)}) nor a definition, which is "
            "written with :="
        )
    return Builder(passage, (line.name for line in earlier)).definition(tree_of(passage))


def _check_place(
    passage: Passage,
    header: str,
    headers: dict[str, Passage],
    definitions: list[Definition],
) -> None:
    """Refuse a header that stands twice, or after what it goes before."""
    if header in headers:
        raise passage.wrong(
            f"the header '{header}' stands in line {headers[header].line} already; keep one"
        )
    if definitions:
        raise passage.wrong(f"the header '{header}' stands before all definitions; move it up")
    later = HEADERS[HEADERS.index(header) + 1 :]
    if any(other in headers for other in later):
        raise passage.wrong(f"the header '{header}' stands before '{later[0]}'; move it up")
