"""Claim numbers, templates and lengths in test ids."""

import pytest

CLAIM = """
    import pytest

    @pytest.mark.claim("A10", source="arXiv:2505.21785, §4.1", says="Right beats left.")
    @pytest.mark.lengths(10, 30)
    @pytest.mark.parametrize("right, left", [("UR", "UL"), ("NRLast", "NLLast")], ids="{}".format)
    def test_right_beats_left(judge, right, left, length):
        judge((length / 1000, 0.5), above=0.0)
"""


def test_ids_carry_number_tasks_and_length(pytester, plugin_args):
    """An id of --collect-only -q says which claim it is, and about what."""
    pytester.makepyfile(test_bias=CLAIM)

    result = pytester.runpytest(*plugin_args, "--collect-only", "-q")

    assert result.outlines[:4] == [
        "test_bias.py::test_right_beats_left[A10-UR-UL-length=10]",
        "test_bias.py::test_right_beats_left[A10-UR-UL-length=30]",
        "test_bias.py::test_right_beats_left[A10-NRLast-NLLast-length=10]",
        "test_bias.py::test_right_beats_left[A10-NRLast-NLLast-length=30]",
    ]


def test_ids_carry_the_template_before_the_length(pytester, plugin_args):
    """Number first, then the test's own parameters, template and length."""
    pytester.makepyfile(
        test_bias=CLAIM.replace("right, left, length", "right, left, template, length").replace(
            "@pytest.mark.lengths(10, 30)",
            "@pytest.mark.lengths(10)\n    @pytest.mark.templates('rule', 'rule+example')",
        )
    )

    result = pytester.runpytest(*plugin_args, "--collect-only", "-q")

    assert result.outlines[:3] == [
        "test_bias.py::test_right_beats_left[A10-UR-UL-template=rule-length=10]",
        "test_bias.py::test_right_beats_left[A10-UR-UL-template=rule+example-length=10]",
        "test_bias.py::test_right_beats_left[A10-NRLast-NLLast-template=rule-length=10]",
    ]


def test_ids_select_a_test(pytester, run_args):
    """The id that pytest prints can be given back to it."""
    pytester.makepyfile(test_bias=CLAIM)

    result = pytester.runpytest(
        *run_args, "test_bias.py::test_right_beats_left[A10-UR-UL-length=30]"
    )

    assert result.parseoutcomes() == {"passed": 1}


def test_k_selects_a_claim_by_its_number(pytester, plugin_args):
    """-k A10 runs exactly the tests of claim A10."""
    pytester.makepyfile(test_bias=CLAIM, test_other="def test_other(): pass")

    result = pytester.runpytest(*plugin_args, "-k", "A10")

    assert result.parseoutcomes() == {"passed": 4, "deselected": 1}


@pytest.mark.parametrize("args", ["", "10", "'A 10'", "'A10', page=3"])
def test_a_claim_needs_a_number(pytester, plugin_args, args):
    """A marker that names no claim is refused when tests are collected."""
    pytester.makepyfile(
        f"""
        import pytest

        @pytest.mark.claim({args})
        def test_bias(judge): judge((0.01, 0.5), above=0.0)
        """
    )

    result = pytester.runpytest(*plugin_args)

    assert result.parseoutcomes() == {"errors": 1}
    result.stdout.fnmatch_lines(["*test_bias: *claim*"])
