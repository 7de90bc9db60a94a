"""Workers that need the same streams share them: each string is measured once, and nobody idles.

Workers are forked processes that really measure, slowed down so that they meet for certain.
"""

from __future__ import annotations

import json
import os
import signal
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

from claimkit.auditing import observing
from claimkit.auditing.observing import Observer, questions_of
from claimkit.errors import StoreError
from claimkit.evidence.ranges import cell
from claimkit.evidence.store import Store
from claimkit.tasks import UL, UR, Setting

resource = pytest.importorskip("resource", reason="the workers are forked")

SETTING = Setting(length=10, symbols=62)
BOTH = [(UR, SETTING, "claim"), (UL, SETTING, "claim")]
SLOW = 0.2
"""Seconds that every piece takes longer; many times what it takes to begin the next."""


class Notes:
    """What workers did and when, in a file to which all of them append."""

    def __init__(self, path):
        self.path = path
        path.touch()

    def add(self, **note):
        """Write down what happened now, whatever becomes of this worker."""
        line = json.dumps({"worker": os.getpid(), "at": time.monotonic(), **note})
        with self.path.open("a") as file:
            file.write(line + "\n")

    def read(self, what):
        """Return all notes of one kind, in the order in which they were written."""
        lines = map(json.loads, self.path.read_text().splitlines())
        return [line for line in lines if line["what"] == what]


@pytest.fixture
def notes(tmp_path):
    return Notes(tmp_path / "notes")


@pytest.fixture
def subject(open_subject):
    """A subject with its weights loaded and its runtime known, for workers to inherit."""
    subject = open_subject()
    subject.measure(UR, SETTING, questions_of(UR.group, SETTING, 1))
    return subject


def slowed(subject, notes, before_measuring=lambda: None):
    """Let this process measure slowly, and note what it does."""
    measure, sleep = subject.measure, time.sleep

    def slow(task, setting, questions):
        strings = [f"{task} {digest}" for digest in questions.digests()]
        notes.add(what="began", strings=strings)
        before_measuring()
        sleep(SLOW)
        found = measure(task, setting, questions)
        notes.add(what="ended", strings=strings)
        return found

    def pause(seconds):
        notes.add(what="paused", seconds=seconds)
        sleep(seconds)

    subject.measure, observing.time = slow, SimpleNamespace(**{**vars(time), "sleep": pause})


def in_workers(*works):
    """Do some work, each in a process of its own and all at once; return how they ended."""
    import torch

    workers = []
    for work in works:
        workers.append(os.fork())
        if workers[-1] == 0:
            code = 1
            try:
                torch.set_num_threads(1)  # the threads of the parent are not inherited
                work()
                code = 0
            except BaseException:
                traceback.print_exc()
            os._exit(code)
    return [os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]) for worker in workers]


def fill(subject, notes, asks, stop, before_measuring=lambda: None):
    """Return work that observes some streams."""

    def work():
        slowed(subject, notes, before_measuring)
        for outcomes in Observer(subject).all_outcomes(asks, stop):
            assert len(outcomes) == stop

    return work


def measured(notes):
    """Return how often each string was measured."""
    return Counter(string for note in notes.read("began") for string in note["strings"])


@pytest.mark.parametrize("workers", [2, 4])
@pytest.mark.parametrize("asks, stop", [(BOTH[:1], 1024), (BOTH, 512)], ids=["one", "two"])
def test_workers_share_streams(subject, notes, workers, asks, stop):
    """Of each stream every string is measured once, and every worker measures some."""
    ended = in_workers(*[fill(subject, notes, asks, stop)] * workers)
    counted = measured(notes)

    assert ended == [0] * workers
    assert len(counted) == stop * len(asks)
    assert set(counted.values()) == {1}
    assert len({note["worker"] for note in notes.read("began")}) == workers


@pytest.mark.parametrize("workers", [2, 4])
def test_nobody_pauses_while_a_piece_is_free(subject, notes, workers):
    """Whenever a worker pauses, all that is not measured yet is being measured by others."""
    in_workers(*[fill(subject, notes, BOTH, 512)] * workers)
    began = notes.read("began")
    # Between taking a piece and noting it lie some milliseconds; a slow measurement is longer.
    free = [
        (pause, note)
        for pause in notes.read("paused")
        for note in began
        if note["at"] > pause["at"] + SLOW / 2
    ]

    assert len(began) == 2 * len({cell(string) for string in range(512)})
    assert free == []


def test_nobody_waits_for_anothers_piece(subject, notes):
    """A worker that has measured a piece begins the next at once, though others hold theirs."""
    in_workers(*[fill(subject, notes, BOTH, 512)] * 2)
    idle = [
        began["at"] - max(ended)
        for began in notes.read("began")
        if (ended := [e["at"] for e in notes.read("ended") if ends_before(e, began)])
    ]

    assert len(idle) == len(notes.read("began")) - 2
    assert max(idle) < SLOW / 2


def ends_before(ended, began):
    """Whether one note is of the same worker's earlier measurement."""
    return ended["worker"] == began["worker"] and ended["at"] <= began["at"]


def test_pauses_are_short(subject, notes):
    """Who has to wait looks again after a tenth of a second at most."""
    in_workers(*[fill(subject, notes, BOTH[:1], 64)] * 3)
    pauses = [note["seconds"] for note in notes.read("paused")]

    assert len(notes.read("began")) == 1
    assert pauses
    assert max(pauses) <= 0.1


def test_workers_that_need_less_measure_less(subject, notes):
    """A first look does not wait for, nor measure, what only a later look of another needs."""
    few, many = fill(subject, notes, BOTH[:1], 64), fill(subject, notes, BOTH[:1], 100)
    ended = in_workers(few, many, few)

    assert ended == [0, 0, 0]
    assert measured(notes) == dict.fromkeys(measured(notes), 1)
    assert len(measured(notes)) == 100


def test_a_killed_workers_piece_is_taken_over(subject, notes):
    """A worker killed while it measures costs its piece, which another measures in its place."""
    whole = fill(subject, notes, BOTH, 256)
    killed = fill(subject, notes, BOTH, 256, lambda: os.kill(os.getpid(), signal.SIGKILL))
    ended = in_workers(killed, whole, whole)
    twice = [string for string, times in measured(notes).items() if times > 1]

    assert ended == [-signal.SIGKILL, 0, 0]
    assert len(measured(notes)) == 2 * 256
    assert len(twice) in (64, 128)
    assert max(measured(notes).values()) == 2


def test_workers_read_the_same(subject, notes, open_subject, tmp_path):
    """What several workers measured in pieces is what one worker measures alone."""
    in_workers(*[fill(subject, notes, BOTH, 256)] * 3)
    shared = Observer(open_subject()).all_outcomes(BOTH, 256)
    alone = Observer(open_subject(tmp_path / "alone")).all_outcomes(BOTH, 256)

    assert shared == alone


def test_a_finished_stream_leaves_no_locks_of_pieces(subject, notes):
    """Locks are needed while there is something to measure; of a whole stream one remains."""
    in_workers(*[fill(subject, notes, BOTH, 256)] * 3)
    left = [path.name for path in (subject.store.root / "locks").iterdir()]

    assert sorted(left) == sorted(f"{subject.key(*ask).digest}.lock" for ask in BOTH)


@pytest.mark.parametrize("room", [4520, 8000])
def test_on_a_full_disk_what_was_measured_stays(subject, room):
    """When a piece cannot be stored that is one sentence, and earlier pieces are readable."""

    def work():
        # Records have 56 bytes and 17 per string: 4520 for 0 … 255 in three, 8928 with 256 … 511.
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        with pytest.raises(StoreError, match=r"^cannot add evidence to .*; free some space; what"):
            Observer(subject).all_outcomes(BOTH, 512)
        assert len(subject.store.read(subject.key(*BOTH[0]))) == 256

    ended = in_workers(work)
    left = Store(subject.store.root).read(subject.key(*BOTH[0]))

    assert ended == [0]
    assert left == Observer(subject).outcomes(UR, SETTING, 256)


@pytest.fixture
def public_folder():
    """A folder that every user may enter; those of pytest are closed to others."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.parametrize("folder, says", [("locks", "lock"), ("streams", "add evidence to")])
def test_a_store_that_cannot_be_written_is_one_sentence(open_subject, public_folder, folder, says):
    """A store that became unwritable says what it could not do, where, and what to do."""
    subject = open_subject(public_folder / "evidence")
    written = Observer(subject).outcomes(UR, SETTING, 64)
    keys = [subject.key(*ask) for ask in BOTH]

    def work():
        modes = {"locks": 0o777, "streams": 0o777, folder: 0o555}
        for name, mode in modes.items():
            for path in subject.store.root.glob(f"{name}/**/"):
                path.chmod(mode)
        if os.getuid() == 0:
            os.setuid(65534)  # permissions do not bind the superuser
        with pytest.raises(StoreError, match=rf"^cannot {says} .*; choose a writable folder$"):
            Observer(subject).all_outcomes(BOTH, 64)
        assert subject.store.read(keys[0]) == written

    assert in_workers(work) == [0]
