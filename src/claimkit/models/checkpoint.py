"""A checkpoint: the files of one causal language model, before anything of it is loaded.

All that can be told from the files alone is told here, without torch: whether they are complete and
safe to load, how long a string the model takes, and the fingerprint that evidence about it is filed
under.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from claimkit.errors import ModelError, Unsupported
from claimkit.models.adapters import adapter_files
from claimkit.models.choices import check_choices
from claimkit.models.files import read_json_object, reading
from claimkit.models.fingerprint import Facts, fingerprint
from claimkit.models.hub import expanded, resolve_folder
from claimkit.models.layout import own_tokenizer_files, tokenizer_files, weight_files
from claimkit.models.spec import ModelSpec

__all__ = ["Checkpoint"]

_WINDOW_KEYS = ("max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "seq_length")
_WITH = " with "
_LANGUAGE_MODELS = ("CausalLM", "LMHead", "ForConditionalGeneration")


@dataclass(frozen=True)
class Checkpoint:
    """A handle on the files of a model; making one reads only its small JSON files.

    Attributes:
        folder: The absolute path of the folder that holds all files.
        name: What to call the model: the folder's name, or the hub id with its revision, and the
            adapter and tokenizer that it is used with.
        config: The contents of ``config.json``.
        other_tokenizer: Folder of the tokenizer that is used instead of the checkpoint's, or None.
        adapter_folder: Folder of the adapter on top, or None.
    """

    folder: Path
    name: str
    config: Mapping[str, Any] = field(repr=False, compare=False)
    other_tokenizer: Path | None = None
    adapter_folder: Path | None = None

    @classmethod
    def find(cls, spec: ModelSpec) -> Checkpoint:
        """Return the checkpoint that a spec names, if its files are complete and safe.

        Raises:
            InvalidInput: If there is no such folder, or an option has an impossible value.
            ModelError: If files are missing, unreadable or malformed, or the weights are only
                there as pickles.
            Unsupported: If the files are sound but hold no causal language model.
        """
        check_choices(spec)
        with reading(spec.model):
            folder = resolve_folder(spec.model, spec.revision)
            config = _read_config(folder)
            _require_causal_model(folder, config)
            weight_files(folder)
            if spec.tokenizer is None:
                tokenizer_files(folder)
        return cls(
            folder=folder,
            name=_name(spec),
            config=config,
            other_tokenizer=_find_tokenizer(spec.tokenizer),
            adapter_folder=_find_adapter(spec.adapter),
        )

    @property
    def tokenizer_folder(self) -> Path:
        """The folder of the tokenizer that is used."""
        return self.other_tokenizer or self.folder

    @property
    def base_name(self) -> str:
        """What to call the model without its adapter."""
        return self.name.split(_WITH)[0]

    @property
    def window(self) -> int | None:
        """The most tokens that a string may have, or None if the configuration states no limit."""
        text = self.config.get("text_config")
        for config in (self.config, text if isinstance(text, dict) else {}):
            for key in _WINDOW_KEYS:
                if isinstance(config.get(key), int) and config[key] > 0:
                    return int(config[key])
        return None

    @property
    def quantization(self) -> str | None:
        """The method that the weights were quantized with, such as ``bitsandbytes``, or None."""
        text = self.config.get("text_config")
        for config in (self.config, text if isinstance(text, dict) else {}):
            found = config.get("quantization_config")
            if isinstance(found, dict):
                # Old files of bitsandbytes do not name it.
                bits = found.get("load_in_8bit") or found.get("load_in_4bit")
                return str(found.get("quant_method", "bitsandbytes" if bits else "unnamed"))
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
            return fingerprint(
                self.folder, facts, tokenizer=self.other_tokenizer, adapter=self.adapter_folder
            )


def _name(spec: ModelSpec) -> str:
    parts = [_short(spec.model) if spec.revision is None else f"{spec.model}@{spec.revision}"]
    if spec.adapter is not None:
        parts.append(f"adapter {_short(spec.adapter)}")
    if spec.tokenizer is not None:
        parts.append(f"tokenizer of {_short(spec.tokenizer)}")
    return _WITH.join(parts)


def _short(name: str) -> str:
    path = expanded(name)
    return path.resolve().name if path.is_dir() else name


def _find_tokenizer(name: str | None) -> Path | None:
    if name is None:
        return None
    with reading(name):
        folder = resolve_folder(name, thing="tokenizer")
        own_tokenizer_files(folder)
    return folder


def _find_adapter(name: str | None) -> Path | None:
    if name is None:
        return None
    with reading(name):
        folder = resolve_folder(name, thing="adapter")
        adapter_files(folder)
    return folder


def _read_config(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    if (folder / "adapter_config.json").exists():
        raise Unsupported(
            f"{folder} holds an adapter (adapter_config.json); give its base model as --model and "
            "this folder as --adapter"
        )
    if not path.exists():
        raise ModelError(f"{folder} has no config.json; give the folder that save_pretrained wrote")
    return read_json_object(path)


def _require_causal_model(folder: Path, config: Mapping[str, Any]) -> None:
    named = config.get("architectures") or []
    # Whatever stands there; transformers asks the model_type.
    architectures = [str(name) for name in named] if isinstance(named, list) else [str(named)]
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
