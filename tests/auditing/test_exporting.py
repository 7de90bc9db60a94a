"""What was measured is exported string by string, and recalled in symbols, from the store alone."""

import json
import subprocess
import sys

import numpy as np
import pytest

from claimkit.auditing.exporting import export
from claimkit.auditing.recalling import Memory
from claimkit.errors import InvalidInput
from claimkit.evidence.outcomes import Outcomes
from claimkit.evidence.samples import Sample
from claimkit.evidence.store import Store, StoreWarning
from claimkit.tasks import NB, UR, Group, Setting, Task, task_named

TEN = Setting(length=10, symbols=62)


class First(Task):
    """A task of one's own: the first symbol of the context."""

    name = "First"
    group = Group.UNIQUE_RETRIEVAL
    direction = "left"

    def answers(self, strings):
        """Return the first symbols."""
        return strings.contexts[:, :1]


@pytest.fixture
def measured(observer):
    """A store with two tasks at one setting, one of them read for a confirmation, too."""
    observer.outcomes(UR, TEN, 8)
    observer.outcomes(UR, TEN, 5, "confirm")
    observer.outcomes(NB, TEN, 3)
    return observer


def an_outcome(margin):
    """Return the outcome of a string that no sampler draws."""
    return Outcomes([True], [-1], [margin], np.array([7], dtype=np.uint64))


def lines_of(store, **chosen):
    return [json.loads(line) for line in export(store, **chosen)]


def test_a_line_says_what_was_asked_and_what_came_of_it(measured):
    """Every figure of the outcomes comes back, and what belongs to the key."""
    outcomes = measured.outcomes(UR, TEN, 8)
    key = measured.subject.key(UR, TEN)

    line = lines_of(measured.subject.store, task="UR")[2]

    assert line["fingerprint"] == measured.subject.fingerprint
    assert line["setting"] == TEN.canonical()
    assert (line["purpose"], line["seed"], line["string"]) == ("claim", key.seed, 2)
    assert line["right"] == bool(outcomes.right[2])
    assert (line["first_wrong"] is None) == line["right"]
    assert np.float32(line["margin"]) == outcomes.margin[2]
    assert int(line["digest"], 16) == outcomes.digests[2]
    assert (line["dtype"], line["bos"], line["sampler_version"]) == ("float32", key.bos_policy, 1)


def test_strings_come_back_in_symbols(measured):
    """The exported answer is the task's own answer to the exported question."""
    lines = lines_of(measured.subject.store)

    assert len(lines) == 16
    for line in lines:
        asked = [line["context"].split(), *filter(None, [line["query"]])]
        assert line["answer"].split() == list(task_named(line["task"]).answer(*asked))


def test_streams_come_in_an_order_of_their_own(measured):
    """By task, then purpose by purpose, string by string."""
    found = [(x["task"], x["purpose"]) for x in lines_of(measured.subject.store)]

    assert list(dict.fromkeys(found)) in (
        [("NB", "claim"), ("UR", "claim"), ("UR", "confirm")],
        [("NB", "claim"), ("UR", "confirm"), ("UR", "claim")],
    )
    assert [x["string"] for x in lines_of(measured.subject.store, task="NB")] == [0, 1, 2]


def test_equal_evidence_is_exported_byte_for_byte_alike(measured, tmp_path):
    """Whatever order it was measured in, and in whatever pieces."""
    store, other = measured.subject.store, Store(tmp_path / "other")
    for key in sorted(store.keys(), key=lambda key: key.task, reverse=True):
        outcomes = store.read(key)
        other.append(key, 2, outcomes[2:])
        other.append(key, 0, outcomes[:2])
    for path in (store.root / "facts").glob("prompter-*.json"):
        (other.root / "facts" / path.name).write_bytes(path.read_bytes())

    assert list(export(other)) == list(export(store))


def test_a_task_of_ones_own_has_no_symbols(measured):
    """What the task answers is not in the store; its outcomes are exported all the same."""
    measured.outcomes(First(), TEN, 4)

    own = [x for x in lines_of(measured.subject.store) if x["task"].startswith("First ")]

    assert len(own) == 4
    assert {(x["context"], x["query"], x["answer"]) for x in own} == {(None, None, None)}


def test_other_strings_than_this_version_draws_have_no_symbols(measured):
    """Symbols are told only where the digest of what was asked is that of what is told."""
    store, key = measured.subject.store, measured.subject.key(UR, Setting(length=11, symbols=62))
    store.append(key, 0, an_outcome(np.inf))

    (line,) = [x for x in lines_of(store) if x["setting"]["length"] == 11]

    assert (line["context"], line["margin"], line["digest"]) == (None, None, f"{7:016x}")


def test_a_damaged_stream_is_said_and_the_rest_exported(measured):
    """A stream whose file is cut off keeps its whole records, the others all of theirs."""
    store = measured.subject.store
    path = store.root / "streams" / measured.subject.key(NB, TEN).digest[:2]
    (records,) = path.glob("*/records")
    records.write_bytes(records.read_bytes()[:-3])

    with pytest.warns(StoreWarning, match="damaged or cut off"):
        lines = lines_of(store)

    assert {x["task"] for x in lines} == {"UR"}
    assert len(lines) == 13


def test_a_contradicting_stream_is_left_out(measured):
    """One string with two digests makes its stream unreadable, and no other."""
    store, key = measured.subject.store, measured.subject.key(NB, TEN)
    path = store.root / "streams" / key.digest[:2] / key.digest / "records"
    other = Store(store.root.parent / "other")
    other.append(key, 0, an_outcome(1.0))
    (twin,) = (other.root / "streams").glob("*/*/records")
    path.write_bytes(path.read_bytes() + twin.read_bytes())

    with pytest.warns(StoreWarning, match="its strings are left out"):
        lines = lines_of(store)

    assert {x["task"] for x in lines} == {"UR"}


@pytest.mark.parametrize(
    "chosen, match",
    [
        ({"task": "UX"}, "no outcomes of task UX; it has those of models [0-9a-f]{12} on tasks NB"),
        ({"fingerprint": "ffff"}, "no outcomes of model ffff"),
    ],
    ids=["task", "model"],
)
def test_nothing_to_export_is_one_sentence(measured, chosen, match):
    """What is there instead is said."""
    with pytest.raises(InvalidInput, match=match):
        lines_of(measured.subject.store, **chosen)


def test_an_empty_store_is_one_sentence(tmp_path):
    """A store without outcomes says how to get some."""
    with pytest.raises(InvalidInput, match="holds no outcomes yet"):
        lines_of(Store(tmp_path))


def test_a_question_of_a_sample_is_told_without_a_model(measured):
    """The same words as the model's own prompter has."""
    outcomes, key = measured.outcomes(UR, TEN, 8), measured.subject.key(UR, TEN)
    sample = Sample.of(key, "claim", outcomes)
    memory = Memory(measured.subject.store)

    told = memory.question(measured.subject.fingerprint, sample, 5)

    (line,) = [x for x in lines_of(measured.subject.store, task="UR") if x["string"] == 5][:1]
    assert told.split(" | ")[0].split() == line["context"].split()
    assert told.endswith(f"{line['query']}: {line['answer']}")
    assert memory.question("0" * 64, sample, 5) == ""


def test_exporting_loads_neither_torch_nor_scipy(measured):
    """An export of a full store starts at once."""
    code = (
        "import sys; from claimkit.auditing.exporting import export; "
        "from claimkit.evidence.store import Store; "
        f"n = len(list(export(Store({str(measured.subject.store.root)!r})))); "
        "print(n, sorted({'torch', 'scipy', 'transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "16 []\n"
