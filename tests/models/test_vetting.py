"""What a checkpoint is, found once and remembered."""

import json
import subprocess
import sys

import pytest
from safetensors.torch import load_file
from transformers import AutoTokenizer

from claimkit.errors import ModelError, Unsupported
from claimkit.models.checkpoint import Checkpoint
from claimkit.models.spec import ModelSpec
from claimkit.models.vetting import vet
from claimkit.prompts.prompter import shortest_prompt


def vetted(folder, facts, **options):
    """Vet the checkpoint in a folder."""
    spec = ModelSpec(str(folder), **options)
    return vet(Checkpoint.find(spec), spec, facts)


def test_numbers_and_bytes_are_those_of_the_files(saved, notebook):
    """Counted from the headers, they agree with torch."""
    tensors = load_file(saved / "model.safetensors").values()
    found = vetted(saved, notebook)

    assert found.parameters == sum(tensor.numel() for tensor in tensors)
    assert found.weight_bytes == sum(tensor.nbytes for tensor in tensors)
    assert (found.vocabulary, found.tokenizer_size) == (20, 20)


def test_what_was_found_is_remembered(saved, notebook):
    """A second look imports neither torch nor transformers."""
    vetted(saved, notebook)
    program = (
        "import sys, json; from claimkit.models.checkpoint import Checkpoint\n"
        "from claimkit.models.spec import ModelSpec; from claimkit.models.vetting import vet\n"
        "class Facts(dict): facts = dict.get; remember = dict.__setitem__\n"
        f"spec = ModelSpec({str(saved)!r})\n"
        f"facts = Facts(json.loads({json.dumps(notebook.pages)!r}))\n"
        "print(vet(Checkpoint.find(spec), spec, facts))\n"
        "print(sorted({'torch', 'transformers', 'scipy', 'peft'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program]
    environment = {"PYTHONPATH": ":".join(sys.path)}

    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)

    assert result.stdout.splitlines() == [str(vetted(saved, notebook)), "[]"]


def test_a_fault_is_never_remembered(folder, notebook):
    """What is wrong with a model is told every time."""
    (folder / "tokenizer.json").write_text("{")

    for _ in range(2):
        with pytest.raises(ModelError, match="cannot load the tokenizer"):
            vetted(folder, notebook)


def test_trust_is_asked_anew(folder, notebook):
    """What was found while code might run is not believed when it may not."""
    config = {"model_type": "own", "auto_map": {"AutoConfig": "own.Own"}, "vocab_size": 20}
    config["auto_map"]["AutoModelForCausalLM"] = "own.Model"
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "own.py").write_text(
        "from transformers import PretrainedConfig\n\n\n"
        "class Own(PretrainedConfig):\n    model_type = 'own'\n"
    )

    assert vetted(folder, notebook, trust_remote_code=True).vocabulary == 20
    with pytest.raises(Unsupported, match="if you trust it, give --trust-remote-code"):
        vetted(folder, notebook)


def test_a_decoder_with_an_encoders_name_is_accepted(folder, notebook):
    """BERT that looks only back is a causal language model."""
    config = {"model_type": "bert", "is_decoder": True, "vocab_size": 20}
    (folder / "config.json").write_text(json.dumps(config))

    assert vetted(folder, notebook).vocabulary == 20


def test_added_tokens_may_lie_beyond(folder, notebook):
    """A padding token that no prompt uses does not make tokenizer and model strangers."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.add_special_tokens({"pad_token": "<pad>"})
    tokenizer.save_pretrained(folder)

    assert vetted(folder, notebook).tokenizer_size == 21


@pytest.mark.parametrize("missing", [0, 1])
def test_the_window_must_hold_the_shortest_question(folder, notebook, missing):
    """One token less is too few."""
    path = folder / "config.json"
    window = shortest_prompt() - missing
    changed = json.loads(path.read_text()) | {"max_position_embeddings": window}
    path.write_text(json.dumps(changed))

    if missing:
        with pytest.raises(
            ModelError, match=f"is {window} tokens and the shortest .* {window + 1}"
        ):
            vetted(folder, notebook)
    else:
        assert vetted(folder, notebook).vocabulary == 20
