from collections import defaultdict
from functools import cache
from importlib.resources import files
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.crasp.operations import Periodic, Symbol, operands
from claimkit.crasp.running.interpreting import evaluate
from claimkit.crasp.symbols import BOS, EOS, SEP, Alphabet
from claimkit.crasp.text.parsing import parse
from claimkit.crasp.windows import Local
from claimkit.errors import InvalidQuestion
from claimkit.tasks import ALGORITHMIC, FILLER, LANGUAGES
from claimkit.tasks.examples_length_generalization import (
    ALGORITHMIC_EXAMPLES,
    LANGUAGE_EXAMPLES,
)

FOLDER = files("claimkit.crasp") / "programs"

# The paper's columns: in C-RASP[], only in C-RASP[periodic, local], in neither.
IN_C_RASP = [
    *("Binary Majority", "Majority", "Sort", "Tomita-1", "Tomita-2", "Tomita-7"),
    *("D_2", "D_3", "D_4", "D_12", "aa*bb*cc*dd*ee*", "{a,b}*d{b,c}*"),
]
NEED_PERIODIC = ["Binary Majority Interleave", "(aa)*", "(aaaa)*", "(abab)*"]
NEED_LOCAL = ["Copy Unique", "Strided Copy 2", "Strided Copy 3", "Tomita-4"]
WITH_A_PROGRAM = [*IN_C_RASP, *NEED_PERIODIC, *NEED_LOCAL]
WITHOUT_ONE = [
    *("Copy Repeat", "Parity", "Addition"),
    *("Tomita-3", "Tomita-5", "Tomita-6", "{0,1,2}*02*"),
]
# (task, symbols, longest input); fillers come on top.
INPUTS = [
    ("Binary Majority", "01", 11),
    ("Majority", "abcd", 6),
    ("Binary Majority Interleave", "01", 12),
    ("Sort", "abcde", 5),
    ("Copy Unique", "abcde", 5),
    ("Strided Copy 2", "abcdef", 6),
    ("Strided Copy 3", "abcdef", 6),
]
# By the size of the alphabet: the length of the strings that are all tried.
LENGTHS = {1: 40, 2: 13, 4: 8, 5: 7}

every_program = pytest.mark.parametrize("name", WITH_A_PROGRAM)
every_language = pytest.mark.parametrize("name", [n for n in WITH_A_PROGRAM if n in LANGUAGES])


def task_of(name):
    """The algorithmic task or formal language of a name."""
    return ALGORITHMIC[name] if name in ALGORITHMIC else LANGUAGES[name]


def text_of(name):
    """The file of a program."""
    return (FOLDER / f"{task_of(name).key}.crasp").read_text(encoding="utf-8")


@cache
def program_of(name):
    """The program in a file."""
    return parse(text_of(name))


def parts(operation):
    """An operation and all that it is made of."""
    yield operation
    for operand in operands(operation):
        yield from parts(operand)


def values(trace, program, name, alphabet):
    """Where NEXT or MAY holds for every token, bool (string, position, token)."""
    lines = program.definitions_named(name)
    strings, positions = trace[lines[0].key].shape[0], trace[lines[0].key].shape[-1]
    found = np.zeros((strings, positions, len(alphabet.tokens)), dtype=bool)
    for line in lines:
        index = line.indices[0]
        if isinstance(index, Symbol):
            found[:, :, alphabet.codes[index.symbol]] = trace[line.key]
        else:
            found[:, :, : len(alphabet)] = np.moveaxis(trace[line.key], 1, 2)
    return found


@cache
def well_formed(name, symbols, longest):
    """All inputs that the task answers, by length, with their answers."""
    task, cases = ALGORITHMIC[name], defaultdict(list)
    for length in range(1, longest + 1):
        for drawn in product(symbols, repeat=length):
            question = (*FILLER * (getattr(task, "step", 1) - 1), *drawn)
            try:
                cases[length].append((question, task.answer(question)))
            except InvalidQuestion:
                continue
    return {length: found for length, found in cases.items() if found}


def check_answers(name, alphabet, cases, offset):
    """Assert that exactly the right token is next at every step of cases of one shape."""
    program = program_of(name)
    strings = [(BOS, *question, SEP, *answer) for question, answer in cases]
    tokens = np.array([alphabet.encode(string) for string in strings])
    answers = np.array([alphabet.encode([*answer, EOS]) for _, answer in cases])
    trace = evaluate(program, alphabet, tokens, offset=offset)

    found = values(trace, program, "NEXT", alphabet)[:, -answers.shape[1] :]
    wrong = (found != (answers[:, :, None] == np.arange(len(alphabet.tokens)))).any(axis=(1, 2))

    assert [strings[row] for row in np.flatnonzero(wrong)[:1]] == []


def check_labels(name, strings, offset=0):
    """Assert that ACCEPT and MAY are right at every prefix of strings of one length."""
    language, program = LANGUAGES[name], program_of(name)
    alphabet = Alphabet(language.alphabet)
    tokens = np.array([alphabet.encode([BOS, *string]) for string in strings])
    trace = evaluate(program, alphabet, tokens, offset=offset)
    contains = cache(language.contains)
    may_follow = cache(language.may_follow) if language.may_follow else None

    for end in range(tokens.shape[1]):
        prefixes = ["".join(string[:end]) for string in strings]
        accepted = np.array([contains(prefix) for prefix in prefixes])
        wrong = trace["ACCEPT"][:, end] != accepted
        if may_follow is not None:
            follow = [[s in may_follow(prefix) for s in alphabet.symbols] for prefix in prefixes]
            found = values(trace, program, "MAY", alphabet)[:, end, : len(alphabet)]
            wrong |= (found != np.array(follow)).any(axis=1)
        assert [prefixes[row] for row in np.flatnonzero(wrong)[:1]] == []


def test_there_is_a_program_where_the_paper_has_one():
    """Every task and language either has a program here or is among those that have none."""
    known = [*ALGORITHMIC, *LANGUAGES]

    assert sorted([*WITH_A_PROGRAM, *WITHOUT_ONE]) == sorted(known)
    assert [n for n in WITHOUT_ONE if (FOLDER / f"{task_of(n).key}.crasp").is_file()] == []


@every_program
def test_a_program_says_what_it_is(name):
    """Its text opens with a comment that names the task and the source; so does its header."""
    comment, _, _ = text_of(name).partition("\n\n")

    assert all(line.startswith("# ") for line in comment.splitlines())
    assert comment.startswith(f"# {name}")
    assert "Source: " in comment
    assert program_of(name).name == name
    assert program_of(name).alphabet == task_of(name).alphabet


@every_program
def test_positions_are_used_where_the_paper_says_they_are_needed(name):
    """A program has neither φ nor ψ exactly if the paper's column C-RASP[] says so."""
    used = [part for line in program_of(name).definitions for part in parts(line.body)]
    periodic = any(isinstance(part, Periodic) for part in used)
    local = any(isinstance(getattr(part, "window", None), Local) for part in used)

    assert (periodic, local) == (name in NEED_PERIODIC, name in NEED_LOCAL)
    assert ("Uses neither φ nor ψ" in text_of(name)) == (not periodic and not local)
    assert ("Needs φ" in text_of(name)) == periodic
    assert ("Needs ψ" in text_of(name)) == local


@pytest.mark.parametrize("offset", range(6))
@pytest.mark.parametrize("name, symbols, longest", INPUTS)
def test_a_program_answers_every_short_input(name, symbols, longest, offset):
    """At each step exactly the next symbol of the answer is named, then the end."""
    task = ALGORITHMIC[name]
    fillers = FILLER * (getattr(task, "step", 1) - 1)
    alphabet = Alphabet(dict.fromkeys([*symbols, *fillers]))
    cases = well_formed(name, symbols, longest)

    assert sum(map(len, cases.values())) > 300
    for questions in cases.values():
        check_answers(name, alphabet, questions, offset)


@pytest.mark.parametrize(
    "name, question, answer", [row for row in ALGORITHMIC_EXAMPLES if row[0] in WITH_A_PROGRAM]
)
def test_a_program_gives_the_worked_answer(name, question, answer):
    """The program agrees with the examples written by hand."""
    alphabet = Alphabet(task_of(name).alphabet or sorted({*question}))

    check_answers(name, alphabet, [(tuple(question), tuple(answer))], offset=0)


def test_sort_goes_by_the_order_of_the_alphabet():
    """In an alphabet in another order, the answer is in that order."""
    check_answers("Sort", Alphabet("cab"), [(("a", "b", "c"), ("c", "a", "b"))], offset=0)


@every_language
def test_a_program_labels_every_short_string(name):
    """ACCEPT is membership and MAY what may follow, at every prefix of all strings of a length."""
    symbols = LANGUAGES[name].alphabet
    strings = list(product(symbols, repeat=LENGTHS[len(symbols)]))

    for offset in range(8) if name in NEED_PERIODIC else (0,):
        check_labels(name, strings, offset)


@settings(max_examples=25, deadline=None)
@given(st.data())
@every_language
def test_a_program_labels_long_runs(name, data):
    """The same on longer strings made of runs, at any offset."""
    runs = st.tuples(st.sampled_from(LANGUAGES[name].alphabet), st.integers(1, 14))
    drawn = data.draw(st.lists(runs, min_size=1, max_size=14))
    string = "".join(symbol * times for symbol, times in drawn)

    check_labels(name, [string], offset=data.draw(st.integers(0, 11)))


@pytest.mark.parametrize(
    "name, text",
    [
        (name, text)
        for name, members, others in LANGUAGE_EXAMPLES
        for text in f"{members} {others}".split(" ")
        if name in WITH_A_PROGRAM
    ],
)
def test_a_program_labels_the_worked_examples(name, text):
    """The strings written by hand beside the definitions are labelled right."""
    check_labels(name, [text])


def test_d_12_takes_twelve_open_brackets_and_no_more():
    """The depth at which a bracket is one too many is twelve."""
    check_labels("D_12", ["a" * 12 + "b" * 13, "a" * 13 + "b" * 12])
