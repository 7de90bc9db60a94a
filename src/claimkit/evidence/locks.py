"""Locks: one file per thing that one worker at a time may do, freed by the system when it dies.

Nobody asks whether the holder still lives; a killed worker's lock is simply free again.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from claimkit.errors import StoreError
from claimkit.evidence.files import told

_LOCKLESS = frozenset({errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK})
_POLL = 0.01
"""Seconds between two attempts; an append, which is waited for most, takes a few times that."""


class StoreBusy(StoreError):
    """Another worker holds a lock and did not release it in time."""


@contextmanager
def held(path: Path, what: str, timeout: float | None) -> Iterator[None]:
    """Hold a lock alone, against other threads and processes; the holder may enter again.

    Args:
        path: The lock's file; it is made where there is none.
        what: What is locked, for the error's sentence.
        timeout: Seconds to wait at most; None waits for as long as it takes.

    Raises:
        StoreBusy: If another worker still holds it after the timeout.
        StoreError: If the lock's file cannot be written, or the file system has no locks.
    """
    # One lock per path and process, so that a second Store on this folder enters again too. A soft
    # lock, which is a file that exists, would outlive a killed worker.
    lock = FileLock(path, is_singleton=True, fallback_to_soft=False)
    with told("lock", path), _has_locks(path):
        try:
            lock.acquire(timeout=-1 if timeout is None else timeout, poll_interval=_POLL)
        except Timeout:
            raise StoreBusy(f"another worker holds {what}; waited {timeout} s for it") from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _has_locks(path: Path) -> Iterator[None]:
    """Say in one sentence that a file system has no locks.

    Raises:
        StoreError: If the block raises what the system answers where they are missing.
    """
    sentence = f"the file system of {path} has no locks; choose a folder on another one"
    try:
        yield
    except NotImplementedError as error:
        raise StoreError(sentence) from error
    except OSError as error:
        if error.errno in _LOCKLESS:
            raise StoreError(sentence) from error
        raise


def discard(path: Path) -> None:
    """Remove the file of a lock that nobody will need again; its holder may still hold it."""
    # Windows keeps a file that is open. An empty file too many does no harm.
    with suppress(OSError):
        path.unlink()
