"""How workers share a machine."""

import json
import os
import struct

import psutil
import pytest

from claimkit.models.bundled import bundled_models
from claimkit.plugin.machine import Gpu, cores, free_memory
from claimkit.plugin.scheduling import WORKER_MEMORY
from claimkit.plugin.settings import settings_of
from claimkit.plugin.workers import share_of, take_share

GPUS = (Gpu("2"), Gpu("5"))


@pytest.fixture
def settings(pytester, plugin_args):
    """Settings of options that a test names."""
    return lambda *args: settings_of(pytester.parseconfig(*plugin_args, *args))


def shared(settings, place=0, workers=1, gpus=(), **environ):
    """The environment that a worker leaves for torch."""
    take_share(environ, share_of(settings, place, workers, gpus))
    return environ


@pytest.mark.parametrize("workers", [1, 2, 3, 64])
def test_threads_times_workers_stay_within_the_cores(settings, workers):
    """Every worker has a thread, and together they have no more than there are cores."""
    threads = int(shared(settings(), workers=workers)["OMP_NUM_THREADS"])

    assert threads >= 1
    assert threads * workers <= max(cores(), workers)


def test_a_number_of_threads_that_the_caller_set_is_kept(settings):
    """Who has set OMP_NUM_THREADS has a reason."""
    assert shared(settings(), workers=2, OMP_NUM_THREADS="7")["OMP_NUM_THREADS"] == "7"


@pytest.mark.parametrize(
    "place, args, expected",
    [
        (0, (), "2"),
        (1, ("--device", "cuda"), "5"),
        (2, ("--device", "cuda"), "2"),
        (1, ("--device", "cpu"), "2,5"),
        (1, ("--device", "cuda:1"), "2,5"),
        (1, ("--device-map", "auto"), "2,5"),
    ],
)
def test_a_worker_sees_one_of_the_callers_gpus(settings, place, args, expected):
    """Workers take turns over the GPUs that the caller may use, unless told where to go."""
    environ = shared(settings(*args), place, 3, GPUS, CUDA_VISIBLE_DEVICES="2,5")

    assert environ["CUDA_VISIBLE_DEVICES"] == expected


def test_without_gpus_the_callers_variable_stays(settings):
    """A worker on the CPU has nothing to say about GPUs."""
    assert "CUDA_VISIBLE_DEVICES" not in shared(settings())


@pytest.fixture
def machine(pytester, plugin_args, monkeypatch, tmp_path):
    """The answer to -n auto on this machine, with cards of 100 GB put in it."""
    monkeypatch.delenv("PYTEST_XDIST_AUTO_NUM_WORKERS", raising=False)

    def answer(cards, *args):
        program = tmp_path / "nvidia-smi"
        lines = "".join(f"echo 'GPU-{i}, 95367, Disabled'\n" for i in range(cards))
        program.write_text(f"#!/bin/sh\n{lines}")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
        config = pytester.parseconfig(*plugin_args, *args)
        return config.hook.pytest_xdist_auto_num_workers(config=config)

    return answer


@pytest.fixture
def claims(pytester):
    """A folder of claims, whose run is about the bundled model."""
    return str(pytester.mkdir("claims"))


@pytest.mark.parametrize("cards", [1, 2])
def test_auto_is_one_worker_per_gpu_or_more_within_the_cores(machine, claims, cards):
    """The bundled model is small, so cores are what limits the workers on large cards."""
    assert machine(cards, claims) == min(cores(), 4 * cards)


@pytest.mark.parametrize("subject", ["runs", "finetuned"])
def test_trained_runs_share_gpus_like_models(machine, pytester, monkeypatch, subject):
    """One GPU is not taken for as many as there are cores; claims about theory need none."""
    monkeypatch.setattr("claimkit.plugin.workers.cores", lambda: 16)
    monkeypatch.setattr("claimkit.plugin.workers.free_memory", lambda: 64 * 10**9)
    for name in (subject, "theory"):
        mark = f"@pytest.mark.claim('A6', says='It lasts.', subject={name!r})"
        body = f"import pytest\n{mark}\ndef test_x(judge): judge((0.1, 0.5), above=0)"
        pytester.makepyfile(**{f"test_{name}": body})

    assert machine(1, f"test_{subject}.py") == 4
    assert machine(1, f"test_{subject}.py", "test_theory.py") == 4
    assert machine(1, "test_theory.py") == 16


@pytest.mark.parametrize(
    "args", [("--device-map", "auto"), ("--device", "mps")], ids=["map", "mps"]
)
def test_auto_is_one_worker_for_what_cannot_be_shared(machine, claims, args):
    """A model spread over all GPUs has one worker, and so has Apple's GPU."""
    assert machine(2, claims, *args) == 1


def test_a_number_that_the_caller_set_is_taken(machine, claims, monkeypatch):
    """PYTEST_XDIST_AUTO_NUM_WORKERS decides where it is set."""
    monkeypatch.setenv("PYTEST_XDIST_AUTO_NUM_WORKERS", "11")

    assert machine(0, claims) == 11


def test_without_gpus_auto_is_the_cores_that_memory_feeds(machine, claims):
    """On a CPU there is one worker per core, as far as the memory goes."""
    workers = machine(0, claims, "--device", "cpu")

    assert workers == max(1, min(cores(), free_memory() // WORKER_MEMORY))


def test_a_large_model_has_one_worker(machine, pytester):
    """The size is read from the header of its weights, before any of them is."""
    folder = pytester.mkdir("large")
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        folder.joinpath(name).write_bytes((bundled_models() / "forward-born" / name).read_bytes())
    write_weights(folder / "model.safetensors", psutil.virtual_memory().total // 2)

    assert machine(0, "--model", "large", "--device", "cpu") == 1


def write_weights(path, items):
    """Write a file of weights that takes no space: a header, and a hole where bfloat16 belongs."""
    tensor = {"dtype": "BF16", "shape": [items], "data_offsets": [0, 2 * items]}
    header = json.dumps({"lm_head.weight": tensor}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header)
    os.truncate(path, 8 + len(header) + 2 * items)


def test_tests_that_are_no_claims_need_no_gpu(machine, pytester):
    """Tests of something else are run on all cores, however many GPUs there are."""
    tests = str(pytester.mkdir("tests"))

    assert machine(1, tests) == max(1, min(cores(), free_memory() // WORKER_MEMORY))


def test_a_wrong_option_is_left_to_the_run(machine):
    """The number of workers of a run that will not start matters to nobody."""
    assert machine(0, "--draws", "none", "--model", "./nowhere") == 1


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


def test_who_replaces_a_dead_worker_has_its_gpu(pytester, plugin_args, monkeypatch, machine):
    """The GPU of a worker that died is free again: its replacement does not double up elsewhere."""
    machine(2)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    pytester.makepyfile(
        """
        import os

        def test_killer():
            os._exit(9)

        def test_where():
            assert os.environ["CUDA_VISIBLE_DEVICES"] == "0"
        """
    )

    result = pytester.runpytest(*plugin_args, "-n1")

    assert result.parseoutcomes() == {"passed": 1, "failed": 1}


@pytest.mark.parametrize("workers, kept", [((), False), (("-n1",), True)], ids=["alone", "worker"])
def test_only_workers_keep_their_memory(pytester, plugin_args, monkeypatch, workers, kept):
    """Programs that a test starts find the environment of a run without workers as it was."""
    for name in ("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"):
        monkeypatch.delenv(name, raising=False)
    pytester.makepyfile(f"""
        import os

        def test_environment():
            assert ("MALLOC_MMAP_THRESHOLD_" in os.environ) is {kept}
            assert ("MALLOC_TRIM_THRESHOLD_" in os.environ) is {kept}
    """)

    result = pytester.runpytest_subprocess(*plugin_args, *workers)

    assert result.parseoutcomes() == {"passed": 1}
