"""The state of a training that goes on later: written whole or not at all, and read with care.

What torch and safetensors say of a full disk, or of a file that was cut short, becomes a sentence.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from claimkit.errors import ModelError
from claimkit.evidence.files import sync_folder, told
from claimkit.models.sentences import first_sentence


@contextmanager
def weights_told(path: Path) -> Iterator[None]:
    """Turn a disk's refusals into one sentence, as libraries that write weights pass them on.

    Raises:
        StoreError: If the block cannot write.
    """
    with told("write", path):
        try:
            yield
        except OSError:
            raise
        except Exception as error:
            refusal = _refusal(error)
            if refusal is None:
                raise
            raise refusal from error


def _refusal(error: Exception) -> OSError | None:
    """Return the operating system's own error that lies behind one of torch or safetensors."""
    behind = error.__context__
    if isinstance(error, RuntimeError) and isinstance(behind, OSError):
        return behind
    if number := re.search(r"\(os error (\d+)\)", str(error)):
        return OSError(int(number[1]), os.strerror(int(number[1])))
    # Where torch opened the file itself, it does not say why it could not write on.
    torn = isinstance(error, RuntimeError) and "inline_container" in str(error)
    return OSError(errno.ENOSPC, "torch could not write all of it") if torn else None


def write_state(path: Path, state: Mapping[str, Any]) -> None:
    """Replace a state in one move, so that a kill at any time leaves the old one whole.

    Raises:
        StoreError: If the disk is full or the folder cannot be written; the old one is kept.
    """
    import torch

    part = path.with_name(f"{path.name}.part")
    with weights_told(path):
        try:
            with part.open("wb") as file:
                torch.save(dict(state), file)
                file.flush()
                # Else a power cut could leave the new name with none of its bytes.
                os.fsync(file.fileno())
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
        sync_folder(path.parent)


def read_state(path: Path) -> dict[str, Any]:
    """Return what :func:`write_state` wrote, in the memory of the CPU, whoever wrote it.

    Raises:
        ModelError: If it is damaged.
        StoreError: If it cannot be read.
    """
    import torch

    with told("read", path):
        file = path.open("rb")
    with file, restoring(path):
        state = torch.load(file, map_location="cpu", weights_only=True)
        missing = {"step", "model", "optimizers"} - set(state)
        if missing:
            raise ValueError(f"it lacks {', '.join(sorted(missing))}")
    return dict(state)


@contextmanager
def restoring(path: Path) -> Iterator[None]:
    """Turn whatever damaged bytes end in into one sentence.

    Raises:
        ModelError: If the block fails, unless a GPU's memory is too small for it.
    """
    try:
        yield
    # A file cut short here or there, an empty one and one of other bytes end in many errors.
    except Exception as error:
        import torch

        if isinstance(error, torch.OutOfMemoryError):
            raise
        raise ModelError(
            f"{path} is damaged: {first_sentence(error)}; remove it, and the training begins anew"
        ) from error
