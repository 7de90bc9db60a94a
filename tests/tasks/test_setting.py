import json

import pytest

from claimkit.errors import InvalidInput
from claimkit.tasks import Setting


@pytest.mark.parametrize(
    "change, words",
    [
        ({"length": 0}, "length is a number of at least 1, got length=0"),
        ({"symbols": 0}, "symbols is a number of at least 1, got symbols=0"),
        ({"demonstrations": -1}, "demonstrations is a number of at least 0, got demonstrations=-1"),
        ({"demonstration_length": "long"}, "demonstration_length is 'short' or 'same', got 'long'"),
    ],
    ids=str,
)
def test_a_setting_that_cannot_be_asked_is_refused(change, words):
    """The message names the field, what it may be, and what it was."""
    with pytest.raises(InvalidInput, match=words):
        Setting(**{"length": 10, "symbols": 26, **change})


def test_the_headline_setting_is_the_papers():
    """Five short demonstrations, lines alone, separator shown."""
    assert Setting(length=10, symbols=26).canonical() == {
        "length": 10,
        "symbols": 26,
        "demonstrations": 5,
        "demonstration_length": "short",
        "template": "bare",
        "separator": True,
    }


def test_a_setting_survives_being_written_and_read():
    """Plain values lead back to an equal setting."""
    setting = Setting(30, 52, demonstrations=0, demonstration_length="same", separator=False)

    assert Setting(**json.loads(json.dumps(setting.canonical()))) == setting
