"""A checkpoint is judged by its files before anything is loaded."""

import json
import shutil
import socketserver
import subprocess
import sys
from threading import Thread

import pytest

from claimkit.errors import ModelError
from claimkit.models.checkpoint import Checkpoint
from claimkit.models.spec import ModelSpec


def edit_config(folder, **changes):
    """Change some entries of a folder's config.json."""
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_name_that_no_disk_takes_is_told_in_one_sentence():
    """A path too long for the operating system is an error of the model, not a traceback."""
    with pytest.raises(ModelError, match=r"cannot read x+: File name too long"):
        Checkpoint.find(ModelSpec("x" * 5000))


def test_a_folder_is_named_by_its_last_part(saved):
    """A checkpoint knows where it lies and what to call it."""
    checkpoint = Checkpoint.find(ModelSpec(str(saved)))

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

    assert Checkpoint.find(ModelSpec(str(folder))).config["architectures"] == [architecture]


def test_finding_and_hashing_load_neither_torch_nor_transformers(saved):
    """A run whose answers are all stored must not wait for torch."""
    program = (
        "import sys; from claimkit.models.checkpoint import Checkpoint\n"
        "from claimkit.models.spec import ModelSpec\n"
        "class Facts(dict): facts = dict.get; remember = dict.__setitem__\n"
        f"Checkpoint.find(ModelSpec({str(saved)!r})).fingerprint(Facts())\n"
        "print(sorted({'torch', 'transformers', 'scipy'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program]
    environment = {"PYTHONPATH": ":".join(sys.path)}

    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)

    assert result.stdout == "[]\n"


def find_offline(cache, *arguments):
    """Look for a hub id in a local cache, without a network."""
    return find_with({"HF_HOME": str(cache), "HF_HUB_OFFLINE": "1"}, *arguments)


def find_with(environment, *arguments):
    """Look for a hub id in a process of its own."""
    program = (
        "from claimkit.errors import ClaimkitError\n"
        "from claimkit.models.checkpoint import Checkpoint\n"
        "from claimkit.models.spec import ModelSpec\n"
        f"try: print(Checkpoint.find(ModelSpec(*{arguments!r})).name)\n"
        "except ClaimkitError as error: print(type(error).__name__, error)\n"
    )
    environment = {"PYTHONPATH": ":".join(sys.path), "NO_PROXY": "*"} | environment
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
        "ModelError no folder 'org/nothing' here and no such checkpoint at revision 'v2' on the hub"
    )
    assert "\n" not in told


def test_a_hub_that_hangs_up_is_told_in_one_sentence(tmp_path):
    """What the HTTP client raises where a server closes the connection is no traceback."""
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        place = f"http://127.0.0.1:{server.server_address[1]}"
        told = find_with({"HF_HOME": str(tmp_path), "HF_ENDPOINT": place}, "org/nothing")
        server.shutdown()

    assert told.startswith("ModelError no folder 'org/nothing' here and no such checkpoint on the")
    assert "\n" not in told
