"""Copying's and Addition's questions, as far as they make fooling sets."""

import pytest

from claimkit.crasp.reductions.copying import SUMS, copies
from claimkit.crasp.reductions.fooling import Question
from claimkit.errors import InvalidQuestion
from claimkit.tasks import NB, NF, UF


@pytest.mark.parametrize("task, answer", [(NF, "aab"), (NB, "baa")])
def test_sources_are_copied_behind_a_separator(task, answer):
    """As the task says, also with repeats."""
    asked = copies(task, "ab").ask(tuple("aab"))

    assert asked == Question(("$", "a", "a", "b", "|"), tuple(answer))


def test_sums_with_zero_are_copies():
    """Of a number that begins with 1; the sum follows the equals sign."""
    assert SUMS.ask(("0", "1")) == Question(tuple("$101+0="), tuple("101"))


def test_unique_copying_makes_no_fooling_set():
    """Its rule refuses repeats."""
    with pytest.raises(InvalidQuestion, match="needs distinct symbols"):
        copies(UF, "ab").questions(2)
