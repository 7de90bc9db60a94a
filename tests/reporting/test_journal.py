"""A journal gives back what was written, as far as it came, whatever happened to its end."""

import warnings
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.errors import InvalidInput, StoreError
from claimkit.evidence.comparison import Comparison
from claimkit.evidence.counterexamples import Counterexample
from claimkit.evidence.samples import Sample
from claimkit.evidence.verdicts import Estimate, Interval, Judgement, Verdict
from claimkit.reporting.journal import Journal, JournalWarning, read_run, write_run
from claimkit.reporting.lines import decode, encode
from claimkit.reporting.records import NOT_REPORTED, SUBJECTS, THEORY, ClaimRecord, RunRecord
from claimkit.reporting.runs import JOURNAL, new_run, runs_of

FRACTIONS = st.floats(0, 1)
TEXTS = st.text(max_size=20)
SAMPLES = st.builds(
    Sample,
    task=st.sampled_from(["UR", "UL"]),
    setting=st.integers(1, 9).map('{{"length":{},"symbols":62}}'.format),
    purpose=st.just("claim"),
    sampler_version=st.just(1),
    prompt=TEXTS,
    opening=TEXTS,
    right=st.lists(st.booleans(), max_size=20).map(tuple),
)
ESTIMATES = st.builds(
    Estimate,
    value=FRACTIONS,
    interval=st.tuples(FRACTIONS, FRACTIONS).map(lambda ends: Interval(min(ends), max(ends))),
    samples=st.integers(1, 2048),
)
COMPARISONS = st.builds(
    Comparison,
    stream=TEXTS,
    label=TEXTS,
    task=TEXTS,
    **dict.fromkeys(("base_right", "base_strings", "new_right", "new_strings"), st.integers(0, 64)),
    **dict.fromkeys(("lost", "gained", "flipped"), st.none() | st.integers(0, 64)),
    worse=FRACTIONS,
    better=FRACTIONS,
    example=TEXTS,
)
COUNTEREXAMPLES = st.builds(Counterexample, margin=st.floats(-9, -1))
JUDGEMENTS = st.builds(
    Judgement,
    verdict=st.sampled_from(Verdict),
    label=TEXTS,
    needs=TEXTS,
    alpha=FRACTIONS,
    estimate=st.none() | ESTIMATES,
    thresholds=st.lists(FRACTIONS, max_size=2).map(tuple),
    reason=TEXTS,
    seconds=FRACTIONS,
    streams=st.lists(SAMPLES, max_size=2).map(tuple),
    counterexample=st.none() | COUNTEREXAMPLES,
)
CLAIMS = st.builds(
    ClaimRecord,
    test=TEXTS,
    claim=TEXTS,
    says=TEXTS,
    source=TEXTS,
    risk=st.booleans(),
    status=st.sampled_from(["holds", "fails", "error", "skipped", NOT_REPORTED]),
    reason=TEXTS,
    before=TEXTS,
    failed=st.booleans(),
    judgements=st.lists(JUDGEMENTS, max_size=2).map(tuple),
    comparisons=st.lists(COMPARISONS, max_size=2).map(tuple),
    subject=st.sampled_from(SUBJECTS),
)
RUNS = st.builds(
    RunRecord,
    claims=st.lists(CLAIMS, max_size=4, unique_by=lambda claim: claim.test).map(tuple),
    provenance=st.dictionaries(TEXTS, TEXTS, max_size=3),
    alpha=FRACTIONS,
    gate_alpha=FRACTIONS,
    baseline=TEXTS,
    started=TEXTS,
    seconds=FRACTIONS,
    complete=st.booleans(),
)


def claim(name, status=NOT_REPORTED, **fields):
    return ClaimRecord(name, "A10", "Right beats left.", "a paper", False, status, **fields)


def read_or_none(path):
    try:
        return read_run(path)
    except InvalidInput:
        return None


COLLECTED = RunRecord(tuple(map(claim, "abc")), {"model": "tiny"}, started="2025-07-01T12:00:00Z")


@pytest.fixture
def journal(tmp_path):
    """A journal that begins with three collected tests."""
    journal = Journal(new_run(tmp_path))
    journal.begin(COLLECTED)
    return journal


@settings(max_examples=50, deadline=None)
@given(RUNS)
def test_a_written_run_reads_back(run):
    """Writing and reading any run gives the same run, and writing that the same bytes."""
    with TemporaryDirectory() as folder:
        path = write_run(run, Path(folder))
        written, read = path.read_bytes(), read_run(path)
        again = write_run(read, Path(folder)).read_bytes()

    assert read == run
    assert again == written


@settings(max_examples=50, deadline=None)
@given(RUNS, st.randoms(use_true_random=False))
def test_the_order_of_reports_does_not_matter(run, random):
    """Workers may report in any order; the run that is read is in the order of collection."""
    told = random.sample(run.claims, len(run.claims))
    with TemporaryDirectory() as folder:
        journal = Journal(Path(folder))
        journal.begin(replace(run, claims=tuple(record.unreported for record in run.claims)))
        for record in told:
            journal.append(record)
        journal.end(run.seconds)
        read = read_run(journal.path)

    assert read == replace(run, complete=True, seconds=round(run.seconds, 3))


@settings(max_examples=50, deadline=None)
@given(RUNS.filter(lambda run: run.claims), st.data())
def test_a_cut_journal_keeps_what_came_before(run, data):
    """Cut at any byte behind its first line, a journal gives all whole lines and never a fault."""
    with TemporaryDirectory() as folder:
        path = write_run(run, Path(folder))
        content = path.read_bytes()
        cut = data.draw(st.integers(content.index(b"\n"), len(content)))
        path.write_bytes(content[:cut])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", JournalWarning)
            read = read_run(path)
    whole = content[:cut].count(b"\n") - 1 + (content[cut : cut + 1] == b"\n")
    heard = [record for record in run.claims if record != record.unreported]

    assert [record for record in read.claims if record != record.unreported] == heard[:whole]
    assert len(read.claims) == len(run.claims)


def test_every_cut_of_the_first_line_is_one_sentence(tmp_path):
    """A journal whose first line was cut off says so, and how to go on."""
    path = write_run(COLLECTED, tmp_path)
    first = path.read_bytes().splitlines()[0]
    for cut in range(len(first)):
        path.write_bytes(first[:cut])
        with pytest.raises(InvalidInput, match="run the claims again"):
            read_run(path)


@settings(max_examples=50, deadline=None)
@given(RUNS.filter(lambda run: run.claims and run.complete), st.data())
def test_a_changed_byte_is_never_believed(run, data):
    """Whatever byte is changed, its line is left out with a warning or the file is refused."""
    with TemporaryDirectory() as folder:
        path = write_run(run, Path(folder))
        content = bytearray(path.read_bytes())
        place = data.draw(st.integers(0, len(content) - 1).filter(lambda i: content[i] != 10))
        content[place] = data.draw(st.integers(0, 255).filter(lambda b: b != content[place]))
        path.write_bytes(bytes(content))
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always", JournalWarning)
            read = read_or_none(path)

    assert (read is None) != bool(said)
    assert read is None or all(c in (*run.claims, c.unreported) for c in read.claims)


def test_a_cut_line_is_said_once_with_its_place(journal):
    """The warning names the file and the line; the test counts as not reported."""
    for name in "ab":
        journal.append(claim(name, "holds"))
    journal.path.write_bytes(journal.path.read_bytes()[:-9])

    with pytest.warns(JournalWarning, match=r"journal\.jsonl: line 3 was cut off") as said:
        run = read_run(journal.path)

    assert [record.status for record in run.claims] == ["holds", NOT_REPORTED, NOT_REPORTED]
    assert len(said) == 1


def test_a_test_that_ran_twice_counts_as_it_ended(journal):
    """The last line about a test is the one that counts."""
    journal.append(claim("b", "error", reason="worker died", failed=True))
    journal.append(claim("b", "holds"))

    assert read_run(journal.path).claims[1] == claim("b", "holds")


def test_a_test_that_was_not_announced_comes_last(journal):
    """Tests that judge without stating a claim are kept, in the order of their names."""
    for name in ("z", "y", "a"):
        journal.append(claim(name, "holds"))

    assert [record.test for record in read_run(journal.path).claims] == ["a", "b", "c", "y", "z"]


def test_provenance_is_completed_as_the_model_runs(journal):
    """What is known only once the model ran is added to what the first line says."""
    journal.note({"dtype": "float32"})

    assert read_run(journal.path).provenance == {"model": "tiny", "dtype": "float32"}


def test_when_a_fact_became_known_does_not_matter(tmp_path):
    """The fingerprint stands behind the model whether workers had to know it or not."""
    early, late = Journal(tmp_path / "early"), Journal(tmp_path / "late")
    early.begin(replace(COLLECTED, provenance={"model": "m", "fingerprint": "f", "torch": "2"}))
    late.begin(replace(COLLECTED, provenance={"model": "m", "torch": "2"}))
    early.note({"dtype": "float32"})
    late.note({"fingerprint": "f", "dtype": "float32"})

    read = [list(read_run(one.path).provenance.items()) for one in (early, late)]

    assert read[0] == read[1]


def test_a_run_is_complete_once_it_ended(journal):
    """Until its last line is written, a run counts as interrupted."""
    interrupted = read_run(journal.path)
    journal.end(2.5)

    ended = read_run(journal.path)

    assert (interrupted.complete, ended.complete) == (False, True)
    assert ended.seconds == 2.5


def test_an_evidence_folder_stands_for_its_latest_run(tmp_path):
    """Of several runs the latest is read; run folder, journal and report folder name one run."""
    for hour in (9, 10):
        started = datetime(2025, 7, 1, hour, tzinfo=UTC)
        write_run(replace(COLLECTED, started=started.isoformat()), new_run(tmp_path, started))
    older, latest = runs_of(tmp_path)

    assert read_run(tmp_path) == read_run(latest) == read_run(latest / JOURNAL)
    assert read_run(older) != read_run(latest)


def test_a_folder_without_a_run_is_one_sentence(tmp_path):
    """What was looked for is named, with the command that makes it."""
    with pytest.raises(InvalidInput, match=r"no run is kept in .*; `pytest claims/ --evidence"):
        read_run(tmp_path)


def test_a_journal_of_another_format_is_refused(tmp_path):
    """A journal that a newer claimkit wrote is not guessed at."""
    path = write_run(COLLECTED, tmp_path)
    _, header = decode(path.read_bytes().splitlines()[0])
    path.write_bytes(encode("run", {**header, "format": "claimkit.journal/2"}))

    with pytest.raises(InvalidInput, match=r"is of format 'claimkit\.journal/2'"):
        read_run(path)


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    """A journal below a file cannot be made, and the path is named."""
    (tmp_path / "runs").write_text("")

    with pytest.raises(StoreError, match="cannot keep the journal in"):
        Journal(new_run(tmp_path)).begin(COLLECTED)


def test_a_journal_without_subjects_is_about_a_model(journal):
    """Journals of claimkit before it had claims about theory are read as they were meant."""
    journal.append(claim("a", "holds"))
    journal.append(claim("late", "holds"))
    assert b"subject" not in journal.path.read_bytes()

    assert {record.subject for record in read_run(journal.path).claims} == {"model"}


def test_a_claim_about_theory_stays_one_though_nothing_was_heard_of_it(tmp_path):
    """What it is about is said where the claims are listed."""
    journal = Journal(new_run(tmp_path))
    journal.begin(RunRecord((claim("a", subject=THEORY), claim("b"))))

    assert [record.subject for record in read_run(journal.path).claims] == [THEORY, "model"]
