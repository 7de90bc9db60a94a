"""Snapshot files as pytest sees them: syrupy counts, writes and removes them, in our folders.

Syrupy takes a snapshot for unused when no test of a run asserted it, unless it can tell that its
test was merely skipped or not selected; here that is too little. A claim may end before it judges,
a run may end before its claims, a worker may die. So a snapshot is unused only if no test that was
*collected* has it, in a file of claims that was collected whole, or that is gone.
"""

from __future__ import annotations

import warnings
from collections import Counter
from glob import escape
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, final
from urllib.parse import unquote

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.location import PyTestLocation

from claimkit.errors import ClaimkitError, SnapshotError
from claimkit.evidence.files import told
from claimkit.evidence.snapshot_names import file_of, files_in
from claimkit.evidence.snapshots import read_snapshot
from claimkit.plugin.claims import is_theory, short_name, subject_of
from claimkit.plugin.snapshot_extension import (
    LAYOUT,
    Compared,
    Updated,
    hide_from_others,
    syrupy_loaded,
)
from claimkit.reporting.places import bundled_claims
from claimkit.reporting.records import THEORY

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from claimkit.evidence.snapshots import ClaimSnapshot

KEPT: Final = pytest.StashKey[bool]()
"""Whether this run has other test ids than those that were recorded."""


_THEORY_NOWHERE: Final = MappingProxyType({THEORY: None})


class SnapshotWarning(UserWarning):
    """A file was in the place of a snapshot and could not be read; it has been replaced."""


@final
class Snapshots:
    """Pytest plugin: one process's view of a model's folder of snapshots.

    Has to be registered, since it learns from collection which tests there are, and hands what was
    recorded to syrupy when a test is over: of a test that judges more than once, the last.

    Args:
        folder: The model's folder.
        update: Whether ``--snapshot-update`` is given.
        others: Where claims about other subjects than the model are remembered; None for nowhere.
    """

    def __init__(
        self, folder: Path, update: bool, others: Mapping[str, Path | None] = _THEORY_NOWHERE
    ) -> None:
        self.folder = folder
        self._others = others
        self._filled = {home for home in {folder, *others.values()} if home and files_in(home)}
        self._update = update
        self._items: list[pytest.Item] = []
        self._whole = True
        self._clashing = frozenset[str]()
        self._pending: ClaimSnapshot | None = None

    def records(self, item: pytest.Item) -> bool:
        """Return whether what a test finds out is remembered at all."""
        return self._others.get(subject_of(item), self.folder) is not None

    def home(self, item: pytest.Item) -> Path:
        """Return the folder of a test's snapshot; the model's for what is not remembered."""
        return self._others.get(subject_of(item)) or self.folder

    def exists(self, item: pytest.Item) -> bool:
        """Return whether a test's folder held a snapshot when the run began."""
        return self.home(item) in self._filled

    def path(self, item: pytest.Item) -> Path:
        """Return where a test's snapshot lies, or would lie."""
        return self.home(item) / file_of(short_name(item.nodeid))

    def baseline(self, item: pytest.Item) -> ClaimSnapshot | None:
        """Return what was recorded of a test; None if nothing was. Needs no syrupy.

        Raises:
            SnapshotError: If the file is damaged, of another format or of another test.
        """
        path = self._own(item)
        if not path.exists():
            return None
        snapshot = read_snapshot(path)
        if snapshot.test != short_name(item.nodeid):
            raise SnapshotError(
                f"{path} is the snapshot of {snapshot.test}, not of {short_name(item.nodeid)}; "
                "record it anew with --snapshot-update"
            )
        return snapshot

    def record(self, item: pytest.Item, snapshot: ClaimSnapshot) -> None:
        """Take a judgement of the running test as its snapshot, in place of an earlier one.

        Raises:
            SnapshotError: If another test has the same file.
        """
        self._own(item)
        self._pending = snapshot

    def touch(self, item: pytest.Item) -> None:
        """Let syrupy look for unused snapshots, although this test asserts none.

        Its own is never called unused, since the test was collected.
        """
        if syrupy_loaded(item.config):
            self._assertion(item)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Learn which tests there are, before some are deselected."""
        config.stash[LAYOUT] = self
        self._items = list(items)
        places = Counter(self._places())
        self._clashing = frozenset(place for place, tests in places.items() if tests > 1)
        if any(item.get_closest_marker("claim") for item in items):
            hide_from_others(config)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note that some tests may be missing."""
        self._whole = self._whole and not report.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        """Hand what was recorded to syrupy."""
        snapshot, self._pending = self._pending, None
        if snapshot is None or not syrupy_loaded(item.config):
            return
        try:
            self._hand_over(item, snapshot)
        except ClaimkitError as error:
            pytest.fail(str(error), pytrace=False)

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(
        self, session: pytest.Session, exitstatus: int
    ) -> Generator[None, object, object]:
        """Let a run that broke off neither fail for unused snapshots nor remove them."""
        ended = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        if not ended and syrupy_loaded(session.config):
            # Syrupy would mix the exit status of an interrupted run with its own.
            session.config.option.warn_unused_snapshots = True
            session.config.option.no_cleanup = True
        return (yield)

    def unused(self, config: pytest.Config) -> list[Path]:
        """Return the files whose tests are gone, as far as this run can tell."""
        if not self._whole or config.stash.get(KEPT, False) or _narrowed(config):
            return []
        used = set(self._places())
        collected = {self.path(item).parent for item in self._items}
        homes = dict.fromkeys([self.folder, *map(self.home, self._items)])
        return [
            path
            for home in homes
            for path in files_in(home)
            if str(path).casefold() not in used
            and (path.parent in collected or self._orphaned(path.parent.name))
        ]

    def _places(self) -> list[str]:
        """Return where the snapshots of the collected tests lie, alike if two would be one file.

        Claims about theory have none.
        """
        items = (item for item in self._items if not is_theory(item))
        return [str(self.path(item)).casefold() for item in items]

    def _own(self, item: pytest.Item) -> Path:
        """Return where a test's snapshot lies, unless it lies where another's does."""
        path = self.path(item)
        if str(path).casefold() in self._clashing:
            raise SnapshotError(
                f"two tests would share the snapshot {path}: files of claims need names of their "
                "own, also in different folders, and tests names that differ not only in case"
            )
        return path

    def _orphaned(self, stem: str) -> bool:
        """Whether the file of claims is gone that a folder of snapshots is named after.

        Only the folder that the snapshots lie in can tell, and only if this run looked into it.
        """
        home = self.folder.parent.parent.resolve()
        if home not in {item.path.parent.resolve() for item in self._items}:
            return False
        name = f"{escape(unquote(stem))}.py"
        return not any(next(place.rglob(name), None) for place in (home, bundled_claims()))

    def _hand_over(self, item: pytest.Item, snapshot: ClaimSnapshot) -> None:
        path, option = self.path(item), item.config.option
        if not (self._update or option.update_new_snapshots_only or path.exists()):
            return
        damaged = self._update and _is_damaged(path)
        assertion = self._assertion(item)
        _ = assertion == snapshot
        failure = assertion.executions[0].exception
        if failure is not None:
            with told("record the snapshot", path):
                raise failure
        if damaged:
            text = f"{path} held no snapshot that can be read; it has been recorded anew"
            warnings.warn(text, SnapshotWarning, stacklevel=1)

    def _assertion(self, item: pytest.Item) -> SnapshotAssertion:
        return SnapshotAssertion(
            session=item.config._syrupy,  # type: ignore[attr-defined]
            extension_class=Updated if self._update else Compared,
            test_location=PyTestLocation(item),
            update_snapshots=self._update,
            update_new_snapshots_only=item.config.option.update_new_snapshots_only,
        )


def keep_unused(config: pytest.Config) -> None:
    """Call no snapshot unused in this run: its options give the tests other ids."""
    config.stash[KEPT] = True


def _narrowed(config: pytest.Config) -> bool:
    """Whether pytest was told to leave tests out before it collects them."""
    return getattr(config.option, "lf", False) or any("::" in argument for argument in config.args)


def _is_damaged(path: Path) -> bool:
    try:
        read_snapshot(path)
    except SnapshotError:
        return path.exists()
    return False
