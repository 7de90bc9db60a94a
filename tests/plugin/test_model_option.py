"""``--model``, as far as the command line goes."""

import pytest


@pytest.mark.parametrize("more", [(), ("-n2",), ("--collect-only",)], ids=" ".join)
def test_a_model_that_is_not_there_is_a_usage_error(pytester, plugin_args, more):
    """A folder that does not exist ends the run before anything is collected."""
    pytester.makepyfile("def test_bias(judge): judge((0.01, 0.05), above=0.0)")

    result = pytester.runpytest(*plugin_args, *more, "--model", "./no/such/folder")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: no folder ./no/such/folder; *"])
    result.stdout.no_fnmatch_line("*test_bias*")


def test_a_folder_without_a_model_is_a_usage_error(pytester, plugin_args):
    """A folder that holds no checkpoint is refused with the name of what is missing."""
    pytester.mkdir("empty")

    result = pytester.runpytest(*plugin_args, "--model", "empty")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *empty has no config.json; *"])


def test_a_model_that_cannot_be_read_is_a_usage_error(pytester, plugin_args):
    """What the operating system refuses to read is named in one sentence, without a traceback."""
    pytester.mkdir("odd").joinpath("config.json").mkdir()

    result = pytester.runpytest(*plugin_args, "--model", "odd")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: cannot read *config.json: Is a directory; *"])
    assert len([line for line in result.errlines if line]) == 1


def test_help_needs_no_model(pytester, plugin_args):
    """--help answers whatever else is on the line."""
    result = pytester.runpytest(*plugin_args, "--help", "--model", "./no/such/folder")

    assert result.ret == 0
