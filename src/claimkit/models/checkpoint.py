"""A checkpoint: the files of one causal language model, before anything of it is loaded.

All that can be told from the files alone is told here, without torch: whether they are complete and
safe to load, how long a string the model takes, and the fingerprint that evidence about it is filed
under.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from claimkit.errors import ModelError, Unsupported
from claimkit.models.files import reading
from claimkit.models.fingerprint import Facts, fingerprint
from claimkit.models.hub import resolve_folder
from claimkit.models.layout import tokenizer_files, weight_files

__all__ = ["Checkpoint"]

_WINDOW_KEYS = ("max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "seq_length")
_LANGUAGE_MODELS = ("CausalLM", "LMHead", "ForConditionalGeneration")


@dataclass(frozen=True)
class Checkpoint:
    """A handle on the files of a model; making one reads only its small JSON files.

    Attributes:
        folder: The absolute path of the folder that holds all files.
        name: What to call the model: the folder's name, or the hub id with its revision.
        config: The contents of ``config.json``.
    """

    folder: Path
    name: str
    config: Mapping[str, Any] = field(repr=False, compare=False)

    @classmethod
    def find(cls, model: str, revision: str | None = None) -> Checkpoint:
        """Return the checkpoint in a folder or of a hub id, if its files are complete and safe.

        Raises:
            InvalidInput: If there is no such folder.
            ModelError: If files are missing, unreadable or malformed, or the weights are only
                there as pickles.
            Unsupported: If the files are sound but hold no causal language model.
        """
        with reading(model):
            folder = resolve_folder(model, revision)
            config = _read_config(folder)
            _require_causal_model(folder, config)
            weight_files(folder)
            tokenizer_files(folder)
            if Path(model).expanduser().is_dir():
                name = folder.name
            else:
                name = model if revision is None else f"{model}@{revision}"
            return cls(folder, name, config)

    @property
    def window(self) -> int | None:
        """The most tokens that a string may have, or None if the configuration states no limit."""
        text = self.config.get("text_config")
        for config in (self.config, text if isinstance(text, dict) else {}):
            for key in _WINDOW_KEYS:
                if isinstance(config.get(key), int) and config[key] > 0:
                    return int(config[key])
        return None

    def fingerprint(self, facts: Facts) -> str:
        """Return the sha256, in hex, of the bytes of weights, tokenizer and configuration.

        Args:
            facts: Remembers the hash of every file by its path, size and time.

        Raises:
            ModelError: If files are missing or unreadable, or weights are truncated, malformed or
                not finite.
        """
        with reading(self.folder):
            return fingerprint(self.folder, facts)


def _read_config(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    if (folder / "adapter_config.json").exists():
        raise Unsupported(
            f"{folder} holds an adapter (adapter_config.json); merge it into its base model and "
            "save the result"
        )
    if not path.exists():
        raise ModelError(f"{folder} has no config.json; give the folder that save_pretrained wrote")
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelError(f"{path} is not JSON ({error}); download or export it again") from error
    if not isinstance(config, dict):
        raise ModelError(f"{path} must hold a JSON object, got a {type(config).__name__}")
    return config


def _require_causal_model(folder: Path, config: Mapping[str, Any]) -> None:
    architectures = config.get("architectures") or []
    if config.get("is_encoder_decoder"):
        raise Unsupported(
            f"{folder} holds an encoder-decoder ({', '.join(architectures)}); "
            "claims are about causal language models"
        )
    # A bare body (LlamaModel) may share its head with its embeddings; loading it tells.
    may_be = [
        a for a in architectures if a.endswith("Model") or any(k in a for k in _LANGUAGE_MODELS)
    ]
    if architectures and not may_be:
        raise Unsupported(
            f"{folder} holds {', '.join(architectures)}, which is not a causal language model; "
            "its config.json must name an architecture such as LlamaForCausalLM"
        )
