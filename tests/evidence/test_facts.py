"""Facts come back as they were remembered, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.errors import InvalidInput, StoreError
from claimkit.evidence import facts
from claimkit.evidence.store import Store, StoreWarning

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ALPHABET = {"symbols": ["a", "é"], "ids": [5, 6], "size": 2}

REFUSED = [
    {"ids": (5, 6)},
    {"ids": {5: 6}},
    {"ids": {5, 6}},
    {"loss": float("nan")},
    {"loss": float("inf")},
    {"name": b"UR"},
]

NOT_FACTS = [
    b"",
    b"\xff",
    b"[]",
    b"null",
    b"{}",
    b'{"checksum":"","facts":{"size":2},"name":"alphabet"}',
    b'{"checksum":"","facts":{"size":1e999},"name":"alphabet"}',
]


@given(st.text(), st.dictionaries(st.text(), VALUES, max_size=4))
def test_facts_come_back_from_their_file(name, remembered):
    """Whatever JSON can say is decoded as it was encoded."""
    assert facts.decode(facts.encode(name, remembered), name) == remembered


def test_no_damaged_facts_are_believed():
    """Whichever bit of a file flips and wherever it is cut, its facts are unchanged or gone."""
    whole = facts.encode("alphabet", ALPHABET)
    broken = [whole[:cut] for cut in range(len(whole))]
    for place in range(len(whole)):
        for bit in range(8):
            flipped = bytearray(whole)
            flipped[place] ^= 1 << bit
            broken.append(bytes(flipped))
    found = [facts.decode(content, "alphabet") for content in broken]

    assert all(each is None or each == ALPHABET for each in found)
    assert found.count(None) > 0.99 * len(found)


@pytest.mark.parametrize("content", NOT_FACTS, ids=str)
def test_what_is_not_a_facts_file_is_not_believed(content):
    """Other JSON, other bytes and numbers too large for JSON tell nothing."""
    assert facts.decode(content, "alphabet") is None


def test_facts_of_another_name_are_not_believed():
    """A file copied to another name tells nothing."""
    assert facts.decode(facts.encode("alphabet", ALPHABET), "weights") is None


def test_names_that_look_alike_have_their_own_files(store):
    """Names that differ in signs no file name can hold do not meet."""
    names = ["a/b", "a b", "a\\b", "a-b", "", ".", "..", "a" * 300, "a" * 301, "é"]
    for i, name in enumerate(names):
        store.remember(name, {"number": i})

    assert [store.facts(name) for name in names] == [{"number": i} for i in range(len(names))]


def test_later_facts_replace_earlier_ones(store):
    """What was remembered last counts, also for another store on the same folder."""
    store.remember("alphabet", {"size": 1})
    store.remember("alphabet", ALPHABET)

    assert Store(store.root).facts("alphabet") == ALPHABET


def test_nothing_remembered_is_nothing_known(store):
    """An unknown name gives None, without a warning."""
    assert store.facts("alphabet") is None


@pytest.mark.parametrize("remembered", REFUSED, ids=str)
def test_facts_that_json_would_change_are_refused(store, remembered):
    """Facts that would not come back as they are are refused when they are given."""
    with pytest.raises(InvalidInput, match=r"as JSON|from JSON changed"):
        store.remember("alphabet", remembered)
    assert store.facts("alphabet") is None


def test_damaged_facts_are_set_aside_with_one_warning(store):
    """Damaged facts are kept aside, said once, and can be remembered again."""
    store.remember("alphabet", ALPHABET)
    path = next((store.root / "facts").iterdir())
    damaged = path.read_bytes()[:-9]
    path.write_bytes(damaged)

    with pytest.warns(StoreWarning, match="was damaged") as warned:
        assert store.facts("alphabet") is None
    assert store.facts("alphabet") is None
    assert len(warned) == 1
    assert [p.read_bytes() for p in (store.root / "damaged").iterdir()] == [damaged]
    store.remember("alphabet", ALPHABET)
    assert store.facts("alphabet") == ALPHABET


def test_facts_that_another_worker_writes_meanwhile_are_left_alone(store, monkeypatch):
    """A worker that found nothing leaves alone what another wrote before it looked again."""
    path = store.root / "facts" / facts.file_name("alphabet")

    def decode_late(content, name):
        """Decode what was read, once another worker has written."""
        Store(store.root).remember("alphabet", ALPHABET)
        return decode(content, name)

    decode = facts.decode
    with monkeypatch.context() as patched:
        patched.setattr(facts, "decode", decode_late)
        found = store.facts("alphabet")

    assert found is None
    assert path.exists()
    assert store.facts("alphabet") == ALPHABET
    assert list((store.root / "damaged").iterdir()) == []


def test_facts_that_cannot_be_written_are_an_error(store):
    """A folder that is gone is told in one sentence."""
    (store.root / "facts").rmdir()

    with pytest.raises(StoreError, match=r"cannot remember facts in .*; choose a writable folder"):
        store.remember("alphabet", ALPHABET)
