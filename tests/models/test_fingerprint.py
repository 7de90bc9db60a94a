"""Evidence is filed under the bytes of a model."""

import json
import os
import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file

from claimkit.errors import ModelError
from claimkit.evidence.store import Store
from claimkit.models.checkpoint import Checkpoint
from claimkit.models.spec import ModelSpec


def fingerprint(folder, facts):
    """Return the fingerprint of a folder's checkpoint."""
    return Checkpoint.find(ModelSpec(str(folder))).fingerprint(facts)


def change_weight(folder):
    """Change one weight by the least amount."""
    tensors = load_file(folder / "model.safetensors")
    weight = tensors["lm_head.weight"]
    weight[0, 0] = torch.nextafter(weight[0, 0], torch.tensor(9.0))
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def change_tokenizer(folder):
    """Exchange two words."""
    path = folder / "tokenizer.json"
    content = json.loads(path.read_text())
    content["model"]["vocab"] |= {"a": 1, "b": 0}
    path.write_text(json.dumps(content))


def change_config(folder):
    """Change what the same weights compute."""
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"rms_norm_eps": 1e-3}))


def add_code(folder):
    """Add a file that a model with its own code would run."""
    (folder / "modeling_own.py").write_text("")


@pytest.mark.parametrize("change", [change_weight, change_tokenizer, change_config, add_code])
def test_whatever_bears_on_answers_changes_the_fingerprint(saved, folder, notebook, change):
    """Weights, tokenizer, configuration and code all count."""
    change(folder)

    assert fingerprint(folder, notebook) != fingerprint(saved, notebook)


def test_name_and_place_do_not_matter(saved, tmp_path, notebook):
    """A copy elsewhere, with a readme and a pickle beside it, is the same model."""
    copy = shutil.copytree(saved, tmp_path / "another-name")
    (copy / "README.md").write_text("Another readme.")
    (copy / "pytorch_model.bin").write_bytes(b"\x80\x04N.")

    assert fingerprint(copy, notebook) == fingerprint(saved, notebook)


def test_all_shards_count(saved, tmp_path, notebook):
    """A change in the second shard changes the fingerprint."""
    tensors = load_file(saved / "model.safetensors")
    prints = set()
    for value in (1.0, 2.0):
        folder = tmp_path / str(value)
        shutil.copytree(saved, folder, ignore=shutil.ignore_patterns("model.safetensors"))
        save_file(tensors, folder / "model-1.safetensors")
        save_file({"more": torch.tensor([value])}, folder / "model-2.safetensors")
        index = dict.fromkeys(tensors, "model-1.safetensors") | {"more": "model-2.safetensors"}
        path = folder / "model.safetensors.index.json"
        path.write_text(json.dumps({"weight_map": index}))
        prints.add(fingerprint(folder, notebook))

    assert len(prints) == 2


def test_files_are_hashed_once(folder, notebook):
    """The second time nothing is read: changed bytes of the same size and time go unseen."""
    first = fingerprint(folder, notebook)
    path, written = folder / "model.safetensors", notebook.written
    status = path.stat()
    change_weight(folder)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    assert fingerprint(folder, notebook) == first
    assert notebook.written == written


def test_a_file_of_another_time_is_hashed_again(folder, notebook):
    """A file that may have changed is read again, and only that one."""
    first, written = fingerprint(folder, notebook), notebook.written
    change_weight(folder)
    os.utime(folder / "model.safetensors", ns=(0, 1))

    assert fingerprint(folder, notebook) != first
    assert notebook.written == written + 1


def test_broken_weights_are_found_every_time(folder, notebook):
    """Weights that are not finite are never remembered as checked."""
    tensors = load_file(folder / "model.safetensors")
    tensors["lm_head.weight"][3, :2] = torch.nan
    save_file(tensors, folder / "model.safetensors")

    for _ in range(2):
        with pytest.raises(ModelError, match=r"2 of the 320 weights of lm_head.weight in model"):
            fingerprint(folder, notebook)


def test_the_evidence_store_remembers_hashes(saved, tmp_path, notebook):
    """The store of a run keeps them for the next."""
    first = fingerprint(saved, Store(tmp_path / "evidence"))

    assert first == fingerprint(saved, Store(tmp_path / "evidence"))
    assert first == fingerprint(saved, notebook)
    assert len(first) == 64


def test_weights_that_cannot_be_read_are_told_in_one_sentence(folder, notebook):
    """What the operating system refuses to read is an error of the model."""
    checkpoint = Checkpoint.find(ModelSpec(str(folder)))
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").mkdir()

    with pytest.raises(ModelError, match=r"cannot read .*model.safetensors: Is a directory; "):
        checkpoint.fingerprint(notebook)


def test_weights_that_vanish_are_told_in_one_sentence(folder, notebook):
    """A file that goes away while others are hashed is an error of the model."""
    checkpoint = Checkpoint.find(ModelSpec(str(folder)))
    remember = notebook.remember

    def remember_and_remove(name, facts):
        """Remove the weights as soon as the first small file is hashed."""
        (folder / "model.safetensors").unlink(missing_ok=True)
        remember(name, facts)

    notebook.remember = remember_and_remove

    with pytest.raises(ModelError, match=r"cannot read .*model.safetensors: No such file"):
        checkpoint.fingerprint(notebook)
