"""``--budget``: a time budget is spent where verdicts are open."""

import time

import pytest

from claimkit.plugin.settings import bundled_models

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
    """A run with a budget ends soon after it, however many claims wait."""
    pytester.makepyfile(CLAIMS.replace("[8, 10, 12]", "range(8, 60)"))
    begun = time.monotonic()

    result = pytester.runpytest_subprocess(
        *plugin_args, "-n2", *MODEL[:2], "--margin", "0.001", "--budget", "5s"
    )

    assert result.parseoutcomes()["undecided"] >= 10
    assert time.monotonic() - begun < 120
    result.stdout.fnmatch_lines(["* s of a budget of 5 s; * left undecided for lack of time"])
