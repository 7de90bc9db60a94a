"""Brief lines are read as the lines that they are."""

import pytest
from hypothesis import given, settings
from tests.crasp.strategies import programs

from claimkit.crasp.mutants.brief_text import brief
from claimkit.crasp.text.parsing import parse
from claimkit.crasp.text.printing import text_of


@settings(deadline=None)
@given(programs())
def test_a_brief_program_is_the_program(program):
    """Under the same header, its lines are read as they were."""
    header, _, _ = text_of(program).rpartition("\n\n")
    lines = "\n".join(map(brief, program.definitions))

    assert parse(f"{header}\n\n{lines}") == program


@pytest.mark.parametrize(
    "line",
    [
        "A := Q[sep] ∧ ¬Q[bos]",
        "A[a] := ∃[j ≤ i, i−j ≤ 49] Q[a]",
        "A[a] := ∃[j ≤ i, j = i] Q[a]",
        "A[a] := ∃[j ≤ i, i−j ∈ {0, 2}] (#[k ≤ j, k = j−1] Q[a] ≤ 1)",
        "A := i mod 3 = 1 ∨ ∃[j ≤ i] (j mod 2 = 0)",
    ],
)
def test_positions_and_long_windows_are_short(line):
    """What is brief stays as it is."""
    (definition,) = parse(line).definitions

    assert brief(definition) == line
