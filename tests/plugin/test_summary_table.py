"""The table at the end of a run."""

import pytest

CLAIM = """
    import pytest

    @pytest.mark.claim("A10")
    @pytest.mark.parametrize("low", [0.01, -0.01, 0.03])
    def test_bias(judge, low):
        judge((low, 0.05), above=0.0)
"""


def test_the_table_is_in_the_order_of_the_claims(pytester, run_args):
    """However many workers there are, the rows follow the order of collection."""
    pytester.makepyfile(CLAIM)

    result = pytester.runpytest(*run_args)

    result.stdout.fnmatch_lines(
        [
            "claim verdict *effect*strings*time",
            "A10 * holds *: +0.03 [[]+0.01, +0.05[]] (> 0)*",
            "A10 * undecided *: +0.02 [[]−0.01, +0.05[]] (> 0)*",
            "A10 * holds *: +0.04 [[]+0.03, +0.05[]] (> 0)*",
            "2 holds, 1 undecided; *",
            "error rate: at most 0.001 per verdict; over 3 verdicts at most 0.003 *",
        ],
        consecutive=False,
    )


@pytest.mark.parametrize("color", ["yes", "no"])
def test_colors_follow_pytest(pytester, plugin_args, color):
    """The table is coloured exactly when pytest is."""
    pytester.makepyfile(CLAIM)

    result = pytester.runpytest(*plugin_args, "-q", f"--color={color}")

    assert ("\x1b[32mholds" in result.stdout.str()) == (color == "yes")


def test_lines_fit_the_terminal(pytester, plugin_args):
    """No line of the table is longer than the terminal is wide."""
    pytester.makepyfile(CLAIM)

    result = pytester.runpytest(*plugin_args)

    assert max(map(len, result.outlines)) <= 80


def test_a_run_that_never_began_has_no_table(pytester, plugin_args):
    """Whoever mistypes a selection of tests is told so, not which claims were left out."""
    pytester.makepyfile(
        "import pytest\n@pytest.mark.claim('A10')\ndef test_bias(judge): judge((0, 1), above=0.0)"
    )

    result = pytester.runpytest(*plugin_args, "-k", "a = b")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.no_fnmatch_line("*A10*")
