"""Snapshots are written, left alone and read as they should be."""

from __future__ import annotations

import pytest

from claimkit.evidence.snapshots import read_snapshot
from claimkit.evidence.verdicts import Verdict


def test_workers_lose_no_snapshot(project):
    """Four workers record all of them, and again those that are gone, and write no other."""
    project.many("a", 40)
    project.many("b", 40)
    rounds = []
    for _ in range(3):
        project.run("--snapshot-update", "-n4").assert_outcomes(passed=80)
        rounds.append({path: path.stat().st_mtime_ns for path in project.content()})
        for path in sorted(project.content())[::2]:
            path.unlink()

    assert [len(each) for each in rounds] == [80, 80, 80]
    kept = sorted(rounds[0])[1::2]
    assert [rounds[2][path] for path in kept] == [rounds[0][path] for path in kept]


def test_a_snapshot_that_says_the_same_is_not_written(project, monkeypatch):
    """Numbers that differ in the last digits leave a file as it is, others write it anew."""
    project.many("a", 3)
    contents = []
    for shift in ("0", "1e-12", "0.01"):
        monkeypatch.setenv("SHIFT", shift)
        result = project.run("--snapshot-update")
        contents.append(project.content())

    assert contents[0] == contents[1] != contents[2]
    result.stdout.fnmatch_lines("3 snapshots updated.")


def test_the_last_judgement_is_the_snapshot(project):
    """A test that judges twice has one file, which recording again does not write."""
    project.claims(
        test_a="""
        import pytest

        @pytest.mark.claim("A10")
        def test_twice(measure):
            measure(0.25)
            measure(0.75)
        """
    )
    first = project.run("--snapshot-update")
    second = project.run("--snapshot-update")
    (path,) = project.content()

    assert read_snapshot(path).effect.value == 0.75
    first.stdout.fnmatch_lines("1 snapshot generated.")
    second.stdout.fnmatch_lines("1 snapshot passed.")


READS = """
    import pytest

    @pytest.mark.claim("A10")
    def test_x(baseline, measure):
        print("found", baseline() and baseline().label)
        measure()
"""


@pytest.mark.parametrize("syrupy", [(), ("-p", "no:syrupy")], ids=["syrupy", "no syrupy"])
def test_what_was_recorded_is_read_with_and_without_syrupy(project, syrupy):
    """A baseline is a file; without one there is none, and comparing writes nothing."""
    project.claims(test_a=READS)
    nothing = project.run("-s", *syrupy)
    project.recorded("test_a::test_x")
    before = project.content()
    found = project.run("-s", *syrupy)

    nothing.stdout.fnmatch_lines("*found None*")
    nothing.stdout.no_fnmatch_line("*snapshot failed*")
    found.stdout.fnmatch_lines("*found UR at length 10*")
    assert (nothing.ret, found.ret, project.content()) == (0, 0, before)


def test_a_damaged_snapshot_is_told_and_kept(project):
    """Comparing says so with the path, in that test only, and leaves the file as it is."""
    project.claims(test_a=READS)
    project.many("b", 1)
    project.recorded("test_a::test_x")
    path = project.folder / "test_a" / "test_x.json"
    path.write_text("{", encoding="utf-8")
    result = project.run()

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(f"*SnapshotError: the snapshot {path} is damaged*")
    assert path.read_text(encoding="utf-8") == "{"


@pytest.mark.parametrize("content", [b"{", b"\xff", b"{}"], ids=["cut", "bytes", "foreign"])
def test_updating_replaces_a_damaged_snapshot_and_says_so(project, content):
    """Who asks for it gets a new one, with a warning that names the file."""
    project.many("a", 1)
    project.run("--snapshot-update")
    (path,) = project.content()
    path.write_bytes(content)
    result = project.run("--snapshot-update")

    result.stdout.fnmatch_lines("*SnapshotWarning: *has been recorded anew*")
    assert read_snapshot(path).verdict == Verdict.HOLDS


def test_the_snapshot_of_another_test_is_no_baseline(project):
    """A file that was copied by hand is not what the test was."""
    project.claims(test_a=READS)
    project.recorded("test_a::test_y")
    path = project.folder / "test_a" / "test_y.json"
    path.rename(path.with_name("test_x.json"))
    result = project.run()

    result.stdout.fnmatch_lines("*test_x.json is the snapshot of test_a.py::test_y, not of *")


def test_new_snapshots_alone_are_recorded_on_demand(project):
    """Syrupy's option for new snapshots leaves those that are there."""
    project.many("a", 2)
    project.recorded("test_a::test_a[A10-rule+example-n=0]")
    before = project.content()
    result = project.run("--snapshot-update-new-only")

    result.stdout.fnmatch_lines("1 snapshot passed. 1 snapshot generated.")
    assert before.items() < project.content().items()


def test_two_tests_with_one_file_are_refused(project):
    """Files of claims with one name in two folders would overwrite each other's snapshots."""
    project.many("a", 1)
    (project.home / "more").mkdir()
    (project.home / "more" / "test_a.py").write_text(
        (project.home / "test_a.py").read_text(encoding="utf-8"), encoding="utf-8"
    )
    result = project.run("--snapshot-update", "--import-mode=importlib")

    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines("*SnapshotError: two tests would share the snapshot *")
    assert project.files() == []


def test_a_snapshot_that_cannot_be_written_is_told(project):
    """A test whose snapshot is not recorded does not pass silently."""
    project.many("a", 1)
    project.folder.mkdir(parents=True)
    (project.folder / "test_a").write_text("in the way", encoding="utf-8")
    result = project.run("--snapshot-update")

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines("*cannot record the snapshot *; choose a writable folder")
