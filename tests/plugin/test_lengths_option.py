"""``--lengths``."""

CLAIM = """
    import pytest

    @pytest.mark.claim("A10")
    @pytest.mark.lengths(5, 10, 20)
    def test_bias(judge, length):
        judge((0.01, 0.5), above=0.0)

    @pytest.mark.claim("A12")
    @pytest.mark.parametrize("length", [500], ids="length={}".format)
    def test_that_has_lengths_of_its_own(judge, length):
        judge((0.01, 0.5), above=0.0)
"""


def test_lengths_replaces_those_of_the_claims(pytester, run_args):
    """Claims for any length are tested at the given ones; others keep their own."""
    pytester.makepyfile(CLAIM)

    result = pytester.runpytest(*run_args, "-v", "--lengths", "7,40")

    assert result.parseoutcomes() == {"passed": 3}
    result.stdout.fnmatch_lines_random(
        ["*PASSED*A10-length=7]*", "*PASSED*A10-length=40]*", "*PASSED*A12-length=500]*"]
        if "-n2" in run_args
        else ["*A10-length=7] PASSED*", "*A10-length=40] PASSED*", "*A12-length=500] PASSED*"]
    )
