"""Locks: one file per thing that one worker at a time may do, freed by the system when it dies.

Nobody asks whether the holder still lives; a killed worker's lock is simply free again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from claimkit.errors import StoreError
from claimkit.evidence.files import told

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
        StoreError: If the lock's file cannot be written.
    """
    # One lock per path and process, so that a second Store on this folder enters again too.
    lock = FileLock(path, is_singleton=True)
    with told("lock", path):
        try:
            lock.acquire(timeout=-1 if timeout is None else timeout, poll_interval=_POLL)
        except Timeout:
            raise StoreBusy(f"another worker holds {what}; waited {timeout} s for it") from None
    try:
        yield
    finally:
        lock.release()


def discard(path: Path) -> None:
    """Remove the file of a lock that nobody will need again; its holder may still hold it."""
    # Windows keeps a file that is open. An empty file too many does no harm.
    with suppress(OSError):
        path.unlink()
