"""Keys name content: what is the same has one digest, what differs has another."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.errors import InvalidInput
from claimkit.evidence.keys import EvidenceKey, canonical_json

PARTS = {
    "fingerprint": "f00d",
    "task": "UR",
    "setting": {"length": 30, "separator": True, "template": "bare"},
    "seed": 7,
    "sampler_version": 1,
    "bos_policy": "none",
    "dtype": "float32",
    "attention": "sdpa",
    "prompt": "9a5e",
}

OTHER = [
    {"fingerprint": "beef"},
    {"task": "UL"},
    {"setting": {"length": 30, "separator": False, "template": "bare"}},
    {"setting": {"length": 30, "separator": 1, "template": "bare"}},
    {"setting": {"length": 30, "separator": True}},
    {"seed": 8},
    {"sampler_version": 2},
    {"bos_policy": "added"},
    {"dtype": "bfloat16"},
    {"attention": "eager"},
    {"prompt": "0b0e"},
]

REFUSED = [
    ({"task": 3}, "task of an evidence key is a text, got 3"),
    ({"seed": "7"}, "seed of an evidence key is an integer, got '7'"),
    ({"seed": -1}, "seed of an evidence key is at least 0, got -1"),
    ({"sampler_version": 1.5}, "sampler_version of an evidence key is an integer, got 1.5"),
    ({"setting": "length 30"}, "a setting has names and values, got 'length 30'"),
    ({"setting": "[30]"}, r"a setting has names and values, got '\[30\]'"),
    ({"setting": 30}, "a setting has names and values, got 30"),
    ({"setting": {30: "length"}}, "would come back from JSON changed"),
    ({"setting": {"length": np.int64(30)}}, "cannot keep .* as JSON"),
    ({"setting": {"margin": float("nan")}}, "cannot keep .* as JSON"),
]

NOT_A_KEY = [b"", b"{", b"[]", b"{}", b'{"task": "UR"}', b"\xff\xfe", b"null"]


def test_the_digest_of_a_key_stays():
    """A key's digest is part of the store's format: if it changes, all evidence is lost."""
    expected = "5bd1f7f48a68cfde542f419ec0df35ee26046b295cf05b0287f87ae7dbf18093"

    assert EvidenceKey(**PARTS).digest == expected


@pytest.mark.parametrize("change", OTHER, ids=str)
def test_every_part_counts(change):
    """Keys that differ in any part have different digests."""
    assert EvidenceKey(**{**PARTS, **change}).digest != EvidenceKey(**PARTS).digest


def test_equal_keys_are_one_key():
    """Order in the setting, its form as JSON and numpy's integers make no difference."""
    key = EvidenceKey(**PARTS)
    turned = EvidenceKey(**{**PARTS, "setting": dict(reversed(PARTS["setting"].items()))})
    text = EvidenceKey(**{**PARTS, "setting": key.setting, "seed": np.int64(7)})

    assert {key, turned, text} == {key}
    assert text.settings == PARTS["setting"]


@pytest.mark.parametrize("change, says", REFUSED)
def test_keys_that_cannot_be_kept_are_refused(change, says):
    """A part of another type, or one that JSON would change, is refused with its value."""
    with pytest.raises(InvalidInput, match=says):
        EvidenceKey(**{**PARTS, **change})


@given(st.text(), st.dictionaries(st.text(), st.integers() | st.booleans() | st.text()))
def test_a_key_comes_back_from_its_file(task, setting):
    """What a key writes for people to read is the key again."""
    key = EvidenceKey(**{**PARTS, "task": task, "setting": setting})

    assert EvidenceKey.from_json(key.to_json(), key.digest) == key


@pytest.mark.parametrize("content", NOT_A_KEY, ids=str)
def test_a_damaged_file_is_no_key(content):
    """What is not a key's text is recognized."""
    assert EvidenceKey.from_json(content, EvidenceKey(**PARTS).digest) is None


def test_another_keys_file_is_no_key():
    """A key's text in another key's folder is not believed."""
    other = EvidenceKey(**{**PARTS, "seed": 8})

    assert EvidenceKey.from_json(other.to_json(), EvidenceKey(**PARTS).digest) is None


def test_json_is_canonical():
    """Equal values have one text."""
    assert canonical_json({"b": [1, 2.5], "a": "é"}) == '{"a":"\\u00e9","b":[1,2.5]}'
