"""Signs of life during long measurements."""

from claimkit.plugin.progress import Progress


def run(moments, first=2.0, every=10.0):
    """What is written when (label, done) is told at some moments, in seconds."""
    written = []
    clock = iter([moment for moment, _, _ in moments])
    progress = Progress(written.append, first, every, clock=lambda: next(clock))
    for _, label, done in moments:
        progress(label, done, 2048)
    return written


def test_short_measurements_are_not_mentioned():
    """What is over in a moment is not worth a line."""
    assert run([(0.0, "UR", 64), (1.0, "UR", 128), (1.5, "UL", 64), (3.0, "UL", 128)]) == []


def test_long_measurements_are_mentioned_now_and_then():
    """A long measurement is mentioned after a while, and then at intervals."""
    told = [(float(second), "UR − UL at length 100", 64 * second) for second in range(20)]

    assert run(told) == [
        "measuring UR − UL at length 100: 128 of 2048 strings",
        "measuring UR − UL at length 100: 768 of 2048 strings",
    ]


def test_workers_show_progress_through_the_controller(pytester, plugin_args):
    """A worker's progress reaches the terminal although a worker has none."""
    pytester.makepyfile(
        """
        import pytest
        from claimkit.plugin.fixtures import SESSION

        @pytest.mark.claim("A10")
        def test_bias(judge, pytestconfig):
            progress = pytestconfig.stash[SESSION].progress
            progress._first = 0.0
            progress("UR", 64, 128)
            judge((0.01, 0.05), above=0.0)
        """
    )

    result = pytester.runpytest(*plugin_args, "-n1")

    result.stdout.fnmatch_lines(["gw0: measuring UR: 64 of 128 strings"])


def test_one_process_shows_progress_itself(pytester, plugin_args):
    """Progress is not captured as a test's output."""
    pytester.makepyfile(
        """
        from claimkit.plugin.fixtures import SESSION

        def test_bias(judge, pytestconfig):
            progress = pytestconfig.stash[SESSION].progress
            progress._first = 0.0
            progress("UR", 64, 128)
            judge((0.01, 0.05), above=0.0)
        """
    )

    result = pytester.runpytest(*plugin_args)

    result.stdout.fnmatch_lines(["measuring UR: 64 of 128 strings"])
