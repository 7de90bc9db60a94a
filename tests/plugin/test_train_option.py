"""``--train``: what is missing is trained within the run of pytest, once, and then judged."""

import json

import pytest

PRESET = """
    from dataclasses import replace
    from claimkit.training.scratch import presets
    from claimkit.training.scratch.recipe import Learning

    def brief(task, architecture, seed):
        recipe = presets.preset("small", task, architecture, seed)
        steps = Learning(1e-3, batch=2, steps=3, exam_every=3, warmup=1)
        return replace(recipe, preset="brief", learning=steps, bins=((5, 6), (7, 8), (9, 10)))

    presets.PRESETS["brief"] = brief
"""
CLAIMS = """
    import pytest
    from claimkit.tasks import UL, UR

    @pytest.mark.claim("A7", source="paper, Appendix B", says="It lasts.", subject="runs")
    @pytest.mark.parametrize("bin", [2, 3])
    @pytest.mark.parametrize("task", [UR, UL], ids=["UR", "UL"])
    def test_lasts(runs, judge, task, bin):
        judge(runs.accuracy(task, architecture="llama", bin=bin), at_least=0.95)
"""


@pytest.fixture
def trained(pytester, run_args, monkeypatch):
    """Runs pytest on claims about runs with three steps."""
    pytester.makeconftest(PRESET)
    pytester.makepyfile(test_runs=CLAIMS)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments):
        return pytester.runpytest_subprocess(*run_args, "--preset", "brief", *arguments)

    return run


def test_missing_runs_are_trained_where_the_command_looks_for_them(pytester, trained):
    """Nobody learns in three steps, which is said of what was measured; a second run only reads."""
    result = trained("--train")

    result.stdout.fnmatch_lines(["*no run of UR learned its task: seed 1 has 0.0*"])
    folders = sorted(path.parent for path in pytester.path.glob("runs/scratch/*/*/*/*/recipe.json"))
    names = [folder.relative_to(pytester.path).as_posix() for folder in folders]
    assert names == [f"runs/scratch/brief/llama/{task}/1" for task in ("UL", "UR")]
    for folder in folders:
        steps = [json.loads(line)["step"] for line in (folder / "log.jsonl").open()]
        assert steps[-1] == 3
        assert steps == sorted(set(steps))
        assert (folder / "curves.svg").is_file()
    weights = {folder: (folder / "model.safetensors").stat().st_mtime_ns for folder in folders}

    trained("--train")

    assert weights == {f: (f / "model.safetensors").stat().st_mtime_ns for f in folders}


def test_without_it_missing_runs_are_missing(pytester, trained):
    """And the command that trains one is named."""
    result = trained("--runs", "mine")

    result.stdout.fnmatch_lines(["*no finished run of UR, Llama, preset brief*"])
    assert not (pytester.path / "mine").exists()
