"""How many workers a machine can feed, told from a few facts; nothing here looks at the machine.

Every worker has its own copy of the weights. On GPUs there is one worker each, unless the memory
clearly allows more; without GPUs there is one worker per core, as far as the main memory goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

__all__ = ["Facts", "plan_workers", "threads_per_worker"]

GB: Final = 10**9
# Measured with a model of 3 MB: a worker has 0.4 GB of its own during an audit, and 1.0 GB
# after one batch of 64 × 256 tokens. With CUDA the libraries take more; that figure is an estimate.
WORKER_MEMORY: Final = 1 * GB
CUDA_WORKER_MEMORY: Final = 3 * GB
# What a batch takes beside the weights on a GPU.
GPU_BATCH_MEMORY: Final = 4 * GB
WORKERS_PER_GPU: Final = 4


@final
@dataclass(frozen=True)
class Facts:
    """What the number of workers depends on.

    Attributes:
        cores: Physical cores that may be used, at least 1.
        memory: Free bytes of main memory.
        weights: Bytes of one copy of the weights, in the numbers that it will be run in.
        gpus: Free bytes of every GPU to be used, None where unknown; empty to run on the CPU.
        whole: Whether one worker takes the whole machine: its model is spread over all devices, or
            the device cannot be shared.
    """

    cores: int
    memory: int
    weights: int
    gpus: tuple[int | None, ...] = ()
    whole: bool = False


def plan_workers(facts: Facts) -> int:
    """Return how many workers to start; at least 1.

    >>> plan_workers(Facts(cores=8, memory=16 * GB, weights=7 * GB))
    2
    >>> plan_workers(Facts(cores=8, memory=64 * GB, weights=7 * GB, gpus=(24 * GB, 24 * GB)))
    2
    """
    if facts.whole:
        return 1
    # On a GPU the weights only pass through the main memory, file by file.
    need = CUDA_WORKER_MEMORY if facts.gpus else WORKER_MEMORY + facts.weights
    places = sum(_workers_on(free, facts.weights) for free in facts.gpus) or facts.cores
    return max(1, min(facts.cores, facts.memory // need, places))


def threads_per_worker(cores: int, workers: int) -> int:
    """Return how many threads a worker may start: together no more than cores, but one each."""
    return max(1, cores // workers)


def _workers_on(free: int | None, weights: int) -> int:
    """Return how many workers share a GPU: several only where half of it would do for them."""
    all_of_them = WORKERS_PER_GPU * (weights + GPU_BATCH_MEMORY)
    return WORKERS_PER_GPU if free is not None and all_of_them <= free // 2 else 1
