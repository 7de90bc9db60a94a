"""A snapshot is unused if its test is gone, not if the test was left out or ended early."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("update", ["--snapshot-update", "--snapshot-details"])
@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one-process", "two-workers"])
def test_no_outcome_costs_a_snapshot(project, workers, update):
    """Skipped, expected to fail, failed or in error: the snapshot of a collected test stays."""
    project.claims(test_a=project.endings)
    project.recorded(*project.names)
    result = project.run(update, *workers)

    assert project.files() == sorted(project.names)
    result.stdout.no_fnmatch_line("*unused*")


SELECTIONS = {
    "keyword": ("claims", "-k", "test_a"),
    "keyword everywhere": ("-k", "test_a"),
    "id": ("claims/test_a.py::test_a[A10-rule+example-n=0]",),
    "file": ("claims/test_a.py",),
    "deselected": ("claims", "--deselect", "claims/test_b.py"),
    "ignored": ("claims", "--ignore", "claims/test_b.py"),
    "ignored everywhere": ("--ignore", "claims/test_b.py"),
    "marker": ("claims", "-m", "not claim"),
    "nothing": ("claims", "-k", "nothing"),
    "collected only": ("claims", "--collect-only"),
    "a hook of the project's": ("claims", "--first"),
}


@pytest.mark.parametrize("selection", SELECTIONS.values(), ids=SELECTIONS)
def test_what_was_not_selected_keeps_its_snapshot(project, selection):
    """However tests are left out of a run, their snapshots stay and nothing is said of them."""
    project.many("a", 2)
    project.many("b", 2)
    project.run("--snapshot-update")
    before = project.content()
    result = project.run("--snapshot-update", on=selection)

    assert project.content() == before
    result.stdout.no_fnmatch_line("*unused*")


def test_options_that_change_the_ids_of_tests_make_no_snapshot_unused(project):
    """A run over other lengths or templates records its own beside those that were recorded."""
    project.many("a", 2)
    project.recorded("test_a::test_a[A10-rule+example-n=7]")
    result = project.run("--snapshot-update", "--keep")

    result.stdout.fnmatch_lines("2 snapshots generated.")
    assert len(project.files()) == 3


def test_only_failed_tests_are_run_again(pytester, project):
    """A run of the last failures keeps the snapshots of tests that it does not collect."""
    project.claims(test_a=project.endings)
    pytester.makeini("[pytest]\naddopts = -p no:hypothesispytest -p no:anyio")
    project.recorded(*project.names)
    project.run()
    result = project.run("--lf", "-k", "not nothing", "--snapshot-update", on=())

    assert len(project.files()) == len(project.names)
    result.assert_outcomes(failed=1, errors=1)


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one-process", "two-workers"])
def test_the_snapshot_of_a_test_that_is_gone_is_reported(project, workers):
    """Unused snapshots fail a run as syrupy does, and updating removes them, but no others."""
    project.many("a", 1)
    used = "test_a::test_a[A10-rule+example-n=0]"
    project.recorded(used, "test_a::test_renamed", "test_gone::test_x")
    compared = project.run("--snapshot-details", *workers)
    updated = project.run("--snapshot-update", *workers)

    assert (compared.ret, updated.ret) == (1, 0)
    compared.stdout.fnmatch_lines(["*2 snapshots unused.", "*(no such test) test_renamed*"])
    updated.stdout.fnmatch_lines("*2 unused snapshots deleted.")
    assert project.files() == [used]
    assert not (project.folder / "test_gone").exists()


def test_parameters_that_are_gone_are_reported_beside_skipped_ones(project):
    """A skipped test keeps its own snapshot, not one that its function had for other values."""
    project.claims(test_a=project.endings)
    project.recorded("test_a::test_skips", "test_a::test_skips[A10-UR]")
    result = project.run("--snapshot-update")

    result.stdout.fnmatch_lines("*1 unused snapshot deleted.")
    assert project.files() == ["test_a::test_passes", "test_a::test_skips"]


def test_only_the_folder_beside_the_snapshots_says_which_files_are_gone(project):
    """Snapshots kept elsewhere may be of claims elsewhere, so none of another file is unused."""
    project.many("a", 1)
    kept = project.home.parent / "kept" / "tiny"
    project.recorded("test_gone::test_x", "test_a::test_x", folder=kept)
    result = project.run("--folder=kept/tiny", "--snapshot-update", on=())

    result.stdout.fnmatch_lines("*1 unused snapshot deleted.")
    assert (kept / "test_gone" / "test_x.json").exists()


def test_the_packaged_claims_are_never_gone(project):
    """A project that keeps snapshots of claimkit's own claims beside its claims keeps them."""
    project.many("a", 1)
    project.recorded("test_directional_bias::test_x")
    result = project.run("--snapshot-update")

    result.stdout.no_fnmatch_line("*unused*")
    assert "test_directional_bias::test_x" in project.files()


@pytest.mark.parametrize("args", [(), ("-n2",), ("-k", "nothing"), ("--collect-only",)], ids=str)
def test_snapshots_of_other_models_are_let_alone(project, args):
    """Whatever a run records or does not, the folders of other models are as they were."""
    project.claims(test_a=project.endings)
    other = project.folder.with_name("other")
    project.recorded("test_a::test_skips", "test_gone::test_x", folder=other)
    compared = project.run(*args)
    project.run("--snapshot-update", *args)

    compared.stdout.no_fnmatch_line("*unused*")
    assert sum(path.is_relative_to(other) for path in project.home.rglob("*.json")) == 2


STOPS = {
    "at a failure": (1, "assert 0", "-x", "--snapshot-update"),
    "by a worker": (2, "assert 0", "-x", "--snapshot-update", "-n2"),
    "at once": (2, "pytest.exit('stopped')", "--snapshot-update"),
    "while comparing": (2, "pytest.exit('stopped')"),
}


@pytest.mark.parametrize("stop", STOPS.values(), ids=STOPS)
def test_a_run_that_breaks_off_removes_no_test_that_was_not_reached(project, stop):
    """Tests that were not reached keep their snapshots, and the status is that of the break."""
    status, breaks_off, *args = stop
    source = """
        import pytest

        @pytest.mark.claim("A10")
        def test_ends(measure):
            measure()
            BREAKS_OFF

        @pytest.mark.claim("A10")
        @pytest.mark.parametrize("number", range(4))
        def test_later(measure, number):
            measure()
        """
    project.claims(test_a=source.replace("BREAKS_OFF", breaks_off))
    later = {f"test_a::test_later[{number}]" for number in range(4)}
    project.recorded(*later, "test_a::test_gone")
    result = project.run(*args)

    assert result.ret == status
    assert later <= set(project.files())
    assert status == 1 or "test_a::test_gone" in project.files()


def test_a_worker_that_dies_costs_no_snapshot(project):
    """What a dead worker used is still the snapshot of a collected test."""
    project.claims(
        test_a="""
        import os
        import signal
        import pytest

        @pytest.mark.claim("A10")
        @pytest.mark.parametrize("number", range(12))
        def test_a(measure, number):
            measure()
            if number == 9:
                os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    project.recorded(*(f"test_a::test_a[{number}]" for number in range(12)))
    project.run("--snapshot-update", "-n2").assert_outcomes(passed=11, failed=1)

    assert len(project.files()) == 12


def test_a_file_that_cannot_be_collected_is_not_gone(project):
    """Tests that an error in collection hides keep their snapshots."""
    project.claims(
        test_a="""
        import pytest

        def pytest_generate_tests(metafunc):
            if metafunc.function.__name__ == "test_hidden":
                pytest.fail("no such template")

        @pytest.mark.claim("A10")
        def test_passes(measure):
            measure()

        class TestMore:
            @pytest.mark.claim("A10")
            def test_hidden(self, measure):
                measure()
        """,
        test_b="import nothing_of_this_name",
    )
    project.recorded("test_a::TestMore.test_hidden", "test_b::test_x")
    result = project.run("--snapshot-update", "--continue-on-collection-errors")

    result.assert_outcomes(passed=1, errors=2)
    assert project.files() == [
        "test_a::TestMore.test_hidden",
        "test_a::test_passes",
        "test_b::test_x",
    ]
