"""Snapshots come back as they were written, and what is none is refused in one sentence."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.errors import SnapshotError
from claimkit.evidence.counterexamples import Counterexample
from claimkit.evidence.samples import Sample
from claimkit.evidence.snapshot_names import LONGEST, file_of, files_in, safe
from claimkit.evidence.snapshots import (
    ClaimSnapshot,
    check_versions,
    comparable,
    equal,
    read_folder,
    read_snapshot,
)
from claimkit.evidence.verdicts import Estimate, Interval, Judgement, Verdict
from claimkit.tasks import SAMPLER_VERSION

FOUND = Counterexample(
    task="UL", setting="length 2", prompt="a b\nb:", context="a b", query="b", expected="a",
    actual="b", margin=-0.25, origin="hypothesis", replay="claimkit replay x",
)  # fmt: skip


def sample_of(right, **fields):
    """Return a sample of made-up outcomes."""
    given = {"prompt": "f00d", "sampler_version": SAMPLER_VERSION, **fields}
    setting = '{"length":30,"symbols":26}'
    return Sample("UR", setting, "claim", opening="0a1b", right=tuple(right), **given)


def snapshot_of(**fields):
    """Return a snapshot with some fields of its own."""
    usual = {
        "test": "test_bias.py::test_x[A10-UR-length=30]",
        "claim": "A10",
        "verdict": Verdict.HOLDS,
        "label": "UR at length 30",
        "needs": "> 0",
        "effect": Estimate(0.75, Interval(0.5, 0.875), 64, "strings", signed=False),
        "streams": (sample_of([True, False, True]),),
    }
    return ClaimSnapshot(**{**usual, **fields})


numbers = st.floats(allow_nan=False, allow_infinity=False)
estimates = st.builds(
    lambda value, ends, *rest: Estimate(value, Interval(*sorted(ends)), *rest),
    numbers,
    st.tuples(numbers, numbers),
    st.integers(0, 4096),
    st.sampled_from(["strings", "pairs", "strings each"]),
    st.booleans(),
)
samples = st.lists(st.booleans(), min_size=1, max_size=80).map(sample_of)
answers = {name: st.text() for name in ("context", "query", "expected", "actual")}
snapshots = st.builds(
    snapshot_of,
    test=st.text(),
    claim=st.text(),
    verdict=st.sampled_from(Verdict),
    label=st.text(),
    needs=st.text(),
    effect=st.none() | estimates,
    reason=st.text(),
    streams=st.lists(samples, max_size=2).map(tuple),
    counterexample=st.none() | st.fixed_dictionaries(answers),
)


@given(snapshots)
def test_a_snapshot_comes_back_from_its_text(snapshot):
    """Whatever a snapshot says is read as it was written."""
    assert ClaimSnapshot.from_text(snapshot.to_text(), "x.json") == snapshot


@given(st.data())
def test_text_that_was_damaged_is_another_snapshot_or_none(data):
    """Whatever characters of a file are changed, the worst that comes of it is one sentence."""
    text = snapshot_of(counterexample=dict.fromkeys(answers, "a")).to_text()
    start = data.draw(st.integers(0, len(text)))
    stop = data.draw(st.integers(start, min(len(text), start + 20)))
    damaged = text[:start] + data.draw(st.text(max_size=3)) + text[stop:]
    try:
        read, told = ClaimSnapshot.from_text(damaged, "x.json"), ""
    except SnapshotError as error:
        read, told = None, str(error)

    assert "x.json" in told or equal(ClaimSnapshot.from_text(read.to_text(), "x.json"), read)


def without(name):
    """Return a snapshot's text without one field."""
    fields = snapshot_of().to_dict()
    del fields[name]
    return json.dumps(fields)


def changed(**fields):
    """Return a snapshot's text with some fields changed."""
    return json.dumps({**snapshot_of().to_dict(), **fields})


STREAM = sample_of([True, False, True]).to_dict()
OTHER_VERSION = sample_of([True], sampler_version=SAMPLER_VERSION + 1).to_dict()
EFFECT = snapshot_of().to_dict()["effect"]

REFUSED = {
    "empty": ("", "is damaged .*restore it from version control"),
    "cut": (snapshot_of().to_text()[:-40], "is damaged"),
    "merged": (f"<<<<<<< HEAD\n{snapshot_of().to_text()}", "is damaged"),
    "deep": ("[" * 100_000, "is damaged"),
    "a list": ("[]", "is no snapshot of a claim"),
    "something else": ('{"name": "syrupy"}', "is no snapshot of a claim"),
    "another format": (changed(format="other/1"), "is no snapshot of a claim"),
    "a newer format": (
        changed(format="claimkit.snapshot/2"),
        "format 'claimkit.snapshot/2', this claimkit reads 'claimkit.snapshot/1'; install",
    ),
    "no verdict": (without("verdict"), "is damaged .*'verdict'"),
    "an unknown verdict": (changed(verdict="passes"), "is damaged .*'passes'"),
    "an unknown field": (changed(author="me"), "is damaged .*unknown"),
    "a number as text": (changed(label=3), "is damaged .*3 is no str"),
    "infinite": (changed(effect={**EFFECT, "high": 1e999}), "is damaged"),
    "no number": (changed(effect={**EFFECT, "value": float("nan")}), "is damaged"),
    "exchanged ends": (changed(effect={**EFFECT, "low": 1.0}), "is damaged"),
    "a count too many": (changed(streams=[{**STREAM, "right": 3}]), "is damaged .*2 right of 3"),
    "two samplers": (changed(streams=[OTHER_VERSION]), "is damaged .*contradict"),
}


@pytest.mark.parametrize("text, words", REFUSED.values(), ids=REFUSED)
def test_what_is_no_snapshot_is_refused(text, words):
    """Damaged, foreign and newer files are told apart, with their path and what to do."""
    with pytest.raises(SnapshotError, match=f"kept/x.json {words}|kept/x.json has {words}"):
        ClaimSnapshot.from_text(text, "kept/x.json")


def test_a_snapshot_says_what_was_judged():
    """It has the judgement's verdict and effect, and of a counterexample what a reader needs."""
    third = Estimate(1 / 3, Interval(0, 2 / 3), 64, "strings", signed=False)
    judgement = Judgement(
        verdict=Verdict.FAILS, label="UL at length 2", needs="≥ 0.99", alpha=0.001,
        estimate=third, counterexample=FOUND,
    )  # fmt: skip
    snapshot = ClaimSnapshot.of("test_a.py::test_x", "R1", judgement, [sample_of([False])])

    assert (snapshot.verdict, snapshot.label) == (Verdict.FAILS, "UL at length 2")
    assert snapshot.to_dict()["effect"] == {
        "value": 0.333333333, "low": 0.0, "high": 0.666666667, "strings": 64, "unit": "strings",
        "signed": False,
    }  # fmt: skip
    assert snapshot.counterexample == {
        "context": "a b", "query": "b", "expected": "a", "actual": "b"
    }  # fmt: skip
    assert ClaimSnapshot.from_text(snapshot.to_text(), "") == snapshot


@given(st.floats(-1, 1), st.floats(-1e-10, 1e-10))
def test_numbers_of_two_machines_are_equal(value, noise):
    """A snapshot equals one whose effect differs in the last digits."""
    one, other = (
        snapshot_of(effect=Estimate(number, Interval(-2, 2), 64))
        for number in (value, value + noise)
    )

    assert equal(one, other)


@pytest.mark.parametrize(
    "fields",
    [
        {"verdict": Verdict.FAILS},
        {"needs": "> 0.1"},
        {"effect": None},
        {"effect": Estimate(0.75 + 1e-6, Interval(0.5, 0.875), 64, "strings", signed=False)},
        {"streams": (sample_of([True, True, False]),)},
        {"counterexample": dict.fromkeys(answers, "a")},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_snapshots_that_say_something_else_differ(fields):
    """One string with another outcome is enough, also where the counts are the same."""
    assert not equal(snapshot_of(), snapshot_of(**fields))


def test_outcomes_may_change_and_strings_may_not():
    """A snapshot can be compared with another model's of the same strings, and with no other."""
    base, other_alphabet = snapshot_of(), sample_of([True], prompt="beef")

    assert comparable(base, snapshot_of(streams=(sample_of([False]),), verdict=Verdict.FAILS))
    assert not comparable(base, snapshot_of(streams=(other_alphabet,)))
    assert not comparable(base, dataclasses.replace(base, sampler_version=SAMPLER_VERSION + 1))


@given(st.text(), st.text())
def test_two_tests_have_two_files(one, other):
    """Different names get different files, which any system can hold."""
    assert (safe(one) == safe(other)) == (one == other)
    assert len(safe(one)) <= LONGEST
    assert re.fullmatch(r"[A-Za-z0-9_.~\[\]=+,@%-]*", safe(one))


@pytest.mark.parametrize(
    "test, path",
    [
        ("test_a.py::test_x[A10-a=1+2]", "test_a/test_x[A10-a=1+2].json"),
        ("test_a.py::TestB::test_x[A::B/C]", "test_a/TestB.test_x[A%3A%3AB%2FC].json"),
        ("test_a.py::test_x[<é?>]", "test_a/test_x[%3C%C3%A9%3F%3E].json"),
        ("test_a.py::nul", "test_a/%6Eul.json"),
        ("test_a.py::con.x", "test_a/%63on.x.json"),
        ("test_a.py::contest", "test_a/contest.json"),
    ],
)
def test_a_file_is_named_as_its_test(test, path):
    """Folders, wildcards, devices and letters that systems spell differently are encoded."""
    assert str(file_of(test)) == path


def test_long_names_are_cut_and_stay_different():
    """Two names of 1,000 letters that differ in the last have two short files."""
    names = {safe(f"test_x[{'a' * 1000}{end}]") for end in "bc"}

    assert len(names) == 2
    assert {len(name) for name in names} == {LONGEST}


def written(folder, snapshot):
    """Write a snapshot where it belongs, and return its path."""
    path = folder / file_of(snapshot.test)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(snapshot.to_text(), encoding="utf-8")
    return path


def test_a_folder_is_read_with_what_is_damaged(tmp_path):
    """One damaged file does not hide the others; files in writing and other files are left out."""
    whole, cut = snapshot_of(), snapshot_of(test="test_bias.py::test_y")
    written(tmp_path, whole)
    path = written(tmp_path, cut)
    path.write_bytes(path.read_bytes()[:-20])
    path.with_name(".test_z.json.f00d").write_text("{")
    path.with_name("README.md").write_text("about snapshots")
    found, damaged = read_folder(tmp_path)

    assert found == {whole.test: whole}
    assert [str(path) in str(error) for error in damaged] == [True]


def test_no_folder_holds_no_snapshots(tmp_path):
    """A folder that is not there is one without snapshots."""
    assert files_in(tmp_path / "none") == []
    assert read_folder(tmp_path / "none") == ({}, ())


@pytest.mark.parametrize("content", [b"\xff\xfe{}", None], ids=["bytes", "folder"])
def test_a_file_that_cannot_be_read_is_told(tmp_path, content):
    """Bytes that are no text, and what is no file, are one sentence with the path."""
    path = tmp_path / "x.json"
    path.mkdir() if content is None else path.write_bytes(content)

    with pytest.raises(SnapshotError, match=re.escape(str(path))):
        read_snapshot(path)


def test_snapshots_of_another_sampler_are_refused_together(tmp_path):
    """One sentence says how many there are and what to do; damaged files do not count."""
    written(tmp_path, snapshot_of())
    check_versions(tmp_path)
    older = dict.fromkeys(["sampler_version"], SAMPLER_VERSION + 7)
    written(tmp_path, snapshot_of(test="test_a.py::test_b", streams=(), **older))
    written(tmp_path, snapshot_of(test="test_a.py::test_c")).write_text("{")

    with pytest.raises(
        SnapshotError,
        match=f"1 of 2 snapshots .* version {SAMPLER_VERSION + 7}, .* record them anew",
    ):
        check_versions(tmp_path)
