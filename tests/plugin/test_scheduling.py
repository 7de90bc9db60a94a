"""How many workers a machine can feed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.plugin.scheduling import (
    CUDA_WORKER_MEMORY,
    GB,
    WORKER_MEMORY,
    Facts,
    plan_workers,
    threads_per_worker,
)

CARD = 140 * GB


@pytest.mark.parametrize(
    "workers, facts",
    [
        # One per core, as far as the main memory goes.
        (2, Facts(cores=2, memory=64 * GB, weights=0)),
        (8, Facts(cores=8, memory=64 * GB, weights=1 * GB)),
        (4, Facts(cores=8, memory=8 * GB, weights=1 * GB)),
        (1, Facts(cores=8, memory=24 * GB, weights=16 * GB)),
        # Even if there is too little for one: it may still do, and says so if not.
        (1, Facts(cores=8, memory=0, weights=16 * GB)),
        # One per GPU.
        (1, Facts(cores=16, memory=500 * GB, weights=16 * GB, gpus=(24 * GB,))),
        (8, Facts(cores=64, memory=500 * GB, weights=16 * GB, gpus=(80 * GB,) * 8)),
        # A GPU whose free memory is not known has one.
        (2, Facts(cores=16, memory=500 * GB, weights=0, gpus=(None, None))),
        # Several where all of them fit twice: 4 × (1 + 4) ≤ 140 / 2, but 4 × (16 + 4) is not.
        (4, Facts(cores=16, memory=500 * GB, weights=1 * GB, gpus=(CARD,))),
        (1, Facts(cores=16, memory=500 * GB, weights=16 * GB, gpus=(CARD,))),
        (5, Facts(cores=16, memory=500 * GB, weights=1 * GB, gpus=(CARD, None))),
        # Never more than cores, nor than the main memory holds.
        (3, Facts(cores=3, memory=500 * GB, weights=1 * GB, gpus=(CARD, CARD))),
        (2, Facts(cores=16, memory=7 * GB, weights=1 * GB, gpus=(CARD, CARD))),
        # A model that is spread over all GPUs.
        (1, Facts(cores=64, memory=500 * GB, weights=16 * GB, gpus=(80 * GB,) * 8, whole=True)),
    ],
)
def test_workers_for_a_machine(workers, facts):
    """The number of workers follows from cores, memory, GPUs and the size of the model."""
    assert plan_workers(facts) == workers


SIZES = st.integers(0, 2000 * GB)
MACHINES = st.builds(
    Facts,
    cores=st.integers(1, 256),
    memory=SIZES,
    weights=st.integers(0, 300 * GB),
    gpus=st.lists(st.none() | st.integers(0, 200 * GB), max_size=8).map(tuple),
    whole=st.booleans(),
)


@given(facts=MACHINES)
def test_there_is_always_a_worker_and_a_thread_within_the_cores(facts):
    """At least one worker with at least one thread, and together no more threads than cores."""
    workers = plan_workers(facts)

    assert workers >= 1
    assert 1 <= workers * threads_per_worker(facts.cores, workers) <= facts.cores


@given(facts=MACHINES)
def test_several_workers_fit_into_the_main_memory(facts):
    """Only a single worker may be more than the memory holds."""
    need = CUDA_WORKER_MEMORY if facts.gpus else WORKER_MEMORY + facts.weights
    workers = plan_workers(facts)

    assert workers == 1 or workers * need <= facts.memory


@given(facts=MACHINES, cores=st.integers(0, 64), memory=SIZES)
def test_a_better_machine_never_has_fewer_workers(facts, cores, memory):
    """More cores and more memory never cost a worker."""
    better = replace(facts, cores=facts.cores + cores, memory=facts.memory + memory)

    assert plan_workers(better) >= plan_workers(facts)


@given(facts=MACHINES.filter(lambda facts: facts.gpus), free=st.none() | st.integers(0, 200 * GB))
def test_one_more_gpu_never_costs_a_worker(facts, free):
    """A further GPU adds its workers to those of the others."""
    assert plan_workers(replace(facts, gpus=(*facts.gpus, free))) >= plan_workers(facts)


@given(facts=MACHINES, more=st.integers(0, 300 * GB))
def test_a_larger_model_never_has_more_workers(facts, more):
    """Every worker has its own copy of the weights."""
    assert plan_workers(replace(facts, weights=facts.weights + more)) <= plan_workers(facts)


@given(cores=st.integers(1, 256), workers=st.integers(1, 1024))
def test_more_workers_than_cores_have_one_thread_each(cores, workers):
    """Who asks for more workers than cores gets them, with one thread each."""
    threads = threads_per_worker(cores, workers)

    assert threads == 1 or threads * workers <= cores
