import json
from pathlib import Path

import pytest

from claimkit.crasp.laws.checks import check
from claimkit.crasp.library import PROGRAMS, WITHOUT_POSITIONS, program_of, variants
from claimkit.crasp.operations import Count, Exists, Periodic, operands
from claimkit.crasp.registry import REGISTRY, A, B, expressibility
from claimkit.crasp.windows import Local
from claimkit.errors import UnknownTask
from claimkit.tasks import ALGORITHMIC, ALL_TASKS, LANGUAGES, PAIRS, TASKS

PUBLISHED = Path(__file__).parents[2] / "fixtures" / "published" / "crasp_membership.json"
MEMBERSHIP = json.loads(PUBLISHED.read_text(encoding="utf-8"))["tasks"]
ENTRIES = REGISTRY.values()
WITH_PROGRAM = [entry for entry in ENTRIES if entry.program]
POSITIONLESS = [entry for entry in ENTRIES if entry.positionless]
task = pytest.mark.parametrize


def name(entry):
    """The id of a test."""
    return entry.task


def uses_positions(program):
    """Whether φ or a local ψ stands in a program."""

    def parts(operation):
        yield operation
        for operand in operands(operation):
            yield from parts(operand)

    return any(
        isinstance(part, Periodic)
        or (isinstance(part, Count | Exists) and isinstance(part.window, Local))
        for line in program.definitions
        for part in parts(line.body)
    )


def test_every_task_of_both_papers_has_an_entry():
    """And word-order reversal, which is none of the tasks that claimkit asks."""
    assert set(REGISTRY) == {*ALL_TASKS, *ALGORITHMIC, *LANGUAGES, "word-order reversal"}
    assert all(key == entry.task for key, entry in REGISTRY.items())


@pytest.mark.parametrize("published", MEMBERSHIP)
def test_flags_are_as_published(published):
    """Both columns of arXiv:2410.02140, for each of its tasks and languages."""
    entry = expressibility(published)

    assert {
        "expressible": entry.expressible,
        "without_positions": entry.without_positions,
    } == MEMBERSHIP[published]
    assert entry.source == B


def test_only_the_appendix_has_no_flags():
    """Every other task of the second paper is in the published figures."""
    unflagged = {*ALGORITHMIC, *LANGUAGES} - set(MEMBERSHIP)

    assert unflagged == {"Strided Copy 2", "Strided Copy 3"}


def test_tasks_of_the_first_paper_are_as_in_its_table():
    """Six of the ten are expressible, and the column without positions is not there."""
    found = {task for task in TASKS if expressibility(task).expressible}

    assert found == {"UR", "UL", "NRFirst", "NLFirst", "UF", "UB"}
    assert all(expressibility(task).without_positions is None for task in TASKS)
    assert all(expressibility(task).source == A for task in TASKS)
    assert not expressibility("word-order reversal").expressible


@pytest.mark.parametrize("entry", ENTRIES, ids=name)
def test_an_entry_has_a_program_exactly_if_it_is_expressible(entry):
    """The program is the library's own of that name."""
    assert (entry.program is not None) == entry.expressible
    assert entry.program in (None, entry.task)
    assert (entry.task in PROGRAMS) == entry.expressible
    assert entry.lemma
    assert entry.source


@pytest.mark.parametrize("entry", WITH_PROGRAM, ids=name)
def test_the_program_passes_its_laws(entry):
    """All questions up to length 5 and some drawn ones."""
    assert check(program_of(entry.program), entry.task, length=5, examples=6).holds


@pytest.mark.parametrize("entry", POSITIONLESS, ids=name)
def test_a_program_without_positions_uses_none_and_passes(entry):
    """Neither φ nor ψ; all questions up to length 5 and some drawn ones."""
    program = program_of(entry.positionless)

    assert not uses_positions(program)
    assert check(program, entry.task, length=5, examples=6).holds


@pytest.mark.parametrize("entry", WITH_PROGRAM, ids=name)
def test_programs_use_positions_where_the_column_says_so(entry):
    """A "yes" without positions has a program without; the others' programs have φ or ψ."""
    assert uses_positions(program_of(entry.program)) == (entry.without_positions is not True)
    assert entry.positionless or entry.without_positions is not True


def test_one_flag_is_contradicted():
    """Copy Unique has a program without positions, though the figures say that none exists."""
    found = [e.task for e in POSITIONLESS if e.without_positions is False]

    assert found == ["Copy Unique"]
    assert "one is derived here" in expressibility("Copy Unique").note


def test_every_program_without_positions_is_in_the_registry():
    """No file in that folder is forgotten."""
    named = {e.positionless for e in POSITIONLESS if e.positionless.startswith(WITHOUT_POSITIONS)}

    assert named == set(variants(WITHOUT_POSITIONS))


@pytest.mark.parametrize("right, left", PAIRS)
def test_no_pair_is_told_apart_by_direction(right, left):
    """Theorem 2: the right task has a program if and only if the left one has."""
    assert expressibility(right.name).expressible == expressibility(left.name).expressible


def test_without_positions_direction_would_matter():
    """Left retrieval has none, as claimkit.crasp.reductions.confounding argues."""
    assert expressibility("UR").positionless
    assert expressibility("NRFirst").positionless
    assert not expressibility("UL").positionless
    assert not expressibility("NLFirst").positionless


def test_names_and_keys_are_understood():
    """As everywhere; an unknown one is refused with the nearest."""
    assert expressibility("copy-unique") is expressibility("Copy Unique")
    assert expressibility("UR").sentence == "UR is expressible (Lemma 4)"
    with pytest.raises(UnknownTask, match="did you mean 'Parity'"):
        expressibility("Party")
