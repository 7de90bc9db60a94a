import json
from dataclasses import replace
from pathlib import Path

import pytest

from claimkit.auditing.hunting.database import Examples
from claimkit.auditing.hunting.questions import Question
from claimkit.errors import StoreError
from claimkit.tasks import Setting

SETTING = Setting(length=30, symbols=3)
RETRIEVAL, COPYING = Question((1, 0, 2), 0), Question((1, 1))


def examples(folder, task="UL", setting=SETTING):
    return Examples(folder, task, setting)


@pytest.mark.parametrize("question", [RETRIEVAL, COPYING], ids=["retrieval", "copying"])
def test_what_was_added_is_read_in_a_later_run(tmp_path, question):
    """By another object, as a later run has it; twice is once."""
    examples(tmp_path / "new").add(question, "abc")
    examples(tmp_path / "new").add(question, "abc")

    assert examples(tmp_path / "new").questions("abc") == ((question,), 0)


def test_a_folder_that_is_not_there_holds_nothing_and_is_not_made(tmp_path):
    """Reading leaves no trace."""
    assert examples(tmp_path / "none").questions("abc") == ((), 0)
    assert not list(tmp_path.iterdir())


def test_examples_come_simplest_first(tmp_path):
    """Whatever the order of the files in their folder."""
    kept = [Question((1, 0, 2), 0), Question((0, 1, 0), 1), Question((0, 1, 0, 0), 1)]
    for question in kept:
        examples(tmp_path).add(question, "abc")

    assert examples(tmp_path).questions("abc")[0] == (kept[1], kept[0], kept[2])


def test_another_alphabet_reads_the_symbols_and_not_their_numbers(tmp_path):
    """The same letters are asked, under whatever numbers; what cannot be written is left out."""
    examples(tmp_path).add(RETRIEVAL, "abc")
    examples(tmp_path).add(Question((0, 1, 0), 1), "dc")

    assert examples(tmp_path).questions("xcab")[0] == (Question((3, 2, 1), 2),)
    assert examples(tmp_path).questions(["a", "b"]) == ((), 0)


@pytest.mark.parametrize("changed", [{"length": 5}, {"symbols": 9}])
def test_length_and_alphabet_are_no_part_of_the_key(tmp_path, changed):
    """A question that failed at one length is tried at every other."""
    examples(tmp_path).add(RETRIEVAL, "abc")

    assert examples(tmp_path, setting=replace(SETTING, **changed)).questions("abc")[0]


@pytest.mark.parametrize(
    "changed",
    [
        {"template": "rule"},
        {"separator": False},
        {"demonstrations": 3},
        {"demonstration_length": "same"},
    ],
    ids=str,
)
def test_a_question_put_otherwise_has_other_examples(tmp_path, changed):
    """As has another task."""
    examples(tmp_path).add(RETRIEVAL, "abc")

    assert examples(tmp_path, setting=replace(SETTING, **changed)).questions("abc") == ((), 0)
    assert examples(tmp_path, task="UR").questions("abc") == ((), 0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1, 2]",
        "3",
        '{"context": []}',
        '{"context": [], "query": null}',
        '{"context": "abc", "query": "a"}',
        '{"context": ["a", 1], "query": "a"}',
        '{"context": ["a", ""], "query": "a"}',
        '{"context": ["a", "b"], "query": 7}',
        "\udcff",
    ],
)
def test_a_damaged_entry_is_counted_and_the_others_are_read(tmp_path, text):
    """A file that somebody edited, or half of one, does not stop a hunt."""
    examples(tmp_path).add(RETRIEVAL, "abc")
    (entry,) = files_of(tmp_path)
    entry.with_name("0123456789abcdef").write_bytes(text.encode(errors="surrogateescape"))

    assert examples(tmp_path).questions("abc") == ((RETRIEVAL,), 1)


def files_of(folder):
    """The files that hold examples, found by what is in them."""
    files = [path for path in Path(folder).rglob("*") if path.is_file()]
    return [path for path in files if b'"context"' in path.read_bytes()]


def test_an_entry_is_text_that_people_can_read_and_review(tmp_path):
    """The symbols as they stand in prompts."""
    examples(tmp_path).add(RETRIEVAL, "aäc")
    (entry,) = files_of(tmp_path)

    assert "ä" in entry.read_text()
    assert json.loads(entry.read_text()) == {"context": ["ä", "a", "c"], "query": "a"}


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path):
    """Hypothesis keeps quiet about it; a counterexample that is lost silently is worse."""
    blocked = tmp_path / "file"
    blocked.write_text("in the way")

    with pytest.raises(StoreError, match=r"cannot be kept in .*file; make that folder writable"):
        examples(blocked).add(RETRIEVAL, "abc")


def test_hypothesis_can_read_the_folder_like_any_other(tmp_path):
    """It is a database of its own format, which people know how to share."""
    from hypothesis.database import DirectoryBasedExampleDatabase

    examples(tmp_path).add(RETRIEVAL, "abc")
    database = DirectoryBasedExampleDatabase(tmp_path)
    (key,) = database.fetch(b".hypothesis-keys")

    assert json.loads(key)["task"] == "UL"
    assert len(list(database.fetch(key))) == 1
