"""A checkpoint is judged by its files before anything is loaded."""

import json
import shutil
import subprocess
import sys

import pytest

from claimkit.errors import InvalidInput, ModelError, Unsupported
from claimkit.models.checkpoint import Checkpoint


def edit_config(folder, **changes):
    """Change some entries of a folder's config.json."""
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def replace_by_pickle(folder):
    """Leave only a pickle of the weights."""
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04N.")


def shard(folder, *present):
    """Replace the weights by an index of two shards, of which some are there."""
    (folder / "model.safetensors").unlink()
    names = [f"model-0000{i}-of-00002.safetensors" for i in (1, 2)]
    weight_map = {"a": names[1], "b": names[0], "c": names[1]}
    index = {"metadata": {}, "weight_map": weight_map}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    for i in present:
        (folder / names[i]).write_bytes(b"")


def remove(*names):
    """Return what removes files from a folder."""
    return lambda folder: [(folder / name).unlink() for name in names]


def replace_by_folder(name):
    """Return what puts a folder in the place of a file."""
    return lambda folder: ((folder / name).unlink(), (folder / name).mkdir())


def replace_by_dangling_link(folder):
    """Put a link to nothing in the place of the configuration."""
    (folder / "config.json").unlink()
    (folder / "config.json").symlink_to(folder / "gone.json")


def write(name, text):
    """Return what writes a file into a folder."""
    return lambda folder: (folder / name).write_text(text)


FAULTS = {
    "no config": (remove("config.json"), ModelError, "has no config.json"),
    "config is not JSON": (write("config.json", "{"), ModelError, r"config.json is not JSON"),
    "config is a list": (write("config.json", "[]"), ModelError, "a JSON object, got a list"),
    "no weights": (remove("model.safetensors"), ModelError, "has neither model.safetensors nor"),
    "only pickles": (replace_by_pickle, ModelError, "only as pytorch_model.bin, which may run"),
    "no tokenizer": (remove("tokenizer.json"), ModelError, "has no tokenizer"),
    "a missing shard": (
        lambda folder: shard(folder, 0),
        ModelError,
        r"lacks 1 of the 2 shards .* \(model-00002-of-00002.safetensors\)",
    ),
    "a broken index": (
        lambda folder: (
            remove("model.safetensors")(folder),
            write("model.safetensors.index.json", "{}")(folder),
        ),
        ModelError,
        r"index.json names no shards",
    ),
    "an encoder": (
        lambda folder: edit_config(folder, architectures=["BertForMaskedLM"]),
        Unsupported,
        "holds BertForMaskedLM, which is not a causal language model",
    ),
    "an encoder-decoder": (
        lambda folder: edit_config(
            folder, architectures=["T5ForConditionalGeneration"], is_encoder_decoder=True
        ),
        Unsupported,
        r"holds an encoder-decoder \(T5ForConditionalGeneration\)",
    ),
    "config is a folder": (
        replace_by_folder("config.json"),
        ModelError,
        r"cannot read .*config.json: Is a directory; .*must be readable",
    ),
    "config points nowhere": (replace_by_dangling_link, ModelError, "has no config.json"),
    "an index that is a folder": (
        lambda folder: (
            remove("model.safetensors")(folder),
            (folder / "model.safetensors.index.json").mkdir(),
        ),
        ModelError,
        r"cannot read .*model.safetensors.index.json: Is a directory",
    ),
    "an adapter": (write("adapter_config.json", "{}"), Unsupported, "holds an adapter"),
}


@pytest.mark.parametrize("spoil, error, message", FAULTS.values(), ids=FAULTS)
def test_a_broken_folder_is_told_in_one_sentence(folder, spoil, error, message):
    """Each fault has its own message, without a line break."""
    spoil(folder)

    with pytest.raises(error, match=message) as caught:
        Checkpoint.find(str(folder))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "model, revision, message",
    [
        ("./nowhere", None, "no folder ./nowhere; give a checkpoint's folder or a hub id"),
        ("/no/where", None, "no folder /no/where"),
        ("{folder}/config.json", None, "is a file; give the folder"),
        ("{folder}", "main", "has no revisions, got revision='main'"),
        ("", None, "no model is named"),
    ],
)
def test_what_cannot_be_meant_is_refused(saved, model, revision, message):
    """Paths to nothing, files, and revisions of folders are errors of the input."""
    with pytest.raises(InvalidInput, match=message):
        Checkpoint.find(model.format(folder=saved), revision)


def test_a_name_that_no_disk_takes_is_told_in_one_sentence():
    """A path too long for the operating system is an error of the model, not a traceback."""
    with pytest.raises(ModelError, match=r"cannot read x+: File name too long"):
        Checkpoint.find("x" * 5000)


def test_a_folder_is_named_by_its_last_part(saved):
    """A checkpoint knows where it lies and what to call it."""
    checkpoint = Checkpoint.find(str(saved))

    assert (checkpoint.folder, checkpoint.name) == (saved.resolve(), "tiny-llama")


@pytest.mark.parametrize(
    "config, window",
    [
        ({"max_position_embeddings": 48}, 48),
        ({"n_positions": 1024}, 1024),
        ({"n_ctx": 512}, 512),
        ({"text_config": {"max_position_embeddings": 32768}}, 32768),
        ({"max_position_embeddings": None}, None),
        ({}, None),
    ],
)
def test_the_window_is_read_from_the_configuration(tmp_path, config, window):
    """The names that architectures use for it are known; some have none."""
    assert Checkpoint(tmp_path, "a model", config).window == window


@pytest.mark.parametrize(
    "architecture", ["GPT2LMHeadModel", "LlamaModel", "Gemma3ForConditionalGeneration"]
)
def test_decoders_are_accepted_by_name(folder, architecture):
    """Language models go by several kinds of names; a bare decoder may hold all its weights."""
    edit_config(folder, architectures=[architecture])

    assert Checkpoint.find(str(folder)).config["architectures"] == [architecture]


def test_finding_and_hashing_load_neither_torch_nor_transformers(saved):
    """A run whose answers are all stored must not wait for torch."""
    program = (
        "import sys; from claimkit.models.checkpoint import Checkpoint\n"
        "class Facts(dict): facts = dict.get; remember = dict.__setitem__\n"
        f"Checkpoint.find({str(saved)!r}).fingerprint(Facts())\n"
        "print(sorted({'torch', 'transformers', 'scipy'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program]
    environment = {"PYTHONPATH": ":".join(sys.path)}

    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)

    assert result.stdout == "[]\n"


def find_offline(cache, *arguments):
    """Look for a hub id in a local cache, without a network."""
    program = (
        "from claimkit.errors import ClaimkitError\n"
        "from claimkit.models.checkpoint import Checkpoint\n"
        f"try: print(Checkpoint.find(*{arguments!r}).name)\n"
        "except ClaimkitError as error: print(type(error).__name__, error)\n"
    )
    environment = {"PYTHONPATH": ":".join(sys.path), "HF_HOME": str(cache), "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "-c", program]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return result.stdout.strip()


def test_a_hub_id_is_found_in_the_local_cache(saved, tmp_path):
    """What was fetched before needs no network, and is named with its revision."""
    repository = tmp_path / "hub" / "models--org--tiny"
    shutil.copytree(saved, repository / "snapshots" / ("0" * 40))
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("0" * 40)

    assert find_offline(tmp_path, "org/tiny") == "org/tiny"
    assert find_offline(tmp_path, "org/tiny", "main") == "org/tiny@main"


def test_an_unknown_hub_id_is_told_in_one_sentence(tmp_path):
    """Neither here nor on the hub: the name is quoted."""
    told = find_offline(tmp_path, "org/nothing", "v2")

    assert told.startswith(
        "ModelError no folder 'org/nothing' here and no such model at revision 'v2' on the hub"
    )
    assert "\n" not in told
