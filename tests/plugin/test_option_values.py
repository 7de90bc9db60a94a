"""Wrong option values."""

import pytest


@pytest.mark.parametrize(
    "args, words",
    [
        (["--alpha", "95"], "--alpha is a fraction in (0, 0.5), got '95'; write for example 0.001"),
        (["--alpha", "0"], "--alpha is a fraction in (0, 0.5), got '0'*"),
        (["--alpha", "nan"], "--alpha is a fraction in (0, 0.5), got 'nan'*"),
        (["--alpha", "0.5"], "--alpha is a fraction in (0, 0.5), got '0.5'*"),
        (["--margin", "2%"], "--margin is a fraction in [[]0, 1), got '2%'; *0.02"),
        (["--max-samples", "0"], "--max-samples takes whole numbers from 1 on, got '0'*"),
        (["--lengths", "10,x"], "--lengths takes whole numbers from 1 on, got 'x'*10,20,30"),
        (["--lengths", ""], "--lengths takes whole numbers from 1 on, got ''*"),
        (["--lengths", "10,10"], "--lengths names a length twice, got '10,10'"),
        (["--dtype", "int8"], "--dtype is one of auto, float32, *, got 'int8'"),
        (["--model", ""], "--model is empty; *"),
        (["--device", " "], "--device is empty; *"),
        (["--device", "gpu"], "--device is one of auto, cpu, mps, cuda, *, got 'gpu'"),
        (["--device", "cuda:x"], "--device is one of auto, cpu, mps, cuda, *, got 'cuda:x'"),
        (["--revision", "main"], "--revision goes with *, got 'main' without --model; *"),
        (["--tokenizer", "t"], "--tokenizer goes with *, got 't' without --model; *"),
        (["--adapter", "a"], "--adapter goes with *, got 'a' without --model; *"),
        (["--device-map", "all"], "--device-map is one of auto, balanced, *, got 'all'"),
        (["--device-map", "auto", "--device", "cpu"], "--device-map auto spreads *one of the two"),
        (["--attn-implementation", "fast"], "--attn-implementation is one of eager, *, got 'fast'"),
        (["--templates", "bare,"], "--templates takes names *, got '' in 'bare,'; *bare,rule"),
        (["--templates", "bare,bare"], "--templates names the same twice, got 'bare,bare'"),
        (["--draws", "0"], "--draws takes whole numbers from 1 on, got '0'; *8"),
        (["--budget", "600"], "--budget is a time above zero such as *, got '600'; write 600s"),
        (["--budget", "0m"], "--budget is a time above zero such as 90s, 10m *, got '0m'"),
        (["--budget", "soon"], "--budget is a time above zero such as *, got 'soon'"),
        (["--plan", "--report", "r"], "--plan measures nothing, so --report has nothing to do; *"),
        (["--plan", "--gate"], "--plan measures nothing, so --gate has nothing to do; *"),
        (["--gate"], "--gate has no baseline: there is no snapshot for forward-born in *"),
        (["--gate-alpha", "5%"], "--gate-alpha is a fraction in (0, 0.5), got '5%'; *0.05"),
        (["--snapshot-name", "a/b"], "--snapshot-name is the name of a folder, got 'a/b'; *"),
        (["--snapshot-name", ".."], "--snapshot-name is the name of a folder, got '..'; *"),
        (["--snapshot-samples", "0"], "--snapshot-samples takes whole numbers *, got '0'; *64"),
        (["--snapshot-dir", ""], "--snapshot-dir is empty; *"),
        (["--reliability", "1"], "--reliability is a fraction in (0, 1), got '1'; *0.99"),
        (["--reliability", "99"], "--reliability is a fraction in (0, 1), got '99'; *0.99"),
        (["--examples", ""], "--examples is empty; *"),
        (["--report", "test_plain.py"], "--report cannot make the folder *test_plain.py: *"),
        (["--report", "test_plain.py/x"], "--report cannot make the folder */x: Not a directory"),
        (["--evidence", ""], "--evidence is empty; *"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_value_is_a_usage_error(pytester, plugin_args, args, words):
    """A value that cannot be meant ends the run at once, with one sentence that quotes it."""
    pytester.makepyfile(test_plain="def test_plain(): pass")

    result = pytester.runpytest(*plugin_args, *args)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {words}"])
    assert len([line for line in result.errlines if line]) == 1


def test_workers_are_not_started_for_a_wrong_value(pytester, plugin_args):
    """With -n the same sentence appears once, before any worker starts."""
    pytester.makepyfile("def test_plain(): pass")

    result = pytester.runpytest(*plugin_args, "-n2", "--alpha", "95")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.no_fnmatch_line("*workers*")
