"""A check on the measuring that trips is an error of the run, not a verdict."""

import shutil

import pytest
from safetensors.numpy import load_file, save_file

from claimkit.models.bundled import bundled_models
from claimkit.reporting.journal import read_run

TRIPPING = """
    import pytest
    from claimkit.errors import CheckTripped

    class Request:
        label = "a gap"

    @pytest.mark.claim("A10")
    def test_before(judge):
        judge((0.01, 0.05), above=0.0)

    @pytest.mark.claim("A11")
    def test_tripping(judge):
        raise CheckTripped("outcomes depend on the batch")

    @pytest.mark.claim("A12")
    def test_after(judge):
        judge(Request(), above=0.0)
"""
MEASURING = """
    import pytest
    from claimkit.tasks import UB, UF, UL, UR

    @pytest.mark.claim("A10")
    def test_retrieval(evidence, judge):
        judge(evidence.paired_gap(UR, UL, length=5), above=0.0)

    @pytest.mark.claim("A11")
    def test_copying(evidence, judge):
        judge(evidence.paired_gap(UF, UB, length=5), above=0.0)

    def test_that_is_no_claim(evidence, judge):
        judge(evidence.paired_gap(UF, UB, length=10), above=0.0)
"""
LAST = "claimkit: the run cannot be trusted: "


def last_line_of_claims(result):
    """The last line of the section on claims."""
    lines = result.stdout.str().partition("= claims =")[2].splitlines()[1:]
    section = lines[: next(i for i, line in enumerate(lines) if line.startswith("===="))]
    return [line for line in section if line.strip()][-1]


def test_later_claims_of_the_process_are_refused(pytester, plugin_args):
    """Whoever asks the model after a check tripped is told the same sentence."""
    pytester.makepyfile(TRIPPING)

    result = pytester.runpytest(*plugin_args)

    assert result.parseoutcomes() == {"passed": 1, "failed": 2}
    assert result.outlines.count("CheckTripped: outcomes depend on the batch") == 2
    result.stdout.fnmatch_lines(["A11 *error *test_tripping*", "A12 *error *test_after*"])


def test_the_summary_ends_with_the_reason(pytester, run_args):
    """The last line says that no verdict of the run counts, and the exit status says so too."""
    pytester.makepyfile(TRIPPING)

    result = pytester.runpytest(*run_args)

    assert result.ret == 1
    assert last_line_of_claims(result) == LAST + "outcomes depend on the batch"


def test_no_report_is_written_of_it(pytester, run_args):
    """Nobody should read verdicts that do not count; the journal says why they do not."""
    pytester.makepyfile(TRIPPING)

    result = pytester.runpytest(*run_args, "--report", "report")

    assert result.ret == 1
    assert not (pytester.path / "report" / "report.html").exists()
    result.stdout.fnmatch_lines(["claimkit: wrote no report: the run cannot be trusted"])
    run = read_run(pytester.path / ".claimkit" / "evidence")
    assert run.provenance["cannot be trusted"] == "outcomes depend on the batch"


@pytest.mark.parametrize("option", ["-x", "--tb=long"])
def test_it_is_said_however_errors_are_shown(pytester, plugin_args, option):
    """A run that stops at the first error, or shows whole tracebacks, ends with the reason."""
    pytester.makepyfile(TRIPPING)

    result = pytester.runpytest(*plugin_args, option)

    assert result.ret == 1
    assert last_line_of_claims(result).startswith(LAST)


@pytest.fixture
def constant(pytester):
    """A checkpoint whose logits are always the same: its embeddings, and so its head, are 0."""
    folder = pytester.path / "constant"
    shutil.copytree(bundled_models() / "forward-born", folder)
    weights = load_file(folder / "model.safetensors")
    weights["model.embed_tokens.weight"][:] = 0
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def test_constant_logits_trip_it(pytester, run_args, constant):
    """No claim about a model whose logits are constant gets a verdict, in any process."""
    pytester.makepyfile(MEASURING)

    result = pytester.runpytest_subprocess(*run_args, "--model", constant)

    assert result.ret == 1
    assert result.parseoutcomes() == {"failed": 3}
    result.stdout.fnmatch_lines(["A10 *error *", "A11 *error *", "3 error; *"])
    assert "logits" in last_line_of_claims(result).removeprefix(LAST)


def test_a_test_that_is_no_claim_trips_it_too(pytester, plugin_args, constant):
    """A plain test that measures is believed no more than a claim."""
    pytester.makepyfile(MEASURING)

    result = pytester.runpytest_subprocess(*plugin_args, "--model", constant, "-k", "no_claim")

    assert result.ret == 1
    assert last_line_of_claims(result).startswith(LAST)


def test_a_check_of_another_subject_is_left_alone(pytester, plugin_args):
    """A test that expects a check to trip, on a model of its own, says nothing about the run."""
    pytester.makepyfile(
        """
        import pytest
        from claimkit.errors import CheckTripped

        @pytest.mark.claim("A10")
        def test_bias(judge):
            with pytest.raises(CheckTripped):
                raise CheckTripped("a saboteur's batch")
            judge((0.01, 0.05), above=0.0)
        """
    )

    result = pytester.runpytest(*plugin_args)

    assert result.ret == 0
    result.stdout.no_fnmatch_line("*cannot be trusted*")
