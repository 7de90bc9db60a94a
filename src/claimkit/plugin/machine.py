"""What this process may use of the machine: cores, main memory, GPUs. No torch, so it is quick.

Containers limit a process in its control group (cgroup, version 1 or 2), of which the system's own
counts of cores and memory know nothing.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

__all__ = ["VISIBLE", "Gpu", "cores", "free_memory", "has_mps", "installed_gpus", "visible_gpus"]

VISIBLE: Final = "CUDA_VISIBLE_DEVICES"
CGROUPS: Final = Path("/sys/fs/cgroup")
_QUERY: Final = ("--query-gpu=uuid,memory.free,mig.mode.current", "--format=csv,noheader,nounits")
_PATIENCE: Final = 10.0


@final
@dataclass(frozen=True)
class Gpu:
    """A GPU.

    Attributes:
        name: As ``CUDA_VISIBLE_DEVICES`` takes it: an index or the beginning of a UUID.
        uuid: Its whole UUID, or "" where unknown.
        free: Free bytes of its memory, or None where unknown.
    """

    name: str
    uuid: str = ""
    free: int | None = None


def cores(cgroups: Path = CGROUPS) -> int:
    """The physical cores that this process may use; at least 1."""
    import psutil

    limits = [psutil.cpu_count(logical=False) or os.cpu_count() or 1]
    if hasattr(os, "sched_getaffinity"):
        limits.append(len({_siblings(cpu) for cpu in os.sched_getaffinity(0)}))
    limits.extend(int(quota) for quota in _quotas(cgroups))
    return max(1, min(limits))


def free_memory(cgroups: Path = CGROUPS) -> int:
    """The bytes of main memory that new processes may take."""
    import psutil

    return max(0, min([int(psutil.virtual_memory().available), *_room(cgroups)]))


def has_mps() -> bool:
    """Whether torch's ``mps`` is what this machine computes on: a Mac with Apple's own chip."""
    return sys.platform == "darwin" and platform.machine() == "arm64"


def installed_gpus() -> tuple[Gpu, ...]:
    """The GPUs in this machine, in the order of their indices."""
    found = [line.split(", ") for line in _ask_driver().splitlines()]
    if found:
        return tuple(
            # A part of a partitioned GPU has less memory than is reported of the whole.
            Gpu(str(i), uuid, None if mig == "Enabled" else _mebibytes(free))
            for i, (uuid, free, mig) in enumerate(found)
        )
    nodes = [path.name for path in Path("/dev").glob("nvidia*") if path.name[6:].isdigit()]
    return tuple(Gpu(str(i)) for i in range(len(nodes)))


def visible_gpus(environ: Mapping[str, str], installed: tuple[Gpu, ...]) -> tuple[Gpu, ...]:
    """The installed GPUs that the caller lets us see, under the names that the caller gave them.

    As CUDA reads its variable: the list ends before the first name of no GPU, and a list that names
    a GPU twice is empty.
    """
    if VISIBLE not in environ or not installed:
        return installed
    found: list[Gpu] = []
    for name in (part.strip() for part in environ[VISIBLE].split(",")):
        gpu = _named(name, installed, by_bus=environ.get("CUDA_DEVICE_ORDER") == "PCI_BUS_ID")
        if gpu is None:
            break
        found.append(gpu)
    return tuple(found) if len({gpu.name for gpu in found}) == len(found) else ()


def _named(name: str, installed: tuple[Gpu, ...], *, by_bus: bool) -> Gpu | None:
    if name.isdecimal() and int(name) < len(installed):
        # CUDA counts the fastest GPU first, the driver by their place: which one is not known.
        known = [gpu.free for gpu in installed if gpu.free is not None]
        least = min(known) if len(known) == len(installed) else None
        return Gpu(name, free=installed[int(name)].free if by_bus else least)
    if name.startswith("GPU-"):
        return next((Gpu(name, g.uuid, g.free) for g in installed if g.uuid.startswith(name)), None)
    return Gpu(name) if name.startswith("MIG-") else None


def _ask_driver() -> str:
    program = shutil.which("nvidia-smi")
    if program is None:
        return ""
    with suppress(OSError, subprocess.SubprocessError):
        asked = subprocess.run(
            [program, *_QUERY], capture_output=True, text=True, timeout=_PATIENCE, check=True
        )
        return asked.stdout
    return ""


def _mebibytes(text: str) -> int | None:
    return int(text) * 2**20 if text.isdecimal() else None


def _siblings(cpu: int) -> str:
    """The hardware threads of a processor's core; the processor itself where that is not told."""
    path = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
    return _text(path) or str(cpu)


def _quotas(cgroups: Path) -> Iterator[float]:
    """Yield the cores' worth of time that each control group may take."""
    for group in _groups(cgroups):
        two = _text(group / "cpu.max").split()
        one = [_text(group / "cpu.cfs_quota_us"), _text(group / "cpu.cfs_period_us")]
        for pair in (two, one):
            # Without a limit the quota is "max" or -1.
            if len(pair) == 2 and all(text.isdecimal() and int(text) for text in pair):
                yield int(pair[0]) / int(pair[1])


def _room(cgroups: Path) -> Iterator[int]:
    """Yield the bytes that each control group may still take; cached files give way."""
    for group in _groups(cgroups):
        for most, used in (
            ("memory.max", "memory.current"),
            ("memory.limit_in_bytes", "memory.usage_in_bytes"),
        ):
            limit, taken = _text(group / most), _text(group / used)
            if limit.isdecimal() and taken.isdecimal():
                yield int(limit) - int(taken) + _cached_files(group)


def _cached_files(group: Path) -> int:
    pairs = (line.split() for line in _text(group / "memory.stat").splitlines())
    return sum(int(pair[1]) for pair in pairs if pair[0] in ("active_file", "inactive_file"))


def _groups(cgroups: Path) -> Iterator[Path]:
    """Yield the folders of this process's control groups and of those around them."""
    for line in _text(Path("/proc/self/cgroup")).splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            base = cgroups / controller
            place = base / path.lstrip("/")
            yield from (p for p in (place, *place.parents) if p.is_relative_to(base))


def _text(path: Path) -> str:
    with suppress(OSError):
        return path.read_text(encoding="utf-8").strip()
    return ""
