"""``--plan``: what a run would measure."""

import pytest

CLAIMS = """
    import sys
    import pytest
    from claimkit.auditing.grids import Grid
    from claimkit.tasks import UB, UF, UL, UR

    @pytest.fixture
    def other():
        return 0.0

    @pytest.mark.claim("A10")
    @pytest.mark.parametrize("length", [8, 10])
    def test_gap(evidence, judge, length):
        judge(evidence.paired_gap(UR, UL, length=length), above=0.0)

    @pytest.mark.claim("A11")
    def test_the_same_strings(evidence, judge):
        judge(evidence.paired_gap(UR, UL, length=8), above=0.1)

    @pytest.mark.claim("A13")
    def test_at_drawn_settings(evidence, judge):
        grid = Grid((("length", (5, 8)),))
        judge(evidence.drawn(lambda **at: evidence.paired_gap(UR, UL, **at), grid), above=0.0)

    @pytest.mark.claim("A14")
    def test_too_long(evidence, judge):
        judge(evidence.paired_gap(UF, UB, length=100), above=0.0)

    @pytest.mark.claim("A15")
    def test_with_another_fixture(evidence, judge, other):
        judge(evidence.paired_gap(UR, UL, length=8), above=other)

    @pytest.mark.claim("A16")
    @pytest.mark.skip(reason="not today")
    def test_skipped(evidence, judge):
        judge(evidence.paired_gap(UR, UL, length=8), above=0.0)

    @pytest.mark.claim("A17")
    def test_broken(evidence, judge):
        raise ValueError("no length")

    @pytest.mark.claim("A18")
    def test_of_numbers(judge):
        judge((0.1, 0.2), above=0.0)

    def test_that_judges_nothing():
        assert False
"""


@pytest.fixture
def planned(pytester, plugin_args):
    """The plan of some claims; in a process of its own, since torch cannot be imported twice."""
    pytester.makepyfile(CLAIMS)

    def plan(*more):
        args = (*plugin_args, "--max-samples", "128", "--plan")
        found = pytester.runpytest_subprocess(*args, *more)
        # In the width of a terminal reasons are folded.
        return found, " ".join(found.stdout.str().split())

    return plan


def test_a_plan_lists_claims_strings_and_reasons(planned):
    """Each claim has its range of strings; shared ones are counted once in all of them."""
    result, text = planned()

    # Two tasks at each of 2 lengths, of 64 to 128 strings.
    assert " A10 2 4 256–512 " in text
    assert " A11 1 2 128–256 " in text
    # Two settings, one of them with the strings of A10 at length 8.
    assert " A13 1 4 256–512 " in text
    assert " A14 1 0 0 0 0 " in text
    # 4 streams of A10 and 4 of A13, of which 2 are the same.
    assert " all 9 6 384–768 " in text
    assert "not applicable: test_too_long[A14]: too few symbols" in text
    assert "cannot be planned: test_with_another_fixture[A15]: it uses the fixture 'other'" in text
    assert "cannot be planned: test_skipped[A16]: skipped: not today" in text
    assert "cannot be planned: test_broken[A17]: it raises ValueError: no length" in text
    assert "1 test with no judgement to plan" in text
    assert "parameters and a short matrix product" in text
    assert result.ret == 0


def test_a_plan_runs_no_test_and_measures_nothing(planned, pytester):
    """No test passes or fails, no worker starts, and the store has no stream."""
    result, text = planned("-n", "2", "-k", "A10 or judges")

    assert result.parseoutcomes() == {"deselected": 7}
    assert "workers" not in text
    assert " all 2 4 256–512 " in text
    assert result.ret == 0
    assert not [*pytester.path.glob("**/streams/*/*/records")]


def test_what_the_store_holds_is_not_planned_again(planned, pytester, plugin_args):
    """After a run every claim that can be planned has no strings left to read."""
    pytester.runpytest_subprocess(*plugin_args, "--max-samples", "128")

    _, text = planned()

    assert " all 9 0 0 0 0 " in text
    # Both of A10, A11, and A13; a test that brings its own numbers asks for nothing.
    assert "it suffices for 4 tests already" in text
    assert "as this model was measured here before" in text


def test_a_plan_goes_on_from_the_looks_that_were_reached(planned, pytester, plugin_args):
    """Of two tasks 64 strings each are there, which leave the claim open: 64 each are planned."""
    open_ = ("--margin", "0", "--alpha", "1e-30", "-k", "A10 and 8")
    pytester.runpytest_subprocess(*plugin_args, "--max-samples", "64", *open_)

    _, text = planned(*open_)

    assert " A10 1 2 128 " in text


def test_a_file_that_cannot_be_collected_is_an_error(pytester, plugin_args):
    """A plan of half of the claims would be wrong."""
    pytester.makepyfile("import nothing_of_this_name")

    result = pytester.runpytest(*plugin_args, "--plan")

    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.no_fnmatch_line("*= plan =*")
