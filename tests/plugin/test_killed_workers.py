"""A worker that is killed costs its test, never the run."""

import pytest

from claimkit.models.bundled import bundled_models

# Seconds after which a run counts as one that does not end by itself.
PATIENCE = 300
CLAIMS = """
    import os
    import signal
    import pytest

    @pytest.mark.claim("A10")
    @pytest.mark.parametrize("i", range(12))
    def test_bias(judge, i):
        if i == 4:
            os.kill(os.getpid(), signal.SIGKILL)
        judge((0.01, 0.05), above=0.0)
"""
MEASURING = """
    import pytest
    from claimkit.tasks import UB, UF, UL, UR

    @pytest.mark.claim("A10")
    @pytest.mark.lengths(5, 10)
    @pytest.mark.parametrize("right, left", [(UR, UL), (UF, UB)], ids=["retrieval", "copying"])
    def test_bias(evidence, judge, right, left, length):
        judge(evidence.paired_gap(right, left, length=length), above=0.0)
"""
# Once, in whichever process comes first to its second append: as if memory ran out.
KILLER = """
    import os
    import signal
    from claimkit.evidence.store import Store

    append, appends = Store.append, []

    def deadly(self, *args, **options):
        append(self, *args, **options)
        appends.append(1)
        if len(appends) == 2:
            try:
                os.close(os.open("killed", os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                return
            os.kill(os.getpid(), signal.SIGKILL)

    Store.append = deadly
"""

pytestmark = pytest.mark.skipif("not hasattr(__import__('signal'), 'SIGKILL')", reason="POSIX only")


@pytest.mark.parametrize("dist", ["load", "worksteal"])
def test_a_killed_worker_costs_its_claim_and_no_other(pytester, plugin_args, dist):
    """The run ends by itself, all other claims have their verdicts, and the exit status says so."""
    pytester.makepyfile(CLAIMS)

    result = pytester.runpytest_subprocess(*plugin_args, "-n2", "--dist", dist, timeout=PATIENCE)

    assert result.ret == 1
    assert result.parseoutcomes() == {"passed": 11, "failed": 1}
    result.stdout.fnmatch_lines(["A10 *error *test_bias*A10-4*crashed*", "11 holds, 1 error; *"])


def test_a_worker_killed_while_it_measures_holds_nobody_up(pytester, plugin_args, monkeypatch):
    """Its locks are free again, the other claims are decided, and the next run decides all."""
    pytester.makepyfile(test_bias=MEASURING, killer=KILLER)
    monkeypatch.syspath_prepend(pytester.path)
    monkeypatch.setenv("PYTHONPATH", str(pytester.path), prepend=":")
    model = ("--model", str(bundled_models() / "forward-born"), "-n2", "--dist", "worksteal")

    killed = pytester.runpytest_subprocess(*plugin_args, "-p", "killer", *model, timeout=PATIENCE)
    again = pytester.runpytest_subprocess(*plugin_args, *model, timeout=PATIENCE)

    assert killed.ret == 1
    assert killed.parseoutcomes() == {"passed": 3, "failed": 1}
    killed.stdout.fnmatch_lines(["A10 *error *", "3 holds, 1 error; *"])
    assert (again.ret, again.parseoutcomes()) == (0, {"passed": 4})
