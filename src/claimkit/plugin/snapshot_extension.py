"""What syrupy is told of snapshots: where they lie, when two say the same, which are unused.

Syrupy makes an extension wherever it needs one, in the controller too, from its class alone; so
what an extension has to know it finds with the test that it is asked about.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, final
from urllib.parse import unquote

import pytest
from syrupy.data import Snapshot, SnapshotCollection, SnapshotCollections
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from claimkit.errors import SnapshotError
from claimkit.evidence.files import replace_file
from claimkit.evidence.snapshot_names import file_of
from claimkit.evidence.snapshots import ClaimSnapshot, comparable, equal
from claimkit.plugin.claims import short_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from syrupy.location import PyTestLocation
    from syrupy.types import SerializableData, SerializedData, SnapshotIndex


class Layout(Protocol):
    """Where a run keeps a model's snapshots."""

    def home(self, item: pytest.Item) -> Path:
        """The folder that a test's snapshot lies in."""
        ...

    def path(self, item: pytest.Item) -> Path:
        """Where a test's snapshot lies."""
        ...

    def unused(self, config: pytest.Config) -> list[Path]:
        """The snapshots of tests that are gone."""
        ...


LAYOUT: Final = pytest.StashKey[Layout]()


class ClaimSnapshotExtension(SingleFileSnapshotExtension):
    """Syrupy's view of a model's folder: a JSON file per test, compared by what it says."""

    _write_mode = WriteMode.TEXT
    file_extension = "json"

    def serialize(self, data: SerializableData, **_: object) -> SerializedData:
        """Return the text of a :class:`ClaimSnapshot`."""
        return str(data.to_text())

    def read_snapshot_data_from_location(
        self, *, snapshot_location: str, **_: object
    ) -> str | None:
        """Return a file's text; damaged bytes make it another text, not an error."""
        path = Path(snapshot_location)
        return path.read_bytes().decode("utf-8", "replace") if path.exists() else None

    @classmethod
    def write_snapshot_collection(
        cls, *, snapshot_collection: SnapshotCollection, **_: object
    ) -> None:
        """Write a file in one step, so that who is killed leaves the old one or the new."""
        text = next(iter(snapshot_collection)).data
        replace_file(Path(snapshot_collection.location), str(text).encode())

    def delete_snapshots(self, *, snapshot_location: str, snapshot_names: set[str]) -> None:
        """Remove a file, and its folder with the last."""
        path = Path(snapshot_location)
        path.unlink(missing_ok=True)
        if not any(path.parent.iterdir()):
            path.parent.rmdir()

    def discover_snapshots(
        self, *, test_location: PyTestLocation, ignore_extensions: list[str] | None = None
    ) -> SnapshotCollections:
        """Return the unused snapshots, under names that no test has.

        By a test's name syrupy would keep them if some test of that function is skipped.
        """
        config, found = test_location.item.config, SnapshotCollections()
        for path in config.stash[LAYOUT].unused(config):
            collection = SnapshotCollection(location=str(path))
            collection.add(Snapshot(name=f"(no such test) {unquote(path.stem)}"))
            found.add(collection)
        return found

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: SnapshotIndex = 0) -> str:
        """Return the test's name."""
        return test_location.snapshot_name

    @classmethod
    def get_location(cls, *, test_location: PyTestLocation, index: SnapshotIndex) -> str:
        """Return the file of a test."""
        return str(test_location.item.config.stash[LAYOUT].path(test_location.item))

    @classmethod
    def discovery_dirname(cls, *, test_location: PyTestLocation) -> str:
        """Return the folder of the model, or of the runs, that a test is about."""
        return str(test_location.item.config.stash[LAYOUT].home(test_location.item))

    @classmethod
    def matches_test_location(
        cls, *, test_location: PyTestLocation, snapshot_location: str
    ) -> bool:
        """Whether a file is of the test's file of claims."""
        return (
            Path(snapshot_location).parent.name
            == file_of(short_name(test_location.nodeid)).parent.name
        )


@final
class Updated(ClaimSnapshotExtension):
    """With ``--snapshot-update``: what says the same is left as it is."""

    def matches(
        self, *, serialized_data: SerializableData, snapshot_data: SerializableData
    ) -> bool:
        """Whether a file says what is to be recorded."""
        return _agree(equal, snapshot_data, serialized_data)


@final
class Compared(ClaimSnapshotExtension):
    """Without: whether a model is worse is for the gate to say, with all comparisons at hand."""

    def matches(
        self, *, serialized_data: SerializableData, snapshot_data: SerializableData
    ) -> bool:
        """Whether a file can be compared with."""
        return _agree(comparable, snapshot_data, serialized_data)


def _agree(
    test: Callable[[ClaimSnapshot, ClaimSnapshot], bool], recorded: str, judged: str
) -> bool:
    """Whether two texts are snapshots that pass a test; what is damaged passes none."""
    try:
        before = ClaimSnapshot.from_text(recorded, "that was recorded")
    except SnapshotError:
        return False
    return test(before, ClaimSnapshot.from_text(judged, "of this run"))


def syrupy_loaded(config: pytest.Config) -> bool:
    """Whether syrupy's plugin is there, which ``-p no:syrupy`` prevents."""
    return config.pluginmanager.hasplugin("syrupy")


def hide_from_others(config: pytest.Config) -> None:
    """Keep syrupy's other extensions from taking our files for leftovers of theirs.

    One of them is always there when no test asserts a snapshot. It takes every file below the
    ``__snapshots__`` beside a test for its own, those of other models too, and would remove them.
    """
    if not syrupy_loaded(config):
        return
    option, session = config.option, config._syrupy  # type: ignore[attr-defined]
    ignored = [*(option.ignore_file_extensions or []), ClaimSnapshotExtension.file_extension]
    option.ignore_file_extensions = session.ignore_file_extensions = ignored
