"""How a checkpoint's model is talked to, told by its files."""

from __future__ import annotations

from typing import Final

from claimkit.models.checkpoint import Checkpoint
from claimkit.models.files import read_json_object, reading

__all__ = ["ends_by_settings", "has_chat_template"]

_TEMPLATE: Final = "chat_template.jinja"
_CONFIG: Final = "tokenizer_config.json"
_SETTINGS: Final = "generation_config.json"


def has_chat_template(checkpoint: Checkpoint) -> bool:
    """Return whether the tokenizer that is used has a chat template; loads nothing.

    Raises:
        ModelError: If its files cannot be read.
    """
    folder = checkpoint.tokenizer_folder
    with reading(folder):
        if (folder / _TEMPLATE).exists():
            return True
        path = folder / _CONFIG
        return path.exists() and bool(read_json_object(path).get("chat_template"))


def ends_by_settings(checkpoint: Checkpoint) -> object:
    """Return which token ids the generation settings call an end, as they stand there; or None.

    They decide where answers end and are no part of the fingerprint, since nothing else of them is
    ever used.

    Raises:
        ModelError: If the file cannot be read.
    """
    with reading(checkpoint.folder):
        path = checkpoint.folder / _SETTINGS
        return read_json_object(path).get("eos_token_id") if path.exists() else None
