"""How workers share a machine."""

import os

import pytest

from claimkit.plugin.workers import cores, share_machine, visible_gpus


def shared(environ, worker="gw0", workers=1, device="auto"):
    """The environment that a worker leaves for torch."""
    environ = {"CUDA_VISIBLE_DEVICES": "", **environ}
    share_machine(environ, worker, workers, device)
    return environ


@pytest.mark.parametrize("workers", [1, 2, 3, 64])
def test_threads_times_workers_stay_within_the_cores(workers):
    """Every worker has a thread, and together they have no more than there are cores."""
    threads = int(shared({}, workers=workers)["OMP_NUM_THREADS"])

    assert threads >= 1
    assert threads * workers <= max(cores(), workers)


def test_a_number_of_threads_that_the_caller_set_is_kept():
    """Who has set OMP_NUM_THREADS has a reason."""
    assert shared({"OMP_NUM_THREADS": "7"}, workers=2)["OMP_NUM_THREADS"] == "7"


@pytest.mark.parametrize(
    "worker, device, expected",
    [
        ("gw0", "auto", "2"),
        ("gw1", "cuda", "5"),
        ("gw2", "cuda", "2"),
        ("gw1", "cpu", "2,5"),
        ("gw1", "cuda:1", "2,5"),
    ],
)
def test_a_worker_sees_one_of_the_callers_gpus(worker, device, expected):
    """Workers take turns over the GPUs that the caller may use, unless a device was named."""
    environ = shared({"CUDA_VISIBLE_DEVICES": "2,5"}, worker, device=device)

    assert environ["CUDA_VISIBLE_DEVICES"] == expected


@pytest.mark.parametrize(
    "value, expected",
    [("", []), ("0", ["0"]), ("3, 1", ["3", "1"]), ("-1", []), ("1,-1,2", ["1"])],
)
def test_visible_gpus_are_read_as_cuda_reads_them(value, expected):
    """An index of -1 hides itself and all that follow."""
    assert visible_gpus({"CUDA_VISIBLE_DEVICES": value}) == expected


@pytest.mark.parametrize(
    "gpus, args, expected",
    [
        ("", ["--device", "cpu"], None),
        ("0,1,2", ["--device", "cuda"], 3),
        ("0,1,2", ["--device", "cuda:1"], 1),
    ],
)
def test_auto_is_one_worker_per_device(pytester, plugin_args, monkeypatch, gpus, args, expected):
    """-n auto is one worker per GPU, or one per core."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", gpus)
    monkeypatch.delenv("PYTEST_XDIST_AUTO_NUM_WORKERS", raising=False)
    config = pytester.parseconfig(*plugin_args, *args)

    count = config.hook.pytest_xdist_auto_num_workers(config=config)
    assert count == (cores() if expected is None else expected)


def test_workers_leave_torch_its_share(pytester, plugin_args, monkeypatch):
    """The limit is set before a test can import torch."""
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    pytester.makepyfile(
        """
        import os

        def test_threads():
            assert int(os.environ["OMP_NUM_THREADS"]) >= 1
        """
    )

    result = pytester.runpytest(*plugin_args, "-n1")

    assert result.ret == 0
    assert "OMP_NUM_THREADS" not in os.environ
