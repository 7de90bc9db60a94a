"""What a process may use of its machine."""

import os
from pathlib import Path

import psutil
import pytest

from claimkit.plugin.machine import Gpu, cores, free_memory, installed_gpus, visible_gpus

GB = 10**9
CARDS = tuple(Gpu(str(i), f"GPU-{i}a{i}b", (10 + i) * GB) for i in range(4))


def seen(**environ):
    """The names of the GPUs that remain visible of four."""
    return [gpu.name for gpu in visible_gpus(environ, CARDS)]


@pytest.mark.parametrize(
    "value, expected",
    [
        ("", []),
        ("0", ["0"]),
        ("3, 1", ["3", "1"]),
        ("-1", []),
        ("1,-1,2", ["1"]),
        ("NoDevFiles", []),
        ("1,none,2", ["1"]),
        ("2,7,1", ["2"]),
        ("1,1", []),
        ("GPU-3a", ["GPU-3a"]),
        ("GPU-3a3b,GPU-0a", ["GPU-3a3b", "GPU-0a"]),
        ("GPU-9", []),
        ("MIG-1f2e", ["MIG-1f2e"]),
    ],
)
def test_visible_gpus_are_read_as_cuda_reads_them(value, expected):
    """A list ends at the first name of no GPU; indices, UUIDs and their beginnings are names."""
    assert seen(CUDA_VISIBLE_DEVICES=value) == expected


def test_without_the_variable_all_gpus_are_visible():
    """Who sets nothing hides nothing."""
    assert seen() == ["0", "1", "2", "3"]


def test_a_machine_without_gpus_has_none_to_see():
    """A variable left over from another machine makes no GPU."""
    assert visible_gpus({"CUDA_VISIBLE_DEVICES": "0,1"}, ()) == ()


@pytest.mark.parametrize(
    "environ, free",
    [
        # CUDA may count the GPUs in another order than the driver: the least of all is safe.
        ({"CUDA_VISIBLE_DEVICES": "3"}, 10 * GB),
        ({"CUDA_VISIBLE_DEVICES": "3", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}, 13 * GB),
        ({"CUDA_VISIBLE_DEVICES": "GPU-3a"}, 13 * GB),
        ({"CUDA_VISIBLE_DEVICES": "MIG-1f2e"}, None),
    ],
)
def test_the_free_memory_of_a_gpu_is_its_own_or_less(environ, free):
    """The memory is that of the GPU that is named, or the least where it cannot be told."""
    assert [gpu.free for gpu in visible_gpus(environ, CARDS)] == [free]


@pytest.fixture
def driver(tmp_path, monkeypatch):
    """Put a program in the place of nvidia-smi; the driver's own needs a GPU."""

    def install(script):
        program = tmp_path / "nvidia-smi"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    return install


def test_gpus_are_those_that_the_driver_lists(driver):
    """Memory is read in MiB; that of a partitioned GPU says nothing about its parts."""
    driver("echo 'GPU-aa, 1024, [N/A]'; echo 'GPU-bb, 80000, Enabled'")

    assert installed_gpus() == (Gpu("0", "GPU-aa", 2**30), Gpu("1", "GPU-bb", None))


@pytest.mark.parametrize("script", ["exit 9", "true"])
def test_a_driver_without_an_answer_counts_device_files(driver, script):
    """Where the driver does not answer, the device files are counted and nothing else is known."""
    driver(script)
    files = [path for path in Path("/dev").glob("nvidia*") if path.name[6:].isdigit()]

    assert [gpu.free for gpu in installed_gpus()] == [None] * len(files)


def group(folder, **files):
    """Write the files of a control group; two underscores stand for a dot."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        folder.joinpath(name.replace("__", ".")).write_text(f"{text}\n")
    return folder


@pytest.mark.parametrize(
    "files, expected",
    [
        ({"cpu__max": "100000 100000"}, 1),
        ({"cpu__max": "50000 100000"}, 1),
        ({"cpu__max": "max 100000"}, None),
        ({"cpu__cfs_quota_us": "-1", "cpu__cfs_period_us": "100000"}, None),
        ({}, None),
    ],
)
def test_a_container_limits_the_cores(tmp_path, files, expected):
    """A quota of time is a number of cores, at least one; without a quota all cores count."""
    assert cores(group(tmp_path, **files)) == (expected or cores(tmp_path / "none"))


def test_cores_are_no_more_than_the_machine_has(tmp_path):
    """A generous quota adds no cores."""
    assert 1 <= cores(group(tmp_path, cpu__max="99900000 100000")) <= (os.cpu_count() or 1)


def test_a_container_limits_the_memory(tmp_path):
    """Free is what the limit leaves, and cached files give way."""
    stat = "anon 5\nactive_file 300\ninactive_file 100"
    limited = group(tmp_path, memory__max=5000, memory__current=4500, memory__stat=stat)

    assert free_memory(limited) == 5000 - 4500 + 400


def test_a_container_that_is_full_has_no_memory_left(tmp_path):
    """More taken than allowed is nothing free, not less."""
    assert free_memory(group(tmp_path, memory__max=10, memory__current=20)) == 0


def test_without_a_container_the_system_tells_the_memory(tmp_path):
    """A limit of "max" is none."""
    free = free_memory(group(tmp_path, memory__max="max", memory__current=20))

    assert 0 < free <= psutil.virtual_memory().total
