"""From a recipe from scratch to a checkpoint, through kills."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer

import claimkit
from claimkit.errors import InvalidInput
from claimkit.models.checkpoint import Checkpoint
from claimkit.models.spec import ModelSpec
from claimkit.training.runs import load_recipe
from claimkit.training.scratch.answering import accuracy_by_string
from claimkit.training.scratch.course import ScratchCourse
from claimkit.training.scratch.custom import command, customized
from claimkit.training.scratch.examples import Marks
from claimkit.training.scratch.presets import preset
from claimkit.training.scratch.recipe import Learning, ScratchRecipe, Sizes
from claimkit.training.scratch.running import machinery, train

CHILD = """\
import json, sys
from pathlib import Path
from claimkit.training import loop
from claimkit.training.scratch.recipe import ScratchRecipe
from claimkit.training.scratch.running import train

def tell(line):
    print(line["step"], flush=True)
    if line["step"] >= 36:
        sys.stdin.read()

loop.SAVE_EVERY = 10
train(ScratchRecipe.load(Path(sys.argv[1])), Path(sys.argv[2]), tell)
"""


def quick(architecture="gpt2", **learning):
    """A recipe of 40 steps with an exam every 12."""
    changes = {"steps": 40, "batch": 4, "exam_every": 12, "warmup": 5, "cooldown": 10, **learning}
    return ScratchRecipe(
        "UR",
        architecture,
        seed=1,
        preset="small",
        sizes=Sizes(layers=1, heads=4, width=16),
        learning=Learning(1e-3, optimizer="muon", **changes),
        bins=((6, 9), (10, 12), (13, 15)),
        symbols=16,
        questions=2,
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run that nothing interrupted."""
    return train(quick(), tmp_path_factory.mktemp("runs") / "whole")


def killed(recipe, folder, home):
    """Train in another process, kill it after step 36, and return the steps that it logged."""
    path = home / "given.json"
    path.write_text(json.dumps(recipe.as_dict()))
    environment = {**os.environ, "PYTHONPATH": str(Path(claimkit.__file__).parents[1])}
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        steps = []
        for line in process.stdout:
            steps.append(int(line))
            if steps[-1] >= 36:
                process.send_signal(signal.SIGKILL)
    return steps


def test_a_killed_run_goes_on_to_the_same_weights(whole, tmp_path):
    """Killed six steps after its state was last kept, it ends with the same bytes."""
    folder = tmp_path / "run"
    before = killed(quick(), folder, tmp_path)
    kept = torch.load(folder / "state.pt", weights_only=True)["step"]
    interrupted = (folder / "model.safetensors").exists()
    after = []
    run = train(quick(), folder, lambda line: after.append(line["step"]))

    assert (before, kept, interrupted) == ([12, 24, 36], 30, False)
    assert after == [36, 40]
    assert [line["step"] for line in run.lines()] == [12, 24, 36, 40]
    assert run.exams() == whole.exams()
    weights = "model.safetensors"
    assert (folder / weights).read_bytes() == (whole.folder / weights).read_bytes()


def test_other_steps_give_other_weights(whole, tmp_path):
    """The control of the test above: the bytes tell one step more or less apart."""
    fewer = train(quick(steps=39), tmp_path / "run")
    one, other = (load_file(run.folder / "model.safetensors") for run in (whole, fewer))

    assert any(not torch.equal(one[name], other[name]) for name in one)


def test_the_folder_is_a_checkpoint_and_no_more(whole):
    """What only a training needs is gone, and claimkit and transformers accept the rest."""
    names = {path.name for path in whole.folder.iterdir()}
    spec = ModelSpec(str(whole.folder))
    checkpoint = Checkpoint.find(spec)

    assert {"config.json", "model.safetensors", "recipe.json", "log.jsonl", "README.md"} < names
    assert not {"state.pt", ".lock", ".part"} & names
    assert checkpoint.window == quick().positions
    assert load_recipe(whole.folder) == quick()
    weights = load_file(whole.folder / "model.safetensors")
    assert {tensor.dtype for tensor in weights.values()} == {torch.float32}


def test_the_tokenizer_has_the_ids_of_the_strings(whole):
    """Symbols are numbered words, the marks follow, and a text begins with its mark."""
    tokenizer = AutoTokenizer.from_pretrained(str(whole.folder))
    marks = Marks.behind(16)
    model = AutoModelForCausalLM.from_pretrained(str(whole.folder))

    assert tokenizer("s0 s15 <sep> s3").input_ids == [marks.bos, 0, 15, marks.sep, 3]
    assert (tokenizer.eos_token_id, tokenizer.pad_token_id) == (marks.eos, marks.pad)
    assert len(tokenizer) == marks.vocabulary == model.config.vocab_size


def test_the_card_says_what_it_is_and_how_to_rebuild_it(whole):
    """Sizes, lengths, exam figures and the command."""
    text = (whole.folder / "README.md").read_text()
    step, figures = whole.exams()[-1]

    assert text.startswith("---\nlibrary_name: transformers\n")
    assert "1 layer, 4 heads, 16 wide" in text.replace("\n", " ")
    assert "| lengths | 6–9 | 10–12 | 13–15 |" in text
    assert f"| whole answers right | {' | '.join(f'{x:.3f}' for x in figures.values())} |" in text
    assert step == 40
    assert "`claimkit train --recipe recipe.json`" in text.replace("\n", " ")


def test_a_finished_run_is_left_as_it_is(whole):
    """Asked for again, nothing is trained, nor even opened."""
    before = {path.name: path.stat().st_mtime_ns for path in whole.folder.iterdir()}
    told = []
    train(quick(), whole.folder, told.append)

    assert told == []
    assert {path.name: path.stat().st_mtime_ns for path in whole.folder.iterdir()} == before


def test_another_recipe_is_refused(whole):
    """The folder and the difference are named, and what to do."""
    with pytest.raises(InvalidInput, match=r"whole holds a run .* steps 40 and not 50; .*--runs"):
        train(quick(steps=50), whole.folder)


def test_a_run_that_learns_ends_sooner(tmp_path):
    """An exam that is passed begins the cool-down; rotary models take the same way."""
    run = train(quick("llama", passing=0.0), tmp_path / "run")

    assert [step for step, _ in run.exams()] == [12, 22]


def test_a_kill_before_the_tidying_leaves_nothing_for_good(tmp_path):
    """Asked for again, a finished run drops its state."""
    run = train(quick(steps=2), tmp_path / "run")
    for name in ("state.pt", "state.pt.part"):
        (run.folder / name).touch()
    (run.folder / ".part").mkdir()
    train(quick(steps=2), run.folder)

    assert not {"state.pt", "state.pt.part", ".part"} & {path.name for path in run.folder.iterdir()}


def test_a_gpu_gets_mixed_precision_and_others_do_not():
    """A CPU may have no compiler; a second GPU is as good as the first."""
    for device in ("cpu", "mps"):
        how = machinery(device, 2)
        assert (how.autocast, how.compile, how.threads, how.device) == ("float32", False, 2, device)
    for device in ("cuda", "cuda:1"):
        how = machinery(device)
        assert (how.autocast, how.compile, how.device) == ("bfloat16", True, device)


@pytest.mark.parametrize("architecture", ["gpt2", "llama"])
@pytest.mark.parametrize("changes", [{}, {"steps": 77}, {"lr": 3e-4, "layers": 1, "width": 32}])
def test_the_command_of_a_recipe_says_it_all(architecture, changes):
    """Read back, its options give the recipe."""
    from claimkit.cli.main import parser
    from claimkit.cli.train import recipes_of

    recipe = customized(preset("small", "NF", architecture, 5), changes)
    words = command(recipe).split()[1:]

    assert recipe.preset == ("custom" if changes else "small")
    assert recipes_of(parser().parse_args(words)) == [recipe]


def test_changes_that_change_nothing_leave_the_preset():
    """A preset's own number is no change; numbers that cannot be are refused."""
    recipe = preset("small", "UR", "gpt2", 1)

    assert customized(recipe, {"steps": recipe.learning.steps}) == recipe
    for changes, says in [({"lr": 0.0}, "--lr"), ({"steps": 0}, "--steps"), ({"heads": 3}, "3")]:
        with pytest.raises(InvalidInput, match=says):
            customized(recipe, changes)


def test_few_steps_cool_down_in_a_third_of_them():
    """Else a run of 1,000 steps of a preset that cools down in 3,500 would hardly learn."""
    recipe = preset("small", "UR", "gpt2", 1)
    short = ScratchCourse(customized(recipe, {"steps": 1000}))
    rates = [short.share(step, None) for step in range(1000)]

    assert short.learning.cooldown == 333
    assert (max(rates), rates[600]) == (1.0, 1.0)
    assert customized(recipe, {"steps": 20_000}).learning.cooldown == recipe.learning.cooldown
    assert customized(recipe, {"lr": 1e-4}).learning.cooldown == recipe.learning.cooldown


@pytest.mark.parametrize("steps, exams", [(12, 1), (24, 2)])
def test_the_last_exam_is_taken_once(tmp_path, monkeypatch, steps, exams):
    """It asks all strings; those before it ask a few, and nothing is asked twice."""
    asked = []

    def answer(model, strings):
        asked.append(len(strings))
        return accuracy_by_string(model, strings)

    monkeypatch.setattr("claimkit.training.scratch.course.accuracy_by_string", answer)
    train(quick(steps=steps), tmp_path / "run")

    assert asked == [400] * 3 * (exams - 1) + [2000] * 3
