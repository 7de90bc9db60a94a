"""Run folders: one recipe's, one process's, and finished only when the weights are there."""

import threading
import warnings
from dataclasses import replace

import pytest
from tests.training.scratch.test_examples import tiny
from transformers import AutoTokenizer, GPT2Config, GPT2LMHeadModel

from claimkit.errors import InvalidInput, StoreError
from claimkit.training import vocabulary
from claimkit.training.folders import (
    alone,
    claim,
    export,
    finished,
    forget_lines_after,
    refuse_another,
    tidy,
)
from claimkit.training.runs import load_scratch
from claimkit.training.scratch.recipe import Learning


def test_a_folder_belongs_to_the_recipe_that_claimed_it(tmp_path):
    """The same recipe may come again; another one is told in what it differs."""
    recipe = replace(tiny("UR"), learning=Learning(1e-3, batch=64))
    claim(tmp_path / "run", recipe, load_scratch, "go away")
    claim(tmp_path / "run", recipe, load_scratch, "go away")
    other = replace(recipe, seed=3, learning=replace(recipe.learning, batch=7))

    with pytest.raises(
        InvalidInput,
        match=r"another recipe \(UR-gpt2-small-1\) with seed 1 and not 3, batch 64 and not 7; go ",
    ):
        refuse_another(tmp_path / "run", other, load_scratch, "go away")


def test_many_differences_are_counted(tmp_path):
    """A sentence names the first two."""
    claim(tmp_path, tiny("UR"), load_scratch, "go away")
    other = replace(tiny("UF", "llama"), seed=2)

    with pytest.raises(InvalidInput, match=r"task UR and not UF, .* gpt2 and not llama, \d+ more"):
        claim(tmp_path, other, load_scratch, "go away")


def test_asking_makes_no_folder(tmp_path):
    """What is only checked leaves nothing behind."""
    refuse_another(tmp_path / "run", tiny("UR"), load_scratch, "go away")

    assert not (tmp_path / "run").exists()


def test_a_second_worker_waits_and_says_so(tmp_path):
    """It enters only when the first one has left, and it is warned once."""
    order = []

    def second():
        with alone(tmp_path, "UR-gpt2-small-1"):
            order.append("second")

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with alone(tmp_path, "UR-gpt2-small-1"):
            thread = threading.Thread(target=second)
            thread.start()
            while not caught:
                thread.join(0.01)
            order.append("first")
        thread.join(60)

    assert order == ["first", "second"]
    assert [str(warning.message) for warning in caught] == [
        f"another process trains UR-gpt2-small-1 in {tmp_path}; waiting until it is done"
    ]


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    """A file stands where the root should."""
    (tmp_path / "runs").write_text("mine")

    for work in (
        lambda: alone(tmp_path / "runs" / "UR", "UR").__enter__(),
        lambda: claim(tmp_path / "runs" / "UR", tiny("UR"), load_scratch, "go away"),
    ):
        with pytest.raises(StoreError, match=r"cannot write .*runs/UR: .*; choose a writable fol"):
            work()


def test_a_line_that_a_kill_cut_short_is_forgotten(tmp_path):
    """Its step was not saved, and will be taken again."""
    log = tmp_path / "log.jsonl"
    log.write_text('{"step": 50}\n{"step": 100}\n{"step": 1')

    forget_lines_after(tmp_path, 50)

    assert log.read_text() == '{"step": 50}\n'


def test_the_lock_goes_with_the_end_of_the_work(tmp_path):
    """A folder that holds weights keeps no lock; one that does not keeps its."""
    with alone(tmp_path, "run"):
        pass
    before = (tmp_path / ".lock").exists()
    with alone(tmp_path, "run"):
        (tmp_path / "model.safetensors").touch()

    assert before
    assert finished(tmp_path)
    assert not (tmp_path / ".lock").exists()


@pytest.mark.parametrize("damage", [b"{\n", b"\xff\xfe\n", b"[]\n"], ids=["cut", "bytes", "list"])
def test_a_damaged_line_in_the_middle_is_told(tmp_path, damage):
    """Only the last one can be that of a kill; no line is dropped unsaid."""
    log = tmp_path / "log.jsonl"
    log.write_bytes(b'{"step": 50}\n' + damage + b'{"step": 100}\n')

    with pytest.raises(InvalidInput, match=r"^line 2 of .*log.jsonl is damaged: .*; remove that"):
        forget_lines_after(tmp_path, 100)

    assert log.read_bytes() == b'{"step": 50}\n' + damage + b'{"step": 100}\n'


def test_a_log_that_lost_its_last_line_break_goes_on_in_a_new_line(tmp_path):
    """A whole last line is kept."""
    log = tmp_path / "log.jsonl"
    log.write_text('{"step": 50}\n{"step": 100}')

    forget_lines_after(tmp_path, 100)

    assert log.read_text() == '{"step": 50}\n{"step": 100}\n'


def test_tidying_drops_what_a_kill_left(tmp_path):
    """The state, half of one, folders of accelerate; nothing else."""
    for name in ("state.pt", "state.pt.part", "accelerate.json", "model.safetensors", "log.jsonl"):
        (tmp_path / name).touch()
    for name in (".part", "accelerate-250"):
        (tmp_path / name / "inner").mkdir(parents=True)

    tidy(tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == {"model.safetensors", "log.jsonl"}


def test_an_export_takes_folders_along(tmp_path):
    """A tokenizer may write one, and a kill may have left one from before."""
    (tmp_path / "recipe.json").touch()
    model = GPT2LMHeadModel(GPT2Config(vocab_size=9, n_embd=8, n_layer=1, n_head=1))
    seen = []

    def write(part):
        vocabulary.save_tokenizer(part, 16)
        tokenizer = AutoTokenizer.from_pretrained(part)
        tokenizer.chat_template = {"default": "{{ messages }}", "tool_use": "{{ tools }}"}
        tokenizer.save_pretrained(part)
        seen.extend(path.name for path in part.iterdir() if path.is_dir())

    for _ in range(2):
        export(model, tmp_path, write)

    [folder] = set(seen)
    assert [path.name for path in (tmp_path / folder).iterdir()] == ["tool_use.jinja"]
    assert finished(tmp_path)
    assert not (tmp_path / ".part").exists()
