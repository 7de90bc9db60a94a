"""Pieces of a stream are locked one by one, and the store says which are missing."""

from __future__ import annotations

import multiprocessing
import tempfile
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.errors import StoreError
from claimkit.evidence.ranges import pieces
from claimkit.evidence.store import Store

PIECES = list(pieces(0, 600))


def taken(root, key, piece, answer):
    """Tell whether this process could take a piece."""
    with Store(root).try_lock(key, piece) as free:
        answer.put(free)


def free_elsewhere(store, key, piece):
    """Whether another process can take a piece now."""
    spawn = multiprocessing.get_context("spawn")
    answer = spawn.Queue()
    worker = spawn.Process(target=taken, args=(store.root, key, piece, answer))
    worker.start()
    found = answer.get(timeout=60)
    worker.join()
    return found


def test_of_an_unknown_stream_all_is_missing(store, key):
    """What nobody measured is missing, and asking writes nothing."""
    assert store.missing(key, 600) == PIECES
    assert store.missing(key, 0) == []
    assert not list((store.root / "streams").iterdir())


@settings(max_examples=20, deadline=None)
@given(st.permutations(PIECES), st.integers(1, 5))
def test_pieces_may_come_in_any_order(observed, key, order, some):
    """What is appended is no longer missing, and once nothing is the stream reads as a whole."""
    with tempfile.TemporaryDirectory() as root:
        store = Store(root)
        for start, stop in order[:some]:
            store.append(key, start, observed(start, stop))
        lacking = store.missing(key, 600)
        for start, stop in lacking:
            store.append(key, start, observed(start, stop))
        found, left = store.read(key), store.missing(key, 600)

    assert sorted([*order[:some], *lacking]) == PIECES
    assert (found, left) == (observed(0, 600), [])


def test_a_cut_off_record_is_missing(store, key, observed):
    """Strings whose record lost its last byte are missing again; those of whole ones are not."""
    store.append(key, 0, observed(0, 64))
    store.append(key, 64, observed(64, 128))
    path = next(store.root.glob("streams/*/*/records"))
    path.write_bytes(path.read_bytes()[:-1])

    assert store.missing(key, 128) == [(64, 128)]


def test_a_held_piece_is_held_alone(store, key):
    """Another process does not get that piece, but every other piece and other streams' too."""
    with store.try_lock(key, (64, 128)) as free:
        others = [
            free_elsewhere(store, key, (64, 100)),
            free_elsewhere(store, key, (0, 64)),
            free_elsewhere(store, replace(key, task="UL"), (64, 128)),
        ]

    assert free
    assert others == [False, True, True]


def test_a_stream_can_be_added_to_while_pieces_are_held(store, key, observed):
    """Measuring a piece keeps nobody from storing another."""
    with store.try_lock(key, (0, 64)), store.lock(key, timeout=0):
        store.append(key, 64, observed(64, 128))

    assert store.missing(key, 128) == [(0, 64)]


def test_an_error_frees_a_piece(store, key):
    """A measurement that fails leaves its piece to others."""
    with pytest.raises(ZeroDivisionError), store.try_lock(key, (0, 64)):
        _ = 1 / 0

    assert free_elsewhere(store, key, (0, 64))


def test_locks_of_stored_pieces_are_removed(store, key, observed):
    """A whole piece needs no lock any more; one that is stored in part does."""
    for start, stop in [(0, 64), (64, 100)]:
        with store.try_lock(key, (start, stop)):
            store.append(key, start, observed(start, stop))
    left = {path.name for path in (store.root / "locks").iterdir()}

    assert left == {f"{key.digest}.lock", f"{key.digest}.64.lock"}


def test_a_lock_that_cannot_be_made_is_one_sentence(store, key):
    """Without its folder for locks the store says so and measures nothing."""
    (store.root / "locks").rmdir()
    (store.root / "locks").write_text("not a folder")

    with (
        pytest.raises(StoreError, match=r"^cannot lock .*\.0\.lock: .*; choose a writable folder$"),
        store.try_lock(key, (0, 64)),
    ):
        pytest.fail("the piece was taken")
