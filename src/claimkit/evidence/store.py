"""The evidence store: every outcome that was ever measured, on disk, shared by workers and runs.

A folder, made to be read, copied and deleted by hand::

    format.json                          the store's version
    streams/<2 hex>/<digest>/key.json    which strings, and which model was asked
    streams/<2 hex>/<digest>/records     the outcomes (see claimkit.evidence.records)
    facts/<name>.json                    small things worth not computing again
    damaged/                             what was found damaged and set aside
    locks/                               empty files: one per stream, and one per piece in the works

Reading never waits. Adding takes the stream's lock for a moment. What a stream lacks is measured in
pieces, each under a lock of its own, so that workers share a stream and measure no string twice::

    for piece in store.missing(key, n):
        with store.try_lock(key, piece) as free:
            if free and piece in store.missing(key, n):
                store.append(key, piece[0], measure(*piece))
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, final

import numpy as np

from claimkit.errors import InvalidInput, StoreError
from claimkit.evidence import facts as fact_files
from claimkit.evidence import records
from claimkit.evidence.damage import StoreWarning, cut_out, set_aside, warn
from claimkit.evidence.files import append_committed, content_of, replace_file, told
from claimkit.evidence.folder import open_folder
from claimkit.evidence.keys import EvidenceKey
from claimkit.evidence.locks import StoreBusy, discard, held
from claimkit.evidence.outcomes import Outcomes
from claimkit.evidence.ranges import Range, cell, gaps, pieces

__all__ = ["EvidenceKey", "Store", "StoreBusy", "StoreWarning"]


@final
class Store:
    """An evidence store in one folder, created where there is none.

    Args:
        root: The store's folder.

    Raises:
        StoreError: If the folder cannot be written, or a newer claimkit wrote it.
    """

    def __init__(self, root: Path | str) -> None:
        # Absolute, so that whoever changes the working folder keeps the evidence.
        self.root = Path(root).absolute()
        with told("keep evidence in", self.root):
            open_folder(self.root)

    @contextmanager
    def lock(self, key: EvidenceKey, timeout: float | None = None) -> Iterator[None]:
        """Hold a stream alone while changing its file; the holder may enter again.

        Args:
            key: The stream.
            timeout: Seconds to wait at most; None waits for as long as it takes.

        Raises:
            StoreBusy: If another worker still holds it after the timeout.
            StoreError: If the lock's file cannot be written.
        """
        with held(self.root / "locks" / f"{key.digest}.lock", self._name(key), timeout):
            yield

    @contextmanager
    def try_lock(self, key: EvidenceKey, piece: Range) -> Iterator[bool]:
        """Hold a piece of a stream alone while measuring it, unless another worker does.

        Args:
            key: The stream.
            piece: One of :meth:`missing`; pieces between the same two fixed borders share a lock.

        Yields:
            Whether it is held; never waits. Whoever holds it looks again what is missing.

        Raises:
            StoreError: If the lock's file cannot be written.
        """
        start, stop = cell(piece[0])
        path = self.root / "locks" / f"{key.digest}.{start}.lock"
        with ExitStack() as stack:
            try:
                stack.enter_context(held(path, f"strings from {start} of {self._name(key)}", 0))
            except StoreBusy:
                yield False
                return
            yield True
            # A worker that has this file open finds nothing missing, whatever it locks.
            if not any(end > start for _, end in self.missing(key, stop)):
                discard(path)

    def missing(self, key: EvidenceKey, stop: int) -> list[Range]:
        """Return which of the strings 0 … stop − 1 are not stored, in pieces; never wait."""
        stored = ((record.start, record.stop) for record in self._scan(key).records)
        return [piece for gap in gaps(stored, stop) for piece in pieces(*gap)]

    def read(self, key: EvidenceKey) -> Outcomes:
        """Return a stream's strings 0, 1, … as far as they are stored without a gap; never wait.

        What is damaged is set aside with a warning, unless another worker holds the stream: then
        it is most likely the record which that worker is just writing.

        Raises:
            StoreError: If one string is stored with two digests, or the file cannot be read.
        """
        found = self._scan(key)
        if found.damaged:
            try:
                with self.lock(key, timeout=0):
                    found = self._mended(key)
            except StoreBusy:
                pass  # its holder sees to the damage; the intact records are whole
            except StoreError as error:
                warn(str(error))  # a full disk does not make the intact records unreadable
        return records.join(found.records, self._name(key))

    def append(self, key: EvidenceKey, start: int, outcomes: Outcomes) -> None:
        """Add outcomes of the strings start, start + 1, …; nothing already stored is changed.

        Strings that are all stored already are not written again.

        Args:
            key: The stream; its lock is taken here unless the caller holds it.
            start: The first string, counted from 0; a later append may fill a gap before it.
            outcomes: One outcome per string.

        Raises:
            InvalidInput: If start is negative.
            StoreError: If a string is stored with another digest, or the disk is full or not
                writable; what was stored before stays as it was.
        """
        if start < 0:
            raise InvalidInput(f"strings are counted from 0, got start={start}")
        new, path = records.Record.of(start, outcomes), self._path(key)
        with self.lock(key):
            known = self._mended(key).records
            records.join([*known, new], self._name(key))
            if np.isin(records.places([new]), records.places(known)).all():
                return
            with told("add evidence to", path):
                _describe(key, path.parent)
                append_committed(path, *new.encode(key.digest))

    def keys(self) -> Iterator[EvidenceKey]:
        """Yield the key of every stream, in the order of their digests; set damaged ones aside."""
        for path in sorted((self.root / "streams").glob("*/*/key.json")):
            content = _content(path)
            key = EvidenceKey.from_json(content, path.parent.name)
            if key:
                yield key
            elif content:
                set_aside(path, self.root / "damaged", content)

    def facts(self, name: str) -> dict[str, Any] | None:
        """Return what was remembered under a name, or None; set damaged facts aside."""
        path = self.root / "facts" / fact_files.file_name(name)
        content = _content(path)
        found = fact_files.decode(content, name)
        # What was not there a moment ago may be there now, and whole: another worker wrote it.
        if found is None and content:
            set_aside(path, self.root / "damaged", content)
        return found

    def remember(self, name: str, facts: Mapping[str, Any]) -> None:
        """Keep small facts under a name, in place of those kept before.

        Raises:
            InvalidInput: If the facts would not come back from JSON as they are.
            StoreError: If the disk is full or not writable.
        """
        path = self.root / "facts" / fact_files.file_name(name)
        with told("remember facts in", path):
            replace_file(path, fact_files.encode(name, facts))

    def _path(self, key: EvidenceKey) -> Path:
        """Return where a stream's records lie."""
        return self.root / "streams" / key.digest[:2] / key.digest / "records"

    def _name(self, key: EvidenceKey) -> str:
        """Return the words for a stream in a sentence."""
        return f"the stream of {key.task} in {self._path(key).parent}"

    def _scan(self, key: EvidenceKey) -> records.Scan:
        """Return what a stream's file holds now."""
        return records.scan(_content(self._path(key)), key.digest)

    def _mended(self, key: EvidenceKey) -> records.Scan:
        """Set aside what is damaged and return what is intact; the caller holds the lock."""
        found = self._scan(key)
        if found.damaged:
            damaged, folder = b"".join(found.damaged), self.root / "damaged"
            cut_out(self._path(key), folder, damaged, found.intact(key.digest))
            whole = len(records.join(found.records, self._name(key)))
            warn(
                f"{self._name(key)} was damaged or cut off by a kill: {len(damaged)} bytes are in "
                f"{folder} now, the first {whole} strings are whole, and the rest is measured again"
            )
        return found


def _describe(key: EvidenceKey, folder: Path) -> None:
    """Make a stream's folder and write what it is about, unless that stands there already."""
    folder.mkdir(parents=True, exist_ok=True)
    if content_of(folder / "key.json") != key.to_json():
        replace_file(folder / "key.json", key.to_json())


def _content(path: Path) -> bytes:
    """Return a file's bytes, none where there is no file; what else goes wrong is a StoreError."""
    with told("read", path):
        return content_of(path)
