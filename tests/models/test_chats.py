"""How a model is talked to is told by its files: its chat template, and what ends an answer."""

import json
import subprocess
import sys

import pytest

from claimkit.errors import ModelError
from claimkit.models.chats import ends_by_settings, has_chat_template
from claimkit.models.checkpoint import Checkpoint

TEMPLATE = "{% for m in messages %}{{ m.role }}: {{ m.content }}{% endfor %}"


def holds_chats(folder, tokenizer=None):
    """Return what is told of a folder, perhaps with another folder's tokenizer."""
    return has_chat_template(Checkpoint(folder, "a model", {}, other_tokenizer=tokenizer))


def write_config(folder, **entries):
    """Write a tokenizer's configuration."""
    (folder / "tokenizer_config.json").write_text(json.dumps(entries))


@pytest.mark.parametrize(
    "entries, expected",
    [
        ({"chat_template": TEMPLATE}, True),
        ({"chat_template": [{"name": "default", "template": TEMPLATE}]}, True),
        ({"eos_token": "</s>"}, False),
        ({"chat_template": None}, False),
        ({"chat_template": ""}, False),
    ],
    ids=["one", "several", "none", "null", "empty"],
)
def test_a_template_in_the_configuration_counts(tmp_path, entries, expected):
    """One template or several; an entry that holds none is none."""
    write_config(tmp_path, **entries)

    assert holds_chats(tmp_path) is expected


@pytest.mark.parametrize("config", [True, False])
def test_a_template_in_a_file_of_its_own_counts(tmp_path, config):
    """As newer tokenizers keep it, beside a configuration that knows nothing of it, or none."""
    if config:
        write_config(tmp_path, eos_token="</s>")
    (tmp_path / "chat_template.jinja").write_text(TEMPLATE)

    assert holds_chats(tmp_path)


def test_a_tokenizer_without_a_configuration_has_none(tmp_path):
    """A ``tokenizer.json`` alone loads, and has no place for a template."""
    assert not holds_chats(tmp_path)


@pytest.mark.parametrize("model, tokenizer", [(True, False), (False, True)])
def test_the_tokenizer_that_is_used_counts(tmp_path, model, tokenizer):
    """With ``--tokenizer`` it is another folder's; what lies beside the weights is not read."""
    folder, other = tmp_path / "model", tmp_path / "tokenizer"
    for place, has in ((folder, model), (other, tokenizer)):
        place.mkdir()
        write_config(place, **({"chat_template": TEMPLATE} if has else {}))

    assert holds_chats(folder, other) is tokenizer


@pytest.mark.parametrize(
    "content, words",
    [
        ("{", r"tokenizer_config\.json is not JSON \(.*\); download or export it again"),
        ("\xff", r"tokenizer_config\.json is not JSON \(.*utf-8.*\); download"),
        ("[]", r"tokenizer_config\.json must hold a JSON object, got a list; download"),
    ],
    ids=["cut short", "no text", "a list"],
)
def test_a_broken_configuration_is_told_in_one_sentence(tmp_path, content, words):
    """It is an error of the model, and never taken for a tokenizer without a template."""
    (tmp_path / "tokenizer_config.json").write_text(content, encoding="latin-1")

    with pytest.raises(ModelError, match=words):
        holds_chats(tmp_path)


def test_a_configuration_that_cannot_be_read_is_told_in_one_sentence(tmp_path):
    """What the operating system refuses to read is an error of the model."""
    (tmp_path / "tokenizer_config.json").mkdir()

    with pytest.raises(ModelError, match=r"cannot read .*tokenizer_config\.json: Is a directory; "):
        holds_chats(tmp_path)


def test_a_saved_tokenizer_is_told_apart_by_its_template(folder):
    """Files as transformers writes them, without a template and with one."""
    from transformers import AutoTokenizer

    before = holds_chats(folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(folder)

    assert (before, holds_chats(folder)) == (False, True)


@pytest.mark.parametrize(
    "settings, ends",
    [({"eos_token_id": 2}, 2), ({"eos_token_id": [2, 7]}, [2, 7]), ({"top_k": 5}, None)],
    ids=["one", "several", "none"],
)
def test_ends_are_told_as_they_stand_there(tmp_path, settings, ends):
    """They belong to the model, whichever tokenizer is used with it."""
    checkpoint = Checkpoint(tmp_path, "a model", {}, other_tokenizer=tmp_path / "other")
    missing = ends_by_settings(checkpoint)
    (tmp_path / "generation_config.json").write_text(json.dumps(settings))

    assert (missing, ends_by_settings(checkpoint)) == (None, ends)


def test_broken_generation_settings_are_told_in_one_sentence(tmp_path):
    """Not taken for settings that call nothing an end."""
    (tmp_path / "generation_config.json").write_text("{")

    with pytest.raises(ModelError, match=r"generation_config\.json is not JSON .*; download"):
        ends_by_settings(Checkpoint(tmp_path, "a model", {}))


def test_telling_loads_neither_torch_nor_transformers(tmp_path):
    """A run whose answers are all stored must not wait for torch."""
    write_config(tmp_path, chat_template=TEMPLATE)
    program = (
        "import sys; from pathlib import Path\n"
        "from claimkit.models.chats import has_chat_template\n"
        "from claimkit.models.checkpoint import Checkpoint\n"
        f"assert has_chat_template(Checkpoint(Path({str(tmp_path)!r}), 'a model', {{}}))\n"
        "print(sorted({'torch', 'transformers', 'scipy'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program]
    environment = {"PYTHONPATH": ":".join(sys.path)}

    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)

    assert result.stdout == "[]\n"
