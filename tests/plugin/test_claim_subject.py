"""What a claim says it is about, and what may judge it."""

import pytest


@pytest.mark.parametrize(
    "marks, words",
    [
        ("claim('A1', subject='theories')", "*subject is one of model, *, got 'theories'; *"),
        ("claim('A1', subject=['theory'])", "*subject is one of *, got [[]'theory'[]]*"),
        ("claim('A1', about='theory')", "*marker takes (number, source, says, subject): *"),
        ("risk\n@pytest.mark.claim('R1', subject='theory')", "*a risk is what users need of *"),
    ],
)
def test_a_subject_that_cannot_be_meant_is_refused(pytester, plugin_args, marks, words):
    """When tests are collected, in one sentence."""
    body = "def test_x(judge): judge((0.1, 0.5), above=0.0)"
    pytester.makepyfile(f"import pytest\n@pytest.mark.{marks}\n{body}")

    result = pytester.runpytest(*plugin_args)

    assert result.parseoutcomes() == {"errors": 1}
    result.stdout.fnmatch_lines([words])


@pytest.mark.parametrize(
    "subject, call, words",
    [
        ("theory", "judge((0.1, 0.5), above=0.0)", "InvalidInput: judge() compares numbers, *"),
        ("model", "judge.law(None)", "InvalidInput: judge.law() is for claims about theory; *"),
    ],
)
def test_each_subject_has_its_judge(pytester, plugin_args, subject, call, words):
    """A law is no measurement, and a number no law."""
    pytester.makepyfile(
        f"import pytest\n@pytest.mark.claim('A1', subject={subject!r})\ndef test_x(judge): {call}"
    )

    result = pytester.runpytest(*plugin_args)

    assert result.ret == 1
    result.stdout.fnmatch_lines([words])


def test_a_test_without_a_claim_judges_no_law(pytester, plugin_args):
    """What it is about could not be told, and it would be taken for the model's."""
    pytester.makepyfile("def test_x(judge): judge.law(None)")

    result = pytester.runpytest(*plugin_args)

    assert result.ret == 1
    result.stdout.fnmatch_lines(["*judge.law() is for claims about theory; mark the test *"])
