r"""Programs in LaTeX: what is written, and that nothing in it goes wrong there.

No LaTeX is at hand in every place where tests run. What stands in for it is matplotlib's reader of
mathematics, which knows most commands by the same names; the others are put by hand.
"""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib.mathtext import MathTextParser
from tests.crasp.strategies import programs

from claimkit.crasp.operations import Initial, Symbol
from claimkit.crasp.program import Definition, Program
from claimkit.crasp.symbols import SPECIAL
from claimkit.crasp.text.latex import latex_of
from claimkit.crasp.text.parsing import parse

# Commands of LaTeX and amsmath that matplotlib has under another name, or not at all.
OTHERWISE = {
    r"\\lnot\b": r"\\neg",
    r"\\land\b": r"\\wedge",
    r"\\lor\b": r"\\vee",
    r"\\le\b": r"\\leq",
    r"\\ge\b": r"\\geq",
    r"\\bmod\b": r"\\;\\mathrm{mod}\\;",
    r"\\mathrel\{(.)\}": r"\\;\1\\;",
    r"\\text\{\\text(?:tt|it)\{((?:[^{}\\]|\\[{}]|\\text[a-z]+\{\}|\\.)*)\}\}": r"\\mathrm{x}",
}


unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def rows(latex):
    """Return the two sides of every line."""
    first, *lines, last = latex.splitlines()
    assert (first, last) == (r"\begin{align*}", r"\end{align*}")
    assert all(line.endswith(r" \\") for line in lines[:-1])
    assert not lines[-1].endswith("\\")
    return [line.removesuffix(r" \\").split(" &:= ") for line in lines]


def unescaped(text):
    """Return a text without what a backslash takes its meaning from."""
    return re.sub(r"\\[^a-zA-Z]", "", text)


EXAMPLES = (
    ("A := ⊤", r"\mathrm{A}(i) &:= \top"),
    ("A := ⊥", r"\mathrm{A}(i) &:= \bot"),
    ("A := ¬Q[bos]", r"\mathrm{A}(i) &:= \lnot Q_{\langle\mathrm{bos}\rangle}(i)"),
    (
        "BIG_2[a,σ] := Q[a] ∧ Q[σ] ∨ Q[sep]",
        r"\mathrm{BIG\_2}_{a,\sigma}(i) &:= "
        r"Q_{a}(i) \land Q_{\sigma}(i) \lor Q_{\langle\mathrm{sep}\rangle}(i)",
    ),
    (
        "PRED[x2] := ∃[j ≤ i, j = i−1] Q[x2](j)",
        r"\mathrm{PRED}_{\mathit{x2}}(i) &:= \exists[j \le i,\; j = i-1]\; Q_{\mathit{x2}}(j)",
    ),
    (
        "C := #[j ≤ i, i−j ∈ {1, 2}] (j mod 3 = 1 ∨ j mod 2 ∈ {0, 1})",
        r"\mathrm{C}(i) &:= \#[j \le i,\; i-j \in \{1, 2\}]\; "
        r"(j \bmod 3 = 1 \lor j \bmod 2 \in \{0, 1\})",
    ),
    (
        "A := ⋁[b : b ≠ eos, b < 'x'] Q[b]",
        r"\mathrm{A}(i) &:= \bigvee_{b : b \ne \langle\mathrm{eos}\rangle,\, "
        r"b < \text{\texttt{x}}} Q_{b}(i)",
    ),
    (
        "A := (⊤ ? 1 : −2) − ∑[b] 3 ≥ 0",
        r"\mathrm{A}(i) &:= (\top \mathrel{?} 1 \mathrel{:} -2) - \sum_{b} 3 \ge 0",
    ),
    (
        "A[λ] := ⋀[ο] Q[λ]",
        r"\mathrm{A}_{\lambda}(i) &:= \bigwedge_{\text{\textit{ο}}} Q_{\lambda}(i)",
    ),
    ("É := ⊤", r"\text{É}(i) &:= \top"),
)


@pytest.mark.parametrize("text, latex", EXAMPLES, ids=[text for text, _ in EXAMPLES])
def test_a_line_looks_as_in_papers(text, latex):
    """Names are upright with their indices below, operators are commands."""
    assert latex_of(parse(f"alphabet x\n{text}")) == (
        f"\\begin{{align*}}\n{latex}\n\\end{{align*}}\n"
    )


def test_lines_stand_below_one_another():
    r"""All lines but the last end with \\."""
    assert latex_of(parse("A := ⊤\nB := A")) == (
        "\\begin{align*}\n\\mathrm{A}(i) &:= \\top \\\\\n\\mathrm{B}(i) &:= \\mathrm{A}(i)\n"
        "\\end{align*}\n"
    )


@pytest.mark.parametrize(
    "symbol, latex",
    [
        ("_", r"\_"),
        ("%", r"\%"),
        ("#[", r"\#["),
        ("&", r"\&"),
        ("$x", r"\$x"),
        ("{", r"\{"),
        ("}", r"\}"),
        ("\\", r"\textbackslash{}"),
        ("~", r"\textasciitilde{}"),
        ("^", r"\textasciicircum{}"),
        ("é", "é"),
    ],
)
def test_symbols_are_escaped(symbol, latex):
    """A symbol that means something to LaTeX is printed as what it is."""
    program = Program("", (Definition("A", (), Initial(Symbol(symbol))),), (symbol,))

    assert rf"Q_{{\text{{\texttt{{{latex}}}}}}}(i)" in latex_of(program)


@unhurried
@given(program=programs())
def test_every_line_has_two_sides(program):
    """Every definition is one row with one place to align at."""
    assert len(rows(latex_of(program))) == len(program.definitions)
    for row in rows(latex_of(program)):
        assert len(row) == 2
        assert "&" not in unescaped("".join(row))


@unhurried
@given(program=programs())
def test_braces_pair(program):
    """No symbol opens or closes a group."""
    for row in rows(latex_of(program)):
        for side in row:
            depth = 0
            for brace in re.findall(r"[{}]", unescaped(side)):
                depth += 1 if brace == "{" else -1
                assert depth >= 0
            assert depth == 0


@unhurried
@given(
    symbol=st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
        lambda text: text.split() == [text] and text not in SPECIAL
    )
)
def test_no_symbol_is_taken_for_a_command(symbol):
    """Undoing the escapes gives the symbol back, and nothing else in it means anything."""
    program = Program("", (Definition("A", (), Initial(Symbol(symbol))),), (symbol,))
    latex = latex_of(program).splitlines()[1]
    inside = latex.removeprefix(r"\mathrm{A}(i) &:= Q_{\text{\texttt{").removesuffix("}}}(i)")

    assert not set(re.sub(r"\\text[a-z]+\{\}|\\[_%#&${}]", "", inside)) & set(r"\_%#&${}~^")
    named = {"backslash": "\\", "asciitilde": "~", "asciicircum": "^"}
    assert symbol == re.sub(
        r"\\text([a-z]+)\{\}|\\(.)", lambda found: named.get(found[1]) or found[2], inside
    )


@settings(unhurried, max_examples=30)
@given(program=programs())
def test_mathematics_can_be_read(program):
    """A reader of LaTeX's mathematics, though not LaTeX, accepts every line."""
    for row in rows(latex_of(program)):
        for side in row:
            MathTextParser("path").parse(f"${put_otherwise(side)}$")


def put_otherwise(latex):
    """Return LaTeX in the commands that matplotlib knows."""
    for command, other in OTHERWISE.items():
        latex = re.sub(command, other, latex)
    return latex
