"""A damaged store says so once, keeps what is whole, and is mended by measuring again."""

from __future__ import annotations

import threading
import warnings

import pytest

from claimkit.errors import StoreError
from claimkit.evidence import damage
from claimkit.evidence.store import StoreWarning

# test_records.py tries every byte; here a few of the three records' 253, edges among them.
EVERY_FEW = sorted({*range(0, 253, 8), 1, 31, 89, 90, 91, 162, 163, 164, 252})


@pytest.fixture
def stream(store, key, observed):
    """A stored stream of three records, and the path of its file."""
    for start, stop in [(0, 2), (2, 3), (3, 5)]:
        store.append(key, start, observed(start, stop))
    return store.root / "streams" / key.digest[:2] / key.digest / "records"


def read_with_warnings(store, key):
    """Return what a stream holds and the warnings that reading it gave."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        return store.read(key), [str(warning.message) for warning in caught]


def set_aside(store):
    """Return the contents of the files set aside."""
    return [path.read_bytes() for path in (store.root / "damaged").iterdir()]


def test_every_cut_is_mended(store, key, observed, stream):
    """Wherever the file was cut: one warning, whole records stay, and appending mends it."""
    whole = stream.read_bytes()
    ends = {0: 0, 90: 2, 163: 3, 253: 5}  # bytes of whole records: strings they hold
    for cut in sorted({*EVERY_FEW, *ends} - {len(whole)}):
        stream.write_bytes(whole[:cut])
        kept = max(strings for end, strings in ends.items() if end <= cut)
        found, warned = read_with_warnings(store, key)

        assert found == observed(0, kept)
        assert len(warned) == (cut not in ends)
        assert read_with_warnings(store, key) == (found, [])
        store.append(key, kept, observed(kept, 5))
        assert read_with_warnings(store, key) == (observed(0, 5), [])


def test_every_wrong_byte_is_mended(store, key, observed, stream):
    """Whichever byte was changed, one warning is given, and measuring again mends the stream."""
    whole = stream.read_bytes()
    for place in EVERY_FEW:
        stream.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        kept = 0 if place < 90 else 2 if place < 163 else 3
        found, warned = read_with_warnings(store, key)

        assert found == observed(0, kept)
        assert len(warned) == 1
        store.append(key, kept, observed(kept, 5))
        assert read_with_warnings(store, key) == (observed(0, 5), [])


def test_only_the_damaged_record_is_measured_again(store, key, observed, stream):
    """Records after a damaged one come back as soon as the damaged one is replaced."""
    whole = stream.read_bytes()
    stream.write_bytes(whole[:100] + b"?" + whole[101:])
    found, warned = read_with_warnings(store, key)
    store.append(key, 2, observed(2, 3))

    assert found == observed(0, 2)
    assert "the stream of UR" in warned[0]
    assert "73 bytes are in" in warned[0]
    assert "the first 2 strings are whole, and the rest is measured again" in warned[0]
    assert store.read(key) == observed(0, 5)


def test_damaged_bytes_are_kept_aside(store, key, stream):
    """What is cut out of a stream lies, unchanged, where a person can look at it."""
    whole = stream.read_bytes()
    stream.write_bytes(whole[:-5])
    read_with_warnings(store, key)

    assert set_aside(store) == [whole[163:-5]]
    assert stream.read_bytes() == whole[:163]


def test_appending_mends_first(store, key, observed, stream):
    """A record is never put behind an unfinished one."""
    stream.write_bytes(stream.read_bytes()[:-5])

    with pytest.warns(StoreWarning, match="the first 3 strings are whole"):
        store.append(key, 3, observed(3, 9))
    assert read_with_warnings(store, key) == (observed(0, 9), [])


def in_another_thread(function):
    """Return what a function gives in a thread of its own."""
    given = []
    thread = threading.Thread(target=lambda: given.append(function()))
    thread.start()
    thread.join()
    return given[0]


def test_an_unfinished_record_is_its_writers(store, key, observed, stream):
    """While another worker holds a stream, its unfinished record is no damage, and no wait."""
    unfinished = stream.read_bytes()[:-5]
    stream.write_bytes(unfinished)
    with store.lock(key):
        found = in_another_thread(lambda: read_with_warnings(store, key))

    assert found == (observed(0, 3), [])
    assert stream.read_bytes() == unfinished
    assert set_aside(store) == []


def test_what_cannot_be_set_aside_can_be_read(store, key, observed, stream):
    """With no room for damaged bytes whole records are still read, and appending says why not."""
    stream.write_bytes(stream.read_bytes()[:-5])
    (store.root / "damaged").rmdir()
    found, warned = read_with_warnings(store, key)

    assert found == observed(0, 3)
    assert "cannot set aside the damaged part of" in warned[0]
    with pytest.raises(StoreError, match="cannot set aside the damaged part of"):
        store.append(key, 3, observed(3, 5))


@pytest.mark.parametrize("now", [b"whole", None], ids=["written anew", "moved away"])
def test_only_the_damage_that_was_found_is_set_aside(tmp_path, now):
    """A file that another worker mended or moved away in the meantime is left alone, silently."""
    path = tmp_path / "fact.json"
    if now is not None:
        path.write_bytes(now)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        damage.set_aside(path, tmp_path / "damaged", b"damaged")

    assert (path.read_bytes() if path.exists() else None) == now


def test_a_file_that_cannot_be_read_is_an_error(store, key, stream):
    """A stream whose file is something else is told in one sentence."""
    stream.unlink()
    stream.mkdir()

    with pytest.raises(StoreError, match=r"cannot read .*records: Is a directory"):
        store.read(key)


def test_a_damaged_key_is_set_aside_and_written_again(store, key, observed, stream):
    """A stream with a damaged key keeps its strings and is listed again after the next."""
    path = stream.with_name("key.json")
    path.write_bytes(path.read_bytes().replace(b"UR", b"UL"))
    with pytest.warns(StoreWarning, match=r"key.json was damaged") as warned:
        listed = list(store.keys())

    assert listed == []
    assert len(warned) == 1
    assert list(store.keys()) == []
    assert store.read(key) == observed(0, 5)
    store.append(key, 5, observed(5, 6))
    assert list(store.keys()) == [key]
