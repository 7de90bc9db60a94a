"""``--templates`` and the templates that a claim names."""

import pytest

CLAIM = """
    import pytest

    @pytest.mark.claim("A10")
    @pytest.mark.templates("rule", "formal", "rule+example")
    def test_retrieval(judge, template):
        judge((0.01, 0.5), above=0.0)

    @pytest.mark.claim("A11")
    @pytest.mark.templates("rule", "hint")
    @pytest.mark.lengths(10, 30)
    def test_copying(judge, template, length):
        judge((0.01, 0.5), above=0.0)

    @pytest.mark.claim("A13")
    def test_without_words(judge):
        judge((0.01, 0.5), above=0.0)
"""


def test_a_claim_is_tested_with_every_template_it_names(pytester, run_args):
    """Without the option all named templates are tested."""
    pytester.makepyfile(CLAIM)

    result = pytester.runpytest(*run_args)

    assert result.parseoutcomes() == {"passed": 3 + 2 * 2 + 1}


def test_templates_keeps_some_of_those_that_a_claim_names(pytester, plugin_args):
    """A template that a claim does not name is not added, whatever the order asked for."""
    pytester.makepyfile(test_bias=CLAIM)

    result = pytester.runpytest(
        *plugin_args, "--collect-only", "-q", "--templates", "rule+example,rule,hint"
    )

    assert [line for line in result.outlines if "::" in line] == [
        "test_bias.py::test_retrieval[A10-template=rule]",
        "test_bias.py::test_retrieval[A10-template=rule+example]",
        "test_bias.py::test_copying[A11-template=rule-length=10]",
        "test_bias.py::test_copying[A11-template=rule-length=30]",
        "test_bias.py::test_copying[A11-template=hint-length=10]",
        "test_bias.py::test_copying[A11-template=hint-length=30]",
        "test_bias.py::test_without_words[A13]",
    ]


def test_a_claim_with_no_template_left_does_not_vanish(pytester, run_args):
    """It is listed as skipped, with the templates that it is about."""
    pytester.makepyfile(CLAIM)

    result = pytester.runpytest(*run_args, "-rs", "--templates", "formal")

    assert result.parseoutcomes() == {"passed": 2, "skipped": 2}
    result.stdout.fnmatch_lines(["A11 * skipped *"])
    result.stdout.fnmatch_lines(
        ["SKIPPED * claim is about templates rule, hint, of which --templates formal names none"]
    )


def test_a_mistyped_template_is_refused(pytester, run_args):
    """One good name beside it changes nothing; the names that there are, are listed."""
    pytester.makepyfile(CLAIM)

    result = pytester.runpytest_subprocess(*run_args, "--templates", "rule,fromal")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [
            "ERROR: --templates names 'fromal', which is no template of the collected claims; "
            "they have rule, formal, rule+example, hint"
        ]
    )
    result.stdout.no_fnmatch_line("*INTERNALERROR*")


def test_what_is_not_selected_counts_as_collected(pytester, run_args):
    """A template of another claim than those selected is no mistake."""
    pytester.makepyfile(CLAIM)

    result = pytester.runpytest(*run_args, "--templates", "formal,hint", "-k", "copying")

    assert result.parseoutcomes()["passed"] == 2


@pytest.mark.parametrize(
    "name, code", [("formal", pytest.ExitCode.OK), ("fromal", pytest.ExitCode.USAGE_ERROR)]
)
def test_without_claims_about_templates_those_of_the_papers_are_known(
    pytester, run_args, name, code
):
    """Tests that name no template leave the published ones to compare with."""
    pytester.makepyfile("def test_plain(): pass")

    result = pytester.runpytest_subprocess(*run_args, "--templates", name)

    assert result.ret == code
