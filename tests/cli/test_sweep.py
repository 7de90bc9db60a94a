"""``claimkit sweep`` trains a task in many sizes and chooses one of them."""

import shlex
from dataclasses import replace

import pytest
from tests.training.scratch.test_running import quick

from claimkit.cli import sweep as command
from claimkit.cli.main import main, parser
from claimkit.cli.sweep import result_of
from claimkit.cli.train import recipes_of
from claimkit.errors import InvalidInput
from claimkit.training.runs import Run
from claimkit.training.scratch import selection
from claimkit.training.scratch.presets import sweep
from claimkit.training.scratch.recipe import Sizes


@pytest.fixture
def grid(monkeypatch):
    """Make the sweep two small runs, which count as learned from an accuracy on."""

    def given(passing):
        start = replace(quick(steps=12, passing=passing), preset="sweep-small")
        recipes = [replace(start, sizes=Sizes(1, heads, 16)) for heads in (2, 1)]
        monkeypatch.setattr(command, "sweep", lambda *_: tuple(recipes))

    return given


def test_the_simplest_of_equal_runs_is_chosen(grid, tmp_path, capsys, monkeypatch):
    """Both learned nothing, which is called enough here; the rerun trains nothing."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(selection, "LEARNED", 0.0)
    grid(passing=0.0)
    arguments = ["sweep", "UR", "--runs", str(tmp_path)]
    status = main(arguments)
    first = capsys.readouterr()
    main(arguments)
    second = capsys.readouterr()

    place = tmp_path / "sweep/small/gpt2/UR/1"
    assert status == 0
    table = [line.split() for line in first.out.splitlines()]
    assert table[0] == ["layers", "heads", "width", "learning", "rate", "6–9", "10–12", "13–15"]
    assert [row[:3] for row in table[1:3]] == [["1", "2", "16"], ["1", "1", "16"]]
    assert [row[-1] == "chosen" for row in table[1:3]] == [False, True]
    assert f"chosen: {place}/l1-h1-w16-lr" in first.out
    again = first.out.replace("\n", " ").split("`")[1]
    assert again == f"claimkit train --recipe {place}/l1-h1-w16-lr0.001/recipe.json --runs DIR"
    assert second.out == first.out
    assert second.err.count("is trained already") == 2


def test_nothing_perfect_is_said(grid, tmp_path, capsys):
    """The exit status is 1, and the run that came closest is named."""
    grid(passing=1.0)
    status = main(["sweep", "UR", "--runs", str(tmp_path)])

    out = capsys.readouterr().out
    assert status == 1
    assert out.count("not learned") == 2
    assert "none is chosen: no run learned the training lengths; the best reached 0.0" in out


@pytest.mark.parametrize(
    "arguments, says",
    [
        (["UX"], "no task 'UX'"),
        (["UR", "--preset", "none"], "no preset 'none'"),
        (["UR", "--seed", "-2"], "--seed is a number of at least 0, got -2"),
        (["UR", "--threads", "0"], "--threads is a number of at least 1, got 0"),
    ],
)
def test_what_cannot_be_swept_is_one_sentence(arguments, says, capsys, tmp_path):
    """Nothing is trained, and no folder is made."""
    status = main(["sweep", *arguments, "--runs", str(tmp_path / "runs")])

    err = capsys.readouterr().err
    assert status == 2
    assert err.count("\n") == 1
    assert says in err
    assert list(tmp_path.iterdir()) == []


def test_a_run_without_an_exam_is_refused(tmp_path):
    """It cannot be compared."""
    (tmp_path / "log.jsonl").write_text('{"step": 5}\n')

    with pytest.raises(InvalidInput, match="took no exam; remove the folder"):
        result_of(Run(tmp_path, quick()))


@pytest.mark.parametrize("place", range(2))
def test_every_run_of_a_sweep_is_trained_again_from_its_file(grid, place, tmp_path, capsys):
    """Under another root each has a folder of its own, as in the sweep."""
    grid(passing=0.0)
    main(["sweep", "UR", "--runs", str(tmp_path / "runs")])
    folders = sorted((tmp_path / "runs/sweep/small/gpt2/UR/1").iterdir())
    for folder in folders[: place + 1]:
        file = str(folder / "recipe.json")
        assert main(["train", "--recipe", file, "--runs", str(tmp_path / "other")]) == 0

    made = sorted((tmp_path / "other/sweep/small/gpt2/UR/1").iterdir())
    assert [path.name for path in made] == [path.name for path in folders[: place + 1]]
    weights = "model.safetensors"
    assert (made[place] / weights).read_bytes() == (folders[place] / weights).read_bytes()


def test_the_published_choice_is_trained_again_by_options(tmp_path):
    """They are parsed to the same recipe, under the name of no sweep."""
    recipe = sweep("paper", "UR", "gpt2", 1)[1]
    words = shlex.split(command._again(recipe, tmp_path))

    [again] = recipes_of(parser().parse_args(words[1:]))
    assert replace(again, preset=recipe.preset) == recipe
    assert again.preset == "custom"
