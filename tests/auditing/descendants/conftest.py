"""A tiny base with learned absolute positions, and folders of descendants that it did not have."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from claimkit.auditing.descendants.audit import Descendants
from claimkit.auditing.descendants.strings import COUNTS, HEADS, TRAINED, key_of
from claimkit.circuits.names import MEASURED_BY
from claimkit.evidence.head_scores import KINDS, HeadScores
from claimkit.evidence.outcomes import Outcomes
from claimkit.evidence.store import Store
from claimkit.models.spec import ModelSpec
from claimkit.training.finetuning.presets import preset
from claimkit.training.runs import finetuned_folder

LAYERS, HEADS_OF_LAYER = 4, 4


def save_model(folder, seed):
    """Write a random model of the controls' vocabulary, sharp enough to attend to something."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    from claimkit.training import vocabulary

    torch.manual_seed(seed)
    config = GPT2Config(
        vocab_size=len(vocabulary.words()),
        n_positions=128,
        n_embd=32,
        n_layer=LAYERS,
        n_head=HEADS_OF_LAYER,
        initializer_range=0.3,
        bos_token_id=1,
        eos_token_id=2,
    )
    GPT2LMHeadModel(config).save_pretrained(str(folder))
    vocabulary.save_tokenizer(folder, 128)
    return folder


@pytest.fixture(scope="session")
def base(tmp_path_factory):
    return save_model(tmp_path_factory.mktemp("models") / "tiny-born", 0)


@pytest.fixture(scope="session")
def other(tmp_path_factory):
    """Weights that are not those of the base, for a descendant to have."""
    return save_model(tmp_path_factory.mktemp("models") / "other-born", 1)


@pytest.fixture
def house(base, other, tmp_path):
    return House(base, other, tmp_path)


class House:
    """A root with descendants, and a store in which it can be written what they do.

    Verdicts depend on what is in the store alone, so that descendants of all kinds can be had
    without training any: good ones, bad ones, and some that did not learn.
    """

    def __init__(self, base, other, folder):
        self.base, self.other, self.root = base, other, folder / "runs"
        self.evidence = folder / "evidence"

    def audit(self, **options):
        """Open the audit, as a new process would."""
        given = {"spec": ModelSpec(str(self.base), device="cpu"), "root": self.root, **options}
        return Descendants.open(evidence=self.evidence, alpha=0.001, margin=0.02, **given)

    @property
    def measurer(self):
        """Who asks models."""
        return self.audit().family.measurer

    def recipe(self, task, seed=1):
        """The recipe of a descendant."""
        subject = self.measurer.subject()
        return preset("small", task.name, subject.checkpoint, subject.fingerprint, seed=seed)

    def add(self, task, seed=1, base=None, **changed):
        """Make a descendant's folder: a whole checkpoint and its recipe."""
        recipe = replace(self.recipe(task, seed), **changed)
        folder = finetuned_folder(self.root, base or self.base.name, task.name, seed)
        shutil.copytree(self.other, folder)
        # Weights that differ from seed to seed have fingerprints of their own, as trained ones do.
        config = json.loads((folder / "config.json").read_text())
        config["claimkit_test"] = f"{task.name} {seed}"
        (folder / "config.json").write_text(json.dumps(config))
        (folder / "recipe.json").write_text(json.dumps(recipe.as_dict()))
        return folder

    def learned(self, task, doubled, trained=1.0, seed=1):
        """Make a descendant that is right on these shares of its strings."""
        folder = self.add(task, seed)
        self.answers(folder, task, 1, trained)
        self.answers(folder, task, 2, doubled)
        return folder

    def subject(self, folder):
        """A model that is remembered to have run here, so that nothing need be loaded."""
        found = self.measurer.subject(folder)
        if found.known_runtime is None:
            runtime = {"device": "cpu", "dtype": "float32", "attention": "sdpa"}
            found.store.remember(f"runtime {found.environment}", runtime)
        return found

    def answers(self, folder, task, place, right):
        """Store that a model (None: the base) is right on a share of strings, or on those given."""
        count = COUNTS["claim"]
        if not isinstance(right, np.ndarray):
            right = np.random.default_rng(7).permutation(count) < round(right * count)
        first_wrong = np.where(right, -1, 0)
        margin = np.where(right, 1, -1).astype(np.float32)
        rows = Outcomes(right, first_wrong, margin, np.arange(count, dtype=np.uint64))
        subject = self.subject(folder)
        how = subject.runtime.dtype, subject.runtime.attention
        key = key_of(self.recipe(task), place, "claim", subject.fingerprint, *how)
        Store(self.evidence).append(key, 0, rows)

    def attends(self, folder, task, kind, strong, weak=0.01):
        """Store that some heads of a model (None: the base) attend so strongly, others weakly."""
        count = COUNTS[HEADS]
        values = np.full((count, len(KINDS), LAYERS, HEADS_OF_LAYER), weak, np.float32)
        for (layer, head), score in strong.items():
            values[:, KINDS.index(kind), layer, head] = score
        subject = self.subject(folder)
        key = key_of(
            self.recipe(task),
            TRAINED,
            HEADS,
            subject.fingerprint,
            subject.runtime.dtype,
            MEASURED_BY,
        )
        rows = HeadScores(values, np.arange(count, dtype=np.uint64))
        Store(self.evidence).head_scores.append(key, 0, rows)
