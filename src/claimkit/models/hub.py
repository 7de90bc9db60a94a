"""From what a user types as ``--model``, ``--tokenizer`` or ``--adapter`` to a folder on this disk.

A folder is taken as it stands; anything else is an id of the Hugging Face hub, whose safetensors,
tokenizer and configuration files are fetched (or found in the local cache).
"""

from __future__ import annotations

from pathlib import Path

from claimkit.errors import InvalidInput, ModelError

__all__ = ["expanded", "resolve_folder"]

_TOKENIZER = ["*.json", "*.model", "*.txt", "*.jinja", "*.tiktoken", "*.py"]
_WANTED = {
    "checkpoint": ["*.safetensors", *_TOKENIZER],
    "tokenizer": _TOKENIZER,
    "adapter": ["adapter_config.json", "adapter_model.safetensors"],
}
# Copies of the weights in other formats or other names, and whatever lies in subfolders.
_UNWANTED = ["*/*", "consolidated*"]


def resolve_folder(name: str, revision: str | None = None, *, thing: str = "checkpoint") -> Path:
    """Return the folder of something that is named by its path or hub id.

    Args:
        name: A folder, or a hub id such as ``"openai-community/gpt2"``.
        revision: Branch, tag or commit of a hub id; a folder has none.
        thing: What is looked for: ``checkpoint``, ``tokenizer`` or ``adapter``.

    Raises:
        InvalidInput: If it is empty, a file, a folder with a revision, or a path to nothing.
        ModelError: If the hub has no such thing or cannot be reached.
    """
    advice = f"give the folder of the {thing} or a hub id such as org/name"
    if not name.strip():
        raise InvalidInput(f"no {thing} is named; {advice}")
    path = expanded(name)
    if path.is_dir():
        if revision is not None:
            raise InvalidInput(
                f"folder {name} has no revisions, got revision={revision!r}; leave it out"
            )
        return path.resolve()
    if path.exists():
        raise InvalidInput(f"{name} is a file; give the folder that holds the whole {thing}")
    if not _may_be_hub_id(name):
        raise InvalidInput(f"no folder {name}; {advice}")
    return _from_hub(name, revision, thing)


def expanded(name: str) -> Path:
    """Return a path with ``~`` replaced, but as it stands where no user is so called."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        return Path(name)


def _may_be_hub_id(name: str) -> bool:
    is_path = name.startswith((".", "~", "/")) or "\\" in name or name.count("/") > 1
    return not is_path and not name.endswith("/")


def _from_hub(name: str, revision: str | None, thing: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    # The hub's error derives from that of its HTTP client, whichever that is, which is raised where
    # there is no answer: a proxy refuses, a connection breaks off.
    client = (base for base in HfHubHTTPError.__bases__ if issubclass(base, Exception))
    refusals: tuple[type[Exception], ...] = (HFValidationError, OSError, *client)
    try:
        folder = snapshot_download(
            name, revision=revision, allow_patterns=_WANTED[thing], ignore_patterns=_UNWANTED
        )
    except refusals as error:
        at = f" at revision {revision!r}" if revision else ""
        raise ModelError(
            f"no folder {name!r} here and no such {thing}{at} on the hub ({type(error).__name__}); "
            "check the name and the connection, or give a folder"
        ) from error
    return Path(folder).resolve()
