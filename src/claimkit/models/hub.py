"""From what a user types as ``--model`` to a folder on this disk.

A folder is taken as it stands; anything else is an id of the Hugging Face hub, whose safetensors,
tokenizer and configuration files are fetched (or found in the local cache).
"""

from __future__ import annotations

from pathlib import Path

from claimkit.errors import InvalidInput, ModelError

__all__ = ["resolve_folder"]

_WANTED = ["*.safetensors", "*.safetensors.index.json", "*.json", "*.model", "*.txt", "*.jinja"]
_WANTED += ["*.tiktoken", "*.py"]
# Copies of the weights in other formats or other names, and whatever lies in subfolders.
_UNWANTED = ["*/*", "consolidated*"]


def resolve_folder(model: str, revision: str | None = None) -> Path:
    """Return the folder of a checkpoint that is named by its path or hub id.

    Args:
        model: A folder, or a hub id such as ``"openai-community/gpt2"``.
        revision: Branch, tag or commit of a hub id; a folder has none.

    Raises:
        InvalidInput: If it is empty, a file, a folder with a revision, or a path to nothing.
        ModelError: If the hub has no such model or cannot be reached.
    """
    if not model:
        raise InvalidInput(
            "no model is named; give a checkpoint's folder or a hub id such as org/name"
        )
    path = Path(model).expanduser()
    if path.is_dir():
        if revision is not None:
            raise InvalidInput(
                f"folder {model} has no revisions, got revision={revision!r}; leave it out"
            )
        return path.resolve()
    if path.exists():
        raise InvalidInput(f"{model} is a file; give the folder that holds the whole checkpoint")
    if not _may_be_hub_id(model):
        raise InvalidInput(
            f"no folder {model}; give a checkpoint's folder or a hub id such as org/name"
        )
    return _from_hub(model, revision)


def _may_be_hub_id(model: str) -> bool:
    is_path = model.startswith((".", "~", "/")) or "\\" in model or model.count("/") > 1
    return not is_path and not model.endswith("/")


def _from_hub(model: str, revision: str | None) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    try:
        folder = snapshot_download(
            model, revision=revision, allow_patterns=_WANTED, ignore_patterns=_UNWANTED
        )
    except (HfHubHTTPError, HFValidationError, OSError) as error:
        at = f" at revision {revision!r}" if revision else ""
        raise ModelError(
            f"no folder {model!r} here and no such model{at} on the hub ({type(error).__name__}); "
            "check the name and the connection, or give a folder"
        ) from error
    return Path(folder).resolve()
