"""``--budget``: a time budget is spent where verdicts are open."""

import pytest

from claimkit.models.bundled import bundled_models

CLAIMS = """
    import pytest
    from claimkit.tasks import UB, UF, UL, UR

    @pytest.mark.claim("A10")
    @pytest.mark.parametrize("length", [8, 10, 12])
    def test_retrieval(evidence, judge, length):
        judge(evidence.paired_gap(UR, UL, length=length), above=0.0)

    @pytest.mark.claim("A11")
    def test_copying(evidence, judge):
        judge(evidence.paired_gap(UF, UB, length=8), above=0.0)

    @pytest.mark.claim("A12")
    def test_of_numbers(judge):
        judge((0.1, 0.2), above=0.0)
"""
MODEL = ("--model", str(bundled_models() / "forward-born"), "--max-samples", "128")


def verdicts(result):
    """The lines of the table that name a claim, without the time they took."""
    table = result.stdout.str().partition("= claims =")[2]
    rows = [line.split() for line in table.splitlines() if line.startswith("A1")]
    return sorted(" ".join(row[:-1]) for row in rows)


def test_a_budget_that_suffices_changes_no_verdict(pytester, plugin_args):
    """With time enough two workers reach the verdicts of one process without a budget."""
    pytester.makepyfile(CLAIMS)
    args = (*plugin_args, *MODEL)

    free = pytester.runpytest_subprocess(*args, "--evidence", "free")
    bound = pytester.runpytest_subprocess(*args, "-n2", "--evidence", "bound", "--budget", "1h")

    assert verdicts(free) == verdicts(bound) != []
    assert free.ret == bound.ret
    bound.stdout.fnmatch_lines(["* s of a budget of 3600 s; 0 left undecided for lack of time"])


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one-process", "two-workers"])
def test_what_had_no_time_is_undecided_with_the_reason(pytester, plugin_args, workers):
    """A budget that ends before anything is measured leaves the claims about models open."""
    pytester.makepyfile(CLAIMS)
    pytester.makeconftest(
        # Collecting takes longer than the budget.
        "import time\ndef pytest_collection_finish(): time.sleep(1.5)"
    )

    result = pytester.runpytest_subprocess(*plugin_args, *MODEL, *workers, "--budget", "1s")

    assert result.parseoutcomes() == {"passed": 1, "undecided": 4}
    text = " ".join(result.stdout.str().split())
    # The last column may come between the words.
    assert "the time budget was used" in text
    assert "4 left undecided for lack of time A10: 3 tests, listed above" in text
    assert "A11: 1 test, listed above" in text
    assert not [*pytester.path.glob("**/streams/*/*/records")]


def test_a_budget_that_is_used_up_still_reads_the_store(pytester, plugin_args):
    """What was measured before is judged as ever, without any time."""
    pytester.makepyfile(CLAIMS)
    before = pytester.runpytest_subprocess(*plugin_args, *MODEL)
    pytester.makeconftest("import time\ndef pytest_collection_finish(): time.sleep(1.5)")

    after = pytester.runpytest_subprocess(*plugin_args, *MODEL, "--budget", "1s")

    assert verdicts(before) == verdicts(after)
    after.stdout.fnmatch_lines(["*; 0 left undecided for lack of time"])


def test_a_budget_goes_first_to_the_first_looks(pytester, plugin_args):
    """All claims have their first look before any has its second."""
    pytester.makepyfile(CLAIMS)
    pytester.makeconftest("""
        from claimkit.auditing.subject import Subject

        asked = []
        measure = Subject.measure

        def noting(self, task, setting, questions):
            asked.append(len(questions.strings))
            return measure(self, task, setting, questions)

        def pytest_configure():
            Subject.measure = noting

        def pytest_unconfigure():
            print("asked:", asked)
    """)

    result = pytester.runpytest_subprocess(
        *plugin_args, *MODEL[:2], "--max-samples", "256", "--margin", "0.001", "--budget", "1h"
    )

    line = next(line for line in result.outlines if line.startswith("asked:"))
    sizes = [int(word) for word in line.removeprefix("asked: [").removesuffix("]").split(",")]
    # Pieces of 64 lead to the looks at 64 and at 128, pieces of 128 to that at 256.
    assert sizes[:8] == [64] * 8
    assert sizes == sorted(sizes)


def test_the_deadline_is_common_to_all_workers(pytester, plugin_args):
    """Workers start one after another, and all have the deadline of the process that began."""
    pytester.makepyfile("def test_nothing(): pass")
    pytester.makeconftest("""
        from pathlib import Path

        def pytest_sessionstart(session):
            name = getattr(session.config, "workerinput", {}).get("workerid", "controller")
            budgeter = session.config.pluginmanager.get_plugin("claimkit-budgeter")
            Path(f"{name}.deadline").write_text(repr(budgeter.deadline))
    """)

    result = pytester.runpytest_subprocess(*plugin_args, "-n2", "--budget", "1h")

    found = {path.stem: path.read_text() for path in pytester.path.glob("*.deadline")}
    assert result.ret == pytest.ExitCode.OK
    assert found.keys() == {"controller", "gw0", "gw1"}
    assert len(set(found.values())) == 1


def test_the_time_runs_from_the_start(pytester, plugin_args):
    """What is done to the model before the tests are collected is part of the budget."""
    pytester.makepyfile("def test_nothing(): pass")
    pytester.makeconftest("""
        import time
        from claimkit.plugin.budget import Budgeter

        before = time.time()
        begin = Budgeter.__init__

        def late(self, *args):
            time.sleep(2)
            begin(self, *args)
            assert self.deadline - 3600 - before < 2

        Budgeter.__init__ = late
    """)

    result = pytester.runpytest_subprocess(*plugin_args, "--budget", "1h")

    assert result.ret == pytest.ExitCode.OK


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one-process", "two-workers"])
def test_an_exception_of_one_claim_costs_no_other_its_verdict(pytester, plugin_args, workers):
    """A request that is broken fails its own test, and the time is spent on the others."""
    pytester.makepyfile(
        CLAIMS,
        test_broken="""
            import pytest
            from claimkit.auditing.grids import Grid
            from claimkit.tasks import UL, UR

            @pytest.mark.claim("A14")
            def test_broken(evidence, judge):
                def make(length):
                    lengths = {8: "short"}
                    assert lengths[length]
                    return evidence.paired_gap(UR, UL, length=length)

                judge(evidence.drawn(make, Grid((("length", (8, 10)),))), above=0.0)
        """,
    )

    result = pytester.runpytest_subprocess(*plugin_args, *MODEL, *workers, "--budget", "1h")

    outcomes = result.parseoutcomes()
    assert outcomes.pop("failed") >= 1
    assert sum(outcomes.values()) >= 4
    result.stdout.fnmatch_lines(["*KeyError: 10*", "*; 0 left undecided for lack of time"])
    result.stdout.no_fnmatch_line("*INTERNALERROR*")
