"""Which files of a checkpoint's folder hold its weights, its tokenizer and its configuration."""

from __future__ import annotations

from pathlib import Path

from claimkit.errors import ModelError
from claimkit.models.files import read_json_object

__all__ = [
    "behaviour_files",
    "model_files",
    "own_tokenizer_files",
    "tokenizer_files",
    "weight_files",
]

WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"
_PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl", "*.msgpack", "*.h5")
_TOKENIZERS = ("tokenizer.json", "vocab.json", "vocab.txt", "*.model", "*.tiktoken")
_TOKENIZER_EXTRAS = (
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "merges.txt",
    "chat_template*",
    "tokenizer*.py",
    "tokenization*.py",
)
_CODE = ("*.py",)


def weight_files(folder: Path) -> list[Path]:
    """Return the safetensors files of a model, in the order of their names.

    The one file ``model.safetensors`` is preferred to an index of shards, as transformers does.

    Raises:
        ModelError: If there are none, only pickles, or a shard that the index names is missing.
    """
    if (folder / WEIGHTS).exists():
        return [folder / WEIGHTS]
    if (folder / INDEX).exists():
        return [folder / shard for shard in _shards(folder)]
    if _matching(folder, _PICKLES):
        raise ModelError(
            f"{folder} holds its weights only as {_matching(folder, _PICKLES)[0].name}, which may "
            "run code when loaded; save it as safetensors (save_pretrained does)"
        )
    raise ModelError(
        f"{folder} has neither {WEIGHTS} nor {INDEX}; give the folder of a whole checkpoint"
    )


def tokenizer_files(folder: Path) -> list[Path]:
    """Return the files that make up the tokenizer.

    Raises:
        ModelError: If no file holds a vocabulary.
    """
    if not _matching(folder, _TOKENIZERS):
        raise ModelError(
            f"{folder} has no tokenizer (no tokenizer.json, vocab.json, vocab.txt or *.model); "
            "save the tokenizer beside the weights, or name another with --tokenizer"
        )
    return _matching(folder, _TOKENIZERS + _TOKENIZER_EXTRAS)


def behaviour_files(folder: Path) -> list[Path]:
    """Return all files that bear on the answers: configuration, tokenizer, own code, weights."""
    small = {folder / "config.json", *tokenizer_files(folder), *_matching(folder, _CODE)}
    return [*sorted(small), *weight_files(folder)]


def model_files(folder: Path) -> list[Path]:
    """Return what bears on the answers if the tokenizer is another's."""
    tokenizer = set(_matching(folder, _TOKENIZERS + _TOKENIZER_EXTRAS))
    small = {folder / "config.json", *_matching(folder, _CODE)} - tokenizer
    return [*sorted(small), *weight_files(folder)]


def own_tokenizer_files(folder: Path) -> list[Path]:
    """Return what makes up a tokenizer that is used with another's weights.

    Where a tokenizer does not name its class, transformers takes it from ``config.json``.

    Raises:
        ModelError: If no file holds a vocabulary.
    """
    more = _matching(folder, ("config.json", *_CODE))
    return sorted({*tokenizer_files(folder), *more})


def _matching(folder: Path, patterns: tuple[str, ...]) -> list[Path]:
    found = {path for pattern in patterns for path in folder.glob(pattern) if path.is_file()}
    return sorted(found)


def _shards(folder: Path) -> list[str]:
    index = folder / INDEX
    try:
        names = sorted({str(name) for name in read_json_object(index)["weight_map"].values()})
    except (KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{index} names no shards (weight_map); download it again") from error
    missing = [name for name in names if not (folder / name).is_file()]
    if not names:
        raise ModelError(f"{index} names no shards (weight_map is empty); download it again")
    if missing:
        raise ModelError(
            f"{folder} lacks {len(missing)} of the {len(names)} shards that {INDEX} names "
            f"({', '.join(missing[:3])}); download it again"
        )
    return names
