import pytest

from claimkit.crasp.library import (
    PROGRAMS,
    PUBLISHED,
    WITHOUT_POSITIONS,
    program_of,
    text_of_program,
    variants,
)
from claimkit.errors import UnknownTask
from claimkit.tasks import ALGORITHMIC, ALL_TASKS, LANGUAGES

EVERY = (*PROGRAMS, *variants(PUBLISHED), *variants(WITHOUT_POSITIONS))


@pytest.mark.parametrize("name", EVERY)
def test_every_file_is_a_program(name):
    """It parses, and has a comment that says what it is for and where it comes from."""
    text = text_of_program(name)

    assert program_of(name).definitions
    assert text.startswith("# ")
    assert "# Source: " in text


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_is_called_as_its_task(name):
    """So that what the laws say reads well."""
    assert program_of(name).name == name


def test_a_program_is_read_once():
    """The same value is returned again, by name and by key."""
    assert program_of("UR") is program_of("UR")
    assert program_of("d-2") == program_of("D_2")


def test_programs_are_those_of_the_papers_tasks():
    """No file stands in the folder for something that is no task."""
    assert set(PROGRAMS) <= {*ALL_TASKS, *ALGORITHMIC, *LANGUAGES}
    assert "UR" in PROGRAMS
    assert "NRLast" not in PROGRAMS


@pytest.mark.parametrize(
    "name, words",
    [
        ("NRLast", "'NRLast' has no program in C-RASP.pos.; claimkit.crasp.registry says why"),
        ("Parity", "'Parity' has no program"),
        ("tomita-3", "'tomita-3' has no program"),
        ("NRFrst", "no program 'NRFrst'; did you mean 'NRFirst'"),
        ("../errors", "no program '../errors'"),
        ("published/UR", "did you mean 'published/UB'"),
        ("", "no program ''. Programs: UR, "),
    ],
)
def test_an_unknown_program_is_refused(name, words):
    """The message says what there is."""
    with pytest.raises(UnknownTask, match=words):
        program_of(name)
