import pytest

from claimkit.crasp.laws.checked import Checked, Counterexample

FOUND = Counterexample("UB", tuple("$ab|ba"), (), ("b",), length=2)


def test_a_law_that_holds_says_on_what():
    """Nothing is wrong, and the sentence names task, program and questions."""
    checked = Checked("UR", "UR", "all 6 questions", strings=6, positions=12)

    assert (checked.holds, checked.counterexample) == (True, "")
    assert checked.sentence == "UR by its program is right on all 6 questions"


def test_a_law_that_is_broken_says_by_what():
    """The counterexample is one sentence."""
    checked = Checked("UB", "mine", "the first 49 questions", 49, 140, FOUND)

    assert not checked.holds
    assert checked.counterexample == "after '$ a b | b a' UB names nothing, the program b"
    assert checked.sentence == f"UB by mine is wrong: {checked.counterexample}"


@pytest.mark.parametrize("program, label", [("", "UR by its program"), ("x", "UR by x")])
def test_a_label_names_the_program_if_it_has_another_name(program, label):
    """A program without a name is the task's."""
    assert Checked("UR", program, "", 1, 1).label == label


def test_a_language_has_what_a_task_names():
    """Lines that hold at a prefix, in a row."""
    found = Counterexample("D_3", ("$", "a"), ("MAY[a]", "MAY[b]"), ("ACCEPT",), length=1)

    assert found.sentence == "after '$ a' D_3 has MAY[a] and MAY[b], the program ACCEPT"
