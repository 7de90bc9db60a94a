"""Claims about fine-tuned models, from the command line, on a tiny model and what became of it."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from claimkit.crasp.registry import expressibility
from claimkit.reporting.journal import read_run
from claimkit.tasks import TASKS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A GPT-2 of random weights with the vocabulary of the controls."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    from claimkit.training import vocabulary

    folder = tmp_path_factory.mktemp("models") / "tiny-born"
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=len(vocabulary.words()),
        n_positions=128,
        n_embd=16,
        n_layer=2,
        n_head=2,
        initializer_range=0.2,
        bos_token_id=1,
        eos_token_id=2,
    )
    GPT2LMHeadModel(config).save_pretrained(str(folder))
    vocabulary.save_tokenizer(folder, 128)
    return folder


@pytest.fixture(scope="module")
def runs(base, tmp_path_factory):
    """Descendants that took two steps: real ones, that learned nothing."""
    from claimkit.evidence.store import Store
    from claimkit.models.checkpoint import Checkpoint
    from claimkit.models.spec import ModelSpec
    from claimkit.training.finetuning.presets import preset
    from claimkit.training.finetuning.running import finetune
    from claimkit.training.runs import SEED, finetuned_folder

    root = tmp_path_factory.mktemp("runs")
    checkpoint = Checkpoint.find(ModelSpec(str(base)))
    fingerprint = checkpoint.fingerprint(Store(root / "evidence"))
    for task in ("UR", "UF"):
        recipe = preset("small", task, checkpoint, fingerprint, seed=SEED)
        short = replace(recipe.learning, steps=2, batch=4, warmup=1, cooldown=1, exam_every=2)
        finetune(
            replace(recipe, learning=short),
            checkpoint,
            finetuned_folder(root, "tiny-born", task, SEED),
        )
    return root


def run(folder, *options):
    command = [sys.executable, "-m", "pytest", "-p", "claimkit.plugin", "--rootdir=.", "-rs"]
    claims = str(ROOT / "claims" / "test_finetuning.py")
    return subprocess.run(
        [*command, claims, *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "300", "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{folder}"},
    )


def verdicts(folder):
    """Of each claim its verdict and its reason, by the end of its test id."""
    found = read_run(folder / "report")
    return {
        record.test.rpartition("::")[2]: (judgement.verdict.value, judgement.reason)
        for record in found.claims
        for judgement in record.judgements
    }


def test_a_model_that_is_not_fine_tuned_is_told_the_cost(base, tmp_path):
    """All claims are listed as not run, with the GPU minutes that --finetune would take."""
    done = run(tmp_path, "--model", str(base))

    assert "35 not applicable" in done.stdout
    assert re.search(r"20 tests: not run: needs --finetune; about \d+ GPU minutes", done.stdout)


def test_descendants_that_learned_nothing_are_not_judged(base, runs, tmp_path):
    """The base can do nothing, which the claim says; what two steps made of it counts for none."""
    chosen = "A20-UR or A20-UF or A25-UF-induction"
    done = run(
        tmp_path,
        *("--model", str(base), "--finetune", "--runs", str(runs), "-k", chosen),
        *("--report", "report", "--device", "cpu"),
    )

    found = verdicts(tmp_path)
    assert {name.partition("[")[0]: verdict for name, (verdict, _) in found.items()} == {
        "test_an_expressible_task_is_kept_at_doubled_lengths": "not applicable",
        "test_before_fine_tuning_no_task_is_done": "holds",
        "test_fine_tuning_strengthens_the_heads_of_its_task": "not applicable",
    }, done.stdout
    reasons = {reason for verdict, reason in found.values() if verdict == "not applicable"}
    assert all("was not learned: at the lengths" in reason for reason in reasons)


BEFORE = "test_before_fine_tuning_no_task_is_done and A20-UR"


def test_a_preset_that_only_runs_from_scratch_have_is_not_that_of_descendants(base, runs, tmp_path):
    """These are read as ever; and it is said of which weights, and how they ran."""
    (runs / "scratch" / "custom").mkdir(parents=True, exist_ok=True)
    given = ("--runs", str(runs), "--preset", "custom", "--model", str(base), "--device", "cpu")

    cost = run(tmp_path, *given)
    done = run(tmp_path, *given, "--finetune", "-k", BEFORE, "--report", "report")

    assert re.search(r"not run: needs --finetune; about \d+ GPU minutes", cost.stdout)
    assert {verdict for verdict, _ in verdicts(tmp_path).values()} == {"holds"}, done.stdout
    assert re.search(r"model: .*tiny-born, fingerprint \w{12}, float32 on cpu", done.stdout)
    found = read_run(tmp_path / "report").provenance
    assert (found["dtype"], found["device"]) == ("float32", "cpu")


def test_the_bundled_base_is_named_beside_the_model(base, runs, tmp_path):
    """Here the tiny one stands for it: below the table, in the report and in its headline."""
    shutil.copytree(base, tmp_path / "models" / "absolute-born")
    (tmp_path / "mine.py").write_text(
        "from pathlib import Path\n"
        "from claimkit.plugin import settings\n"
        "settings.bundled_models = lambda: Path('models').absolute()\n"
    )
    options = ("-p", "mine", "--runs", str(runs), "--device", "cpu", "-k", BEFORE)
    done = run(tmp_path, *options, "--report", "report")

    found = read_run(tmp_path / "report").provenance
    summary = json.loads((tmp_path / "report" / "report.json").read_text())["sections"]["summary"]
    told = found["descendants of"]
    assert re.fullmatch(r"absolute-born, fingerprint \w{12}, float32 on cpu", told), done.stdout
    assert f"descendants of: {told}" in done.stdout
    assert "model" not in found
    assert summary["headline"] == (
        "What is claimed about trained models holds in 1 of 1 test; those fine-tuned began as "
        "absolute-born."
    )


def test_claims_name_what_the_registry_calls_expressible():
    """The two lists of A20 are those of the C-RASP registry."""
    import importlib.util

    spec = importlib.util.spec_from_file_location("claims", ROOT / "claims" / "test_finetuning.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    keeps, loses = (
        {task.name for task in mark.args[1]}
        for mark in (module.EXPRESSIBLE, module.NOT_EXPRESSIBLE)
    )

    assert keeps == {name for name in TASKS if expressibility(name).expressible}
    assert loses == set(TASKS) - keeps
