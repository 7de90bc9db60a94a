"""The store gives back what was appended to a stream, to every worker, and changes nothing."""

from __future__ import annotations

import errno
import itertools
import json
import shutil
import tempfile
import threading
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.errors import InvalidInput, StoreError
from claimkit.evidence.outcomes import Outcomes
from claimkit.evidence.store import Store, StoreBusy

NOT_A_STORE = [
    ('{"claimkit store version": 2}', "version 2, this claimkit knows version 1; upgrade claimkit"),
    ('{"claimkit store version": 0}', "version 0, this claimkit knows version 1"),
    ('{"claimkit store version": "1"}', "version '1', this claimkit knows version 1"),
    ("{}", "names no store version; choose another folder"),
    ("[1]", "names no store version"),
    ("not json", "names no store version"),
]


def records_file(store, key):
    """Return the path of a stream's records."""
    return store.root / "streams" / key.digest[:2] / key.digest / "records"


def test_a_new_folder_becomes_a_store(tmp_path):
    """A folder is created with its parents and says its version in a file people can read."""
    root = tmp_path / "a" / "b"
    Store(root)

    assert json.loads((root / "format.json").read_text()) == {"claimkit store version": 1}


@pytest.mark.parametrize("content, says", NOT_A_STORE)
def test_another_version_is_refused(tmp_path, content, says):
    """A folder of another version, or of none, is refused in one sentence and left alone."""
    (tmp_path / "format.json").write_text(content)

    with pytest.raises(StoreError, match=says):
        Store(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["format.json"]


@pytest.mark.parametrize("place", ["", "below"])
def test_a_place_that_cannot_be_written_is_refused(tmp_path, place):
    """A root that is a file, or lies below one, is refused in one sentence."""
    (tmp_path / "file").write_text("a file, not a folder")

    with pytest.raises(StoreError, match=r"cannot keep evidence in .*file.*; choose a writable"):
        Store(tmp_path / "file" / place)


def test_an_unknown_stream_is_empty(store, key):
    """A stream that nobody measured has no strings, and asking for it writes nothing."""
    assert store.read(key) == Outcomes.empty()
    assert list(store.keys()) == []
    assert not records_file(store, key).parent.exists()


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 40), max_size=6))
def test_any_chunks_read_back_the_same(observed, key, cuts):
    """Outcomes appended in chunks of any size, empty ones too, read back as the whole."""
    bounds = [0, *sorted(cuts), 40]
    with tempfile.TemporaryDirectory() as root:
        for start, stop in itertools.pairwise(bounds):
            Store(root).append(key, start, observed(start, stop))
        found = Store(root).read(key)

    assert found == observed(0, 40)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 6)), max_size=5))
def test_appending_never_changes_a_byte(observed, key, ranges):
    """Whatever ranges are appended, the file only ever grows at its end."""
    with tempfile.TemporaryDirectory() as root:
        store, contents = Store(root), [b""]
        for start, size in ranges:
            store.append(key, start, observed(start, start + size))
            path = records_file(store, key)
            contents.append(path.read_bytes() if path.exists() else b"")

    assert all(b.startswith(a) for a, b in itertools.pairwise(contents))


def test_what_is_stored_is_not_written_again(store, key, observed):
    """Strings that are all there already cost no byte, and the first outcome stays."""
    store.append(key, 0, observed(0, 8))
    before = records_file(store, key).read_bytes()
    wrong = np.zeros(4, np.int64)
    store.append(key, 2, Outcomes(wrong > 0, wrong, -wrong, observed(2, 6).digests))

    assert records_file(store, key).read_bytes() == before
    assert store.read(key) == observed(0, 8)


def test_a_gap_waits_to_be_filled(store, key, observed):
    """Strings behind a gap are kept, and are read once the gap is filled."""
    store.append(key, 6, observed(6, 9))
    store.append(key, 0, observed(0, 4))
    with_gap = store.read(key)
    store.append(key, 3, observed(3, 7))

    assert with_gap == observed(0, 4)
    assert store.read(key) == observed(0, 9)


def test_streams_do_not_mix(store, key, observed):
    """Each key has its own strings, and the store lists the keys."""
    other = replace(key, task="UL")
    store.append(key, 0, observed(0, 4))
    store.append(other, 0, observed(10, 16))

    assert store.read(key) == observed(0, 4)
    assert store.read(other) == observed(10, 16)
    assert list(store.keys()) == sorted([key, other], key=lambda each: each.digest)


def test_a_stream_says_what_it_is(store, key, observed):
    """Beside its records a stream keeps its key, readable for people."""
    store.append(key, 0, observed(0, 4))
    found = json.loads(records_file(store, key).with_name("key.json").read_text())

    assert found["task"] == "UR"
    assert found["setting"] == {"length": 30, "demonstrations": 5, "separator": True}


def test_a_changed_sampler_is_an_error(store, key, observed):
    """Other digests for stored strings are refused with the stream's name, and nothing is lost."""
    store.append(key, 0, observed(0, 8))

    with pytest.raises(StoreError, match=r"string 4 of the stream of UR in .*two different texts"):
        store.append(key, 4, observed(5, 12))
    assert store.read(key) == observed(0, 8)


def test_two_samplers_in_one_file_are_an_error(store, key, observed):
    """Records merged by hand from another sampler are found when they are read."""
    store.append(key, 0, observed(0, 8))
    elsewhere = Store(store.root / "elsewhere")
    elsewhere.append(key, 0, observed(100, 104))
    with records_file(store, key).open("ab") as file:
        file.write(records_file(elsewhere, key).read_bytes())

    with pytest.raises(StoreError, match=r"string 0 of the stream of UR .*two different texts"):
        store.read(key)


def test_a_merged_copy_is_read(store, key, observed):
    """Records of the same stream copied from another store's file count as its own."""
    store.append(key, 0, observed(0, 4))
    elsewhere = Store(store.root / "elsewhere")
    elsewhere.append(key, 2, observed(2, 9))
    with records_file(store, key).open("ab") as file:
        file.write(records_file(elsewhere, key).read_bytes())

    assert store.read(key) == observed(0, 9)


def test_strings_before_the_first_are_refused(store, key, observed):
    """Strings are counted from 0."""
    with pytest.raises(InvalidInput, match="counted from 0, got start=-1"):
        store.append(key, -1, observed(0, 4))


def test_a_moved_store_keeps_its_evidence(store, key, observed, tmp_path):
    """Keys name content, not places: a store copied elsewhere is the same store."""
    store.append(key, 0, observed(0, 4))
    shutil.copytree(store.root, tmp_path / "copy")

    assert Store(tmp_path / "copy").read(key) == observed(0, 4)


def test_a_change_of_folder_keeps_the_store(tmp_path, key, observed, monkeypatch):
    """A store given by a relative path stays where it was made."""
    monkeypatch.chdir(tmp_path)
    store = Store("evidence")
    store.append(key, 0, observed(0, 4))
    monkeypatch.chdir("/")

    assert store.read(key) == observed(0, 4)


def test_a_holder_may_enter_again(store, key, observed):
    """Whoever holds a stream reads and appends, also through another store on the folder."""
    again = Store(store.root)
    with store.lock(key), again.lock(key, timeout=0):
        again.append(key, 0, observed(0, 4))
        store.append(key, 4, observed(4, 6))

        assert again.read(key) == observed(0, 6)


def refusal(store, key):
    """Return what another thread is told when it asks for a stream's lock."""
    told = []

    def ask():
        try:
            with store.lock(key, timeout=0.05):
                told.append("entered")
        except StoreBusy as error:
            told.append(str(error))

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    return told[0]


def test_a_held_stream_is_held(store, key):
    """Another thread does not enter, is told so in one sentence, and enters other streams."""
    with store.lock(key):
        busy, free = refusal(store, key), refusal(store, replace(key, task="UL"))

    assert busy.startswith("another worker holds the stream of UR in ")
    assert busy.endswith("; waited 0.05 s for it")
    assert free == "entered"


def test_an_error_frees_the_stream(store, key):
    """A measurement that fails while it holds a stream leaves it free."""
    with pytest.raises(ZeroDivisionError), store.lock(key):
        _ = 1 / 0

    assert refusal(store, key) == "entered"


def test_a_long_stream_comes_back(store, key, observed):
    """Ten thousand strings in records of 64 are given in order."""
    for start in range(0, 10_000, 640):
        store.append(key, start, observed(start, min(start + 640, 10_000)))
    found = store.read(key)

    assert found == observed(0, 10_000)
    assert np.array_equal(np.flatnonzero(~found.right), np.arange(0, 10_000, 3))


@pytest.mark.parametrize(
    "refusal",
    [OSError(errno.ENOSYS, "Function not implemented"), OSError(errno.ENOLCK, "No locks")],
    ids=["no flock", "no locks left to give"],
)
def test_a_file_system_without_locks_is_one_sentence(store, key, observed, monkeypatch, refusal):
    """Nothing is written where workers cannot be kept apart; no lock may outlive its holder."""
    fcntl = pytest.importorskip("fcntl")

    def refuse(*_):
        raise refusal

    monkeypatch.setattr(fcntl, "flock", refuse)

    with pytest.raises(StoreError, match=r"file system of .* has no locks; choose a folder on"):
        store.append(key, 0, observed(0, 3))
    assert len(store.read(key)) == 0
