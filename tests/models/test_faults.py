"""Whatever is wrong with a model is told in one sentence, before the run where files tell it."""

import os
import runpy
from pathlib import Path

import pytest

from claimkit.auditing.subject import Subject
from claimkit.evidence.store import Store
from claimkit.models.checkpoint import Checkpoint
from claimkit.models.language_model import load
from claimkit.models.spec import ModelSpec
from claimkit.models.vetting import vet

TABLE = runpy.run_path(str(Path(__file__).with_name("faults.py")))
FAULTS, is_one_sentence = TABLE["FAULTS"], TABLE["is_one_sentence"]

# What the operating system would refuse others, it lets the superuser do.
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
CASES = [
    pytest.param(
        fault,
        id=name,
        marks=pytest.mark.skipif(fault.without_root and AS_ROOT, reason="root reads everything"),
    )
    for name, fault in FAULTS.items()
]


@pytest.mark.parametrize("fault", CASES)
def test_every_fault_is_one_sentence(folder, tmp_path, fault):
    """The kind of error, the words, and an advice; what files tell is told before weights load."""
    spec = ModelSpec(**{"model": str(folder), "device": "cpu"} | fault.build(folder))

    if fault.loading:
        Subject.prepare(spec, tmp_path / "evidence")
        with pytest.raises(fault.error, match=fault.words) as caught:
            load(Checkpoint.find(spec), spec)
    else:
        with pytest.raises(fault.error, match=fault.words) as caught:
            Subject.prepare(spec, tmp_path / "evidence")
    assert is_one_sentence(str(caught.value)), str(caught.value)


@pytest.mark.parametrize("trust", [False, True])
def test_the_sound_checkpoint_has_no_fault(folder, tmp_path, trust):
    """What the table spoils is usable as it is."""
    spec = ModelSpec(str(folder), device="cpu", trust_remote_code=trust)
    checkpoint = Checkpoint.find(spec)
    vetted = vet(checkpoint, spec, Store(tmp_path / "evidence"))

    assert load(checkpoint, spec).vocabulary == vetted.vocabulary == 20


def test_the_table_is_as_long_as_promised():
    """At least thirty broken inputs, most of them found before anything is loaded."""
    assert len(FAULTS) >= 30
    assert sum(not fault.loading for fault in FAULTS.values()) >= 30
