"""Workers that share a store, are killed or run out of disk lose nothing.

Each test runs a small program in processes of its own. Kills are real: the program lets itself be
killed just before or after its n-th call that reaches the disk.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

import claimkit
from claimkit.evidence.store import Store, StoreBusy, StoreWarning

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the programs fork and use flock")

PROGRAM = '''
import os, resource, signal, sys
import numpy as np
from claimkit.errors import StoreError
from claimkit.evidence.outcomes import Outcomes
from claimkit.evidence.store import EvidenceKey, Store

def observed(start, stop):
    """The outcomes of the shared fixture."""
    string = np.arange(start, stop)
    right = string % 3 != 0
    margin = np.where(right, 0.5, -0.5) * (string + 1)
    digests = (string.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    return Outcomes(right, np.where(right, -1, string % 5), margin, digests)

setting = {"length": 30, "demonstrations": 5, "separator": True}
key = EvidenceKey("f00d", "UR", setting, 7, 1, "none", "float32", "sdpa", "9a5e")
root, number = sys.argv[1], int(sys.argv[2])
'''

SHARE = """
store, measured = Store(root), 0
while True:
    with store.lock(key):
        have = len(store.read(key))
        if have >= 120:
            break
        size = 1 + (have + number) % 7
        store.append(key, have, observed(have, have + size))
        measured += size
print(measured)
"""

HOLD = """
with Store(root).lock(key):
    print("held", flush=True)
    sys.stdin.read()
"""

FILL = """
def work(store):
    with open(store.root / "measured", "ab", buffering=0) as notes:
        for start in range(0, 12, 4):
            notes.write(b"x")
            sys.setprofile(step)
            store.append(key, start, observed(start, start + 4))
            sys.setprofile(None)
"""

MEND = """
def work(store):
    sys.setprofile(step)
    store.read(key)
    sys.setprofile(None)
"""

# One child per place. It is stopped at its place-th step, where a step is just before or just after
# a call that reaches the disk.
DIE = """
DISK = {"write", "fsync", "open", "replace", "mkdir", "unlink", "truncate"}
steps = 0

def step(frame, event, called):
    global steps
    if event in {"c_call", "c_return"} and called.__name__ in DISK:
        steps += 1
        if steps == place:
            os.kill(os.getpid(), getattr(signal, sys.argv[3]))

for place in range(1, number, int(sys.argv[4])):
    if os.fork() == 0:
        try:
            work(Store(f"{root}/{place}"))
        except KeyboardInterrupt:
            os._exit(130)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.wait()[1]), flush=True)
"""

FULL = """
store = Store(root)
resource.setrlimit(resource.RLIMIT_FSIZE, (number, number))
try:
    for start in range(0, 1000, 10):
        store.append(key, start, observed(start, start + 10))
except StoreError as error:
    print(error)
    print(len(store.read(key)))
    os._exit(4)
"""


def start(program, *arguments):
    """Start a program that has claimkit, in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(Path(claimkit.__file__).parents[1])}
    command = [sys.executable, "-c", PROGRAM + program, *map(str, arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment)


def read_with_warnings(store, key):
    """Return what a stream holds and how often reading it warned."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", StoreWarning)
        return store.read(key), len(caught)


def test_workers_share_a_stream(tmp_path, key, observed):
    """Two workers that fill one stream at once lose no string and measure none twice."""
    workers = [start(SHARE, tmp_path, number) for number in range(2)]
    measured = [int(worker.communicate(timeout=60)[0]) for worker in workers]
    found, warned = read_with_warnings(Store(tmp_path), key)

    assert found == observed(0, len(found))
    assert sum(measured) == len(found) >= 120
    assert warned == 0


def test_a_killed_holder_frees_the_stream(store, key):
    """A lock dies with the process that holds it, however that ends."""
    worker = start(HOLD, store.root, 0)
    assert worker.stdout.readline() == "held\n"
    with pytest.raises(StoreBusy), store.lock(key, timeout=0):
        pass
    worker.kill()
    worker.communicate(timeout=60)

    with store.lock(key, timeout=5):
        assert len(store.read(key)) == 0


def die(work, root, places, sign):
    """Do some work in one store per place, stopped there, and return how each of them ended."""
    worker = start(work + DIE, root, places.stop, sign, places.step)
    return [int(line) for line in worker.communicate(timeout=120)[0].split()]


def measured_in(store):
    """Return how many strings the work had measured in a store, stored or not."""
    return 4 * (store.root / "measured").stat().st_size


def test_a_kill_at_any_place_costs_one_batch(tmp_path, key, observed):
    """Killed at any of 50 places or more, a store keeps what it had and is filled by a restart."""
    places, unfinished = range(1, 80), 0
    ended = die(FILL, tmp_path, places, "SIGKILL")
    for place in places:
        store = Store(tmp_path / str(place))
        found, warned = read_with_warnings(store, key)
        unfinished += warned
        store.append(key, len(found), observed(len(found), 12))

        assert found == observed(0, len(found))
        assert 0 <= measured_in(store) - len(found) <= 4
        assert read_with_warnings(store, key) == (observed(0, 12), 0)
    assert ended.count(-signal.SIGKILL) >= 50
    assert ended[-1] == 0
    # In each of three records: after the data, before and after it reaches the disk, and so on.
    assert unfinished >= 9


def test_an_interrupt_at_any_place_leaves_no_damage(tmp_path, key, observed):
    """After Ctrl-C at any place nothing is damaged, and at most one batch is measured again."""
    places = range(1, 80, 3)
    ended = die(FILL, tmp_path, places, "SIGINT")
    for place in places:
        store = Store(tmp_path / str(place))
        found, warned = read_with_warnings(store, key)

        assert (found, warned) == (observed(0, len(found)), 0)
        assert 0 <= measured_in(store) - len(found) <= 4
    assert ended.count(130) >= 20


def test_a_kill_while_mending_loses_nothing(tmp_path, key, observed):
    """Killed anywhere while it sets damage aside, a store keeps its whole records and the rest."""
    store, places = Store(tmp_path / "0"), range(1, 42)
    store.append(key, 0, observed(0, 4))
    path = next(store.root.glob("streams/*/*/records"))
    path.write_bytes(path.read_bytes() + b"unfinished")
    for place in places:
        shutil.copytree(store.root, tmp_path / str(place))
    ended = die(MEND, tmp_path, places, "SIGKILL")
    for place in places:
        store = Store(tmp_path / str(place))
        found, _ = read_with_warnings(store, key)
        aside = [path.read_bytes() for path in (store.root / "damaged").glob("[!.]*")]

        assert found == observed(0, 4)
        assert aside == [b"unfinished"]
    assert ended.count(-signal.SIGKILL) >= 20
    assert ended[-1] == 0


@pytest.mark.parametrize("room", [20, 300, 340, 400, 1000, 1001])
def test_a_full_disk_is_one_sentence(tmp_path, key, observed, room):
    """When no byte more can be written that is told once, and what was stored is still read."""
    worker = start(FULL, tmp_path, room)
    told, whole = worker.communicate(timeout=60)[0].splitlines()
    found, warned = read_with_warnings(Store(tmp_path), key)

    assert worker.returncode == 4
    assert told.startswith(f"cannot add evidence to {tmp_path}")
    assert told.endswith("free some space; what was stored before is kept")
    assert (found, warned) == (observed(0, int(whole)), 0)


def test_a_full_disk_leaves_no_half_files(tmp_path):
    """What could not be written whole is not left behind under another name."""
    start(FULL, tmp_path, 20).communicate(timeout=60)
    left = [path.name for path in tmp_path.rglob("*") if path.is_file()]

    assert sorted(name for name in left if not name.endswith(".lock")) == ["format.json"]


def test_makers_of_one_store_do_not_disturb_each_other(tmp_path):
    """Workers that make and use the same new store at once all find it whole."""
    workers = [start(SHARE, tmp_path / "new", number) for number in range(4)]
    ended = [(worker.communicate(timeout=60), worker.returncode)[1] for worker in workers]

    assert ended == [0, 0, 0, 0]
