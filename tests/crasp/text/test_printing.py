"""Programs are written as text that is read as the same program."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from tests.crasp.strategies import programs

import claimkit.crasp
from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.operations import (
    Binder,
    Conditional,
    EverySymbol,
    Initial,
    Not,
    One,
    Symbol,
    Top,
    Variable,
    number,
)
from claimkit.crasp.program import Definition, Program
from claimkit.crasp.symbols import SPECIAL
from claimkit.crasp.text.parsing import parse
from claimkit.crasp.text.printing import KEYWORDS, text_of

FILES = sorted((Path(claimkit.crasp.__file__).parent / "programs").rglob("*.crasp"))
# The first text loads the parser, which takes long where much else runs.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
spellings = pytest.mark.parametrize("ascii", [False, True], ids=["unicode", "ascii"])


def one(body, name="A", indices=()):
    """Return a program of one line."""
    return Program("", (Definition(name, indices, body),))


@spellings
@unhurried
@given(program=programs())
def test_what_is_written_is_read_as_the_same_program(ascii, program):
    """Reading undoes writing, and writing again changes nothing."""
    text = text_of(program, ascii=ascii)
    read = parse(text)

    assert read == program
    assert text_of(read, ascii=ascii) == text


@unhurried
@given(program=programs())
def test_text_is_laid_out_for_readers(program):
    """No line ends with a blank, the signs := stand below one another, and a new line ends all."""
    text = text_of(program)
    lines = text.splitlines()

    assert text.endswith("\n")
    assert not any(line != line.rstrip() for line in lines)
    definitions = lines[-len(program.definitions) :]
    heads = [re.match(r"(?:'(?:[^'\\]|\\.)*'|[^'])*?(?= := )", line) for line in definitions]
    assert len({head.end() for head in heads}) == 1


@unhurried
@given(program=programs(), data=st.data())
def test_no_parentheses_can_be_spared(program, data):
    """Without any one pair of parentheses around an operation, the text says something else."""
    text = text_of(program)
    pairs = grouping(text)
    assume(pairs)
    start, end = data.draw(st.sampled_from(pairs))
    without = f"{text[:start]} {text[start + 1 : end]} {text[end + 1 :]}"

    try:
        read = parse(without)
    except InvalidProgram:
        return
    assert read != program


def grouping(text):
    """Return where parentheses around operations open and close."""
    after_headers = text.index("\n\n") if "\n\n" in text else 0
    pairs, opened = [], []
    for found in re.compile(r"'(?:[^'\\]|\\.)*'|[()]").finditer(text, after_headers):
        if found.group() == "(":
            opened.append(found.start())
        elif found.group() == ")":
            start = opened.pop()
            if not re.fullmatch(r"\w|\]", text[start - 1]):
                pairs.append((start, found.start()))
    return pairs


def test_the_layout_is_that_of_the_documentation():
    """Headers, a blank line, and the definitions with positions named by depth."""
    text = """\
program UR
alphabet 0 'bos'

PRED[a](i)     := ∃[j ≤ i, j = i−1] Q[a](j)
BIGRAM[a,b](i) := ∃[j ≤ i] (Q[b](j) ∧ PRED[a](j))
NEXT[a](i)     := ⋁[s] (Q[s](i) ∧ BIGRAM[s,a](i))
NEXT[eos](i)   := #[j ≤ i, i−j ∈ {1, 2}] ∃[k ≤ j, k = j] ¬Q['0'](k) ≥ −2 + 1
"""

    assert text_of(parse(text)) == text
    assert (
        text_of(parse(text), ascii=True)
        == """\
program UR
alphabet 0 'bos'

PRED[a](i)     := exists[j <= i, j = i-1] Q[a](j)
BIGRAM[a,b](i) := exists[j <= i] (Q[b](j) and PRED[a](j))
NEXT[a](i)     := any[s] (Q[s](i) and BIGRAM[s,a](i))
NEXT[eos](i)   := #[j <= i, i-j in {1, 2}] exists[k <= j, k = j] not Q['0'](k) >= -2 + 1
"""
    )


@unhurried
@given(program=programs())
def test_ascii_is_ascii_but_for_names(program):
    """Only names and symbols that are no ASCII themselves are left as they are."""
    text = text_of(program, ascii=True)

    assert set(text) - set("éσ") <= {chr(code) for code in range(128)}


def test_a_program_without_headers_begins_with_its_first_line():
    """A program without name and alphabet has no header, and no blank line for one."""
    assert text_of(one(Top())) == "A(i) := ⊤\n"


def test_deep_positions_have_names_too():
    """Positions are called i, j, k, … and by number when the letters are used up."""
    brackets = "".join(f"∃[p{depth + 1} ≤ p{depth}] " for depth in range(20))
    deep = parse(f"A(p0) := {brackets}Q[sep]")

    text = text_of(deep)

    assert "∃[z ≤ y] ∃[i18 ≤ z] ∃[i19 ≤ i18] ∃[i20 ≤ i19] Q[sep](i20)" in text
    assert parse(text) == deep


@unhurried
@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), min_size=1),
    st.booleans(),
)
@example("'", False)
@example("a'b", False)
@example(" ", False)
@example("a # b", False)
@example(":= b", False)
@example("a\\", True)
def test_any_name_of_one_line_can_be_written(name, ascii):
    """What a program is called is quoted where it has to be."""
    program = Program(name, one(Top()).definitions)

    assert parse(text_of(program, ascii=ascii)) == program


@unhurried
@given(st.text(min_size=1))
@example("'")
@example("\\'")
@example("bos")
@example("#x")
@example(":=")
def test_any_symbol_can_be_written(symbol):
    """Every word that is a symbol can stand in an alphabet and in quotes."""
    assume(symbol.split() == [symbol] and symbol not in SPECIAL)
    program = Program("", (Definition("A", (), Initial(Symbol(symbol))),), (symbol,))

    assert parse(text_of(program)) == program


@pytest.mark.parametrize("word", sorted(KEYWORDS))
@pytest.mark.parametrize(
    "build",
    [
        lambda word: one(Top(), name=word),
        lambda word: one(Top(), indices=(Variable(word),)),
        lambda word: one(EverySymbol(Binder(word), Top())),
    ],
    ids=["line", "index", "binder"],
)
def test_a_word_of_the_grammar_names_nothing(build, word):
    """What would be read as an operator is not written as a name."""
    with pytest.raises(InvalidProgram, match=f"'{word}' cannot be written as a name"):
        text_of(build(word))


@pytest.mark.parametrize("name", ["", "a b", "1", "_x", "a'", "a-b", "¬"])
def test_names_that_cannot_be_read_are_not_written(name):
    """A program that was built without a text may have names that no text has."""
    with pytest.raises(InvalidProgram, match="cannot be written as a name"):
        text_of(one(Top(), name=name))


@pytest.mark.parametrize("name", ["Q", "program", "alphabet"])
def test_reserved_names_are_not_written(name):
    """Q is the initial operation, and headers begin with the others."""
    with pytest.raises(InvalidProgram, match=f"may not be named {name}"):
        text_of(one(Top(), name=name))


def test_a_name_of_several_lines_is_not_written():
    """The header has one line."""
    with pytest.raises(InvalidProgram, match="several lines"):
        text_of(Program("a\nb", one(Top()).definitions))


def test_nested_conditionals_keep_their_parentheses():
    """Also where they could be spared, a conditional in another is set apart."""
    inner = Conditional(Top(), One(), number(2))

    assert text_of(one(Conditional(Top(), inner, inner))) == (
        "A(i) := ⊤ ? (⊤ ? 1 : 2) : (⊤ ? 1 : 2)\n"
    )


def test_false_is_not_true():
    """⊥ is short for ¬⊤ alone."""
    assert text_of(one(Not(Not(Top())))) == "A(i) := ¬⊥\n"


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_the_shipped_programs_can_be_written(file):
    """Every program that comes with claimkit is read back from what is written of it."""
    program = parse(file.read_text("utf-8"), name=file.stem)

    assert parse(text_of(program), name=file.stem) == program
    assert parse(text_of(program, ascii=True), name=file.stem) == program
