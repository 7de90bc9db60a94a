"""pytest-xdist: how many workers, what each may use, and what the controller tells them.

Threads times workers stay within the cores, and a worker sees one GPU; both are said in environment
variables before torch is imported, and a number of threads that the caller has set is left alone.
"""

from __future__ import annotations

import os
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any, Final, final

import pytest

from claimkit.errors import ClaimkitError
from claimkit.plugin.claims import announced
from claimkit.plugin.machine import (
    VISIBLE,
    Gpu,
    cores,
    free_memory,
    has_mps,
    installed_gpus,
    visible_gpus,
)
from claimkit.plugin.progress import Progress, by_line
from claimkit.plugin.scheduling import Facts, plan_workers, threads_per_worker
from claimkit.plugin.session import weight_bytes
from claimkit.plugin.settings import settings_of
from claimkit.plugin.targets import about_models, subjects
from claimkit.reporting.records import FINETUNED, RUNS

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, MutableMapping

    from xdist.workermanage import WorkerController

    from claimkit.plugin.session import Prepared
    from claimkit.plugin.settings import Settings

THREADS: Final = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")
RUN_BYTES: Final = 64 * 10**6
"""More than the weights of a run from scratch, with what training keeps beside them."""


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Answer ``-n auto`` from cores, GPUs, free memory and the size of the model."""
    if os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS"):
        return None
    try:
        return plan_workers(facts_of(config))
    except ClaimkitError:
        # The same look at options and model follows at once, and says what is wrong.
        return 1


@pytest.hookimpl(wrapper=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, object, object]:
    """Make a plan in this process: it only collects."""
    if config.option.claimkit_plan:
        config.option.numprocesses = 0
    return (yield)


def facts_of(config: pytest.Config) -> Facts:
    """Look at the machine, and at the size of the model if claims about models are to be run.

    Raises:
        ClaimkitError: If an option is wrong, or the model cannot be found.
    """
    settings = settings_of(config)
    trained = (subjects(config) or frozenset()) & {RUNS, FINETUNED}
    if not (trained or about_models(config, settings)):
        return Facts(cores(), free_memory(), weights=0)
    gpus = usable_gpus(settings, os.environ)
    alone = settings.device_map is not None or settings.device == "mps"
    # Runs from scratch are small; the base of fine-tuned ones may be a model like any other.
    small = RUNS in trained and settings.model is None and FINETUNED not in trained
    weights = RUN_BYTES if small else weight_bytes(settings, on_cpu=not gpus, tuned=bool(trained))
    return Facts(
        cores=cores(),
        memory=free_memory(),
        weights=weights,
        gpus=tuple(gpu.free for gpu in gpus),
        whole=alone or (settings.device == "auto" and not gpus and has_mps()),
    )


def usable_gpus(settings: Settings, environ: Mapping[str, str]) -> tuple[Gpu, ...]:
    """The GPUs that the model may be put on."""
    kind, _, index = settings.device.partition(":")
    if kind not in ("auto", "cuda"):
        return ()
    gpus = visible_gpus(environ, installed_gpus())
    return gpus[int(index) :][:1] if index else gpus


def share_of(settings: Settings, place: int, workers: int, gpus: tuple[Gpu, ...]) -> dict[str, Any]:
    """What one worker may use, as plain values for :func:`take_share`.

    Args:
        settings: Whether a worker keeps to one GPU.
        place: The worker's place among those that run now, from 0; who replaces a worker that died
            has its place.
        workers: How many places there are.
        gpus: Those that the caller may use.
    """
    # A model that is spread over GPUs, or told which to take, needs to see them as they are.
    one = gpus and settings.device in ("auto", "cuda") and settings.device_map is None
    # A name of the caller's own list, which may hold GPUs 2 and 3 only.
    gpu = gpus[place % len(gpus)].name if one else None
    return {"threads": threads_per_worker(cores(), workers), "gpu": gpu}


def starts_workers(config: pytest.Config) -> bool:
    """Return whether this process is about to start workers."""
    return bool(config.getoption("dist", "no") != "no" and not config.option.collectonly)


def keep_memory(environ: MutableMapping[str, str]) -> None:
    """Let workers keep the memory of one batch for the next, in the environment they start with.

    By default glibc gives every tensor of some hundred KB back to the system, and fetching its
    pages again took a fifth of the time of scoring with a small model on a CPU.
    """
    environ.setdefault("MALLOC_MMAP_THRESHOLD_", str(32 * 2**20))
    environ.setdefault("MALLOC_TRIM_THRESHOLD_", str(512 * 2**20))


def take_share(environ: MutableMapping[str, str], share: Mapping[str, Any]) -> None:
    """Keep to a share of the machine, in the environment that torch will read."""
    for name in THREADS:
        environ.setdefault(name, str(share["threads"]))
    if share["gpu"] is not None:
        environ[VISIBLE] = share["gpu"]


@final
class Controller:
    """Pytest plugin of the controller: hands each worker what is known, and hears what it tells.

    Args:
        config: Pytest's configuration.
        settings: The run's options.
        prepared: What is known of the model, if it was looked at.
        expect: Called with what a worker announces of its claims, by test id.
    """

    def __init__(
        self,
        config: pytest.Config,
        settings: Settings,
        prepared: Prepared | None,
        expect: Callable[[Mapping[str, Mapping[str, Any]]], None],
    ) -> None:
        self._config = config
        self._settings = settings
        self._prepared = prepared
        self._expect = expect
        self._channels: list[Any] = []
        self._places: dict[str, int] = {}
        self._complaint: str | None = None

    @cached_property
    def _gpus(self) -> tuple[Gpu, ...]:
        return usable_gpus(self._settings, os.environ)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: WorkerController) -> None:
        """Fill the worker's input before it starts."""
        channel = node.gateway.newchannel()
        channel.setcallback(self._hear)
        self._channels.append(channel)
        node.workerinput["claimkit_prepared"] = self._prepared and dict(self._prepared)
        node.workerinput["claimkit_channel"] = channel
        place = next(place for place in count() if place not in self._places.values())
        self._places[node.gateway.id] = place
        workers = node.workerinput["workercount"]
        node.workerinput["claimkit_share"] = share_of(self._settings, place, workers, self._gpus)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: WorkerController) -> None:
        """Free the place of a worker that ended or died, for the one that replaces it."""
        self._places.pop(node.gateway.id, None)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self) -> None:
        """End the run if a worker complained of an option, which it told before what it found."""
        if self._complaint is not None:
            raise pytest.UsageError(self._complaint)

    def _hear(self, told: Mapping[str, Any]) -> None:
        """Take one message of a worker; called beside the main thread, so nothing is raised."""
        if "claims" in told:
            self._expect(told["claims"])
        elif "complaint" in told:
            self._complaint = told["complaint"]
        else:
            self._show(told["progress"])

    def _show(self, text: str) -> None:
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.ensure_newline()
            reporter.write_line(text)


@final
class Worker:
    """Pytest plugin of a worker: tells the controller which tests are claims, and its progress.

    A controller sees ids only; it has to know the claims even if no worker lives to report one.
    """

    def __init__(self, workerinput: Mapping[str, Any]) -> None:
        self._name = workerinput["workerid"]
        self._channel = workerinput["claimkit_channel"]

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Tell the claims before pytest-xdist sends the ids."""
        self._channel.send({"claims": announced(session.items)})

    def complain(self, sentence: str) -> None:
        """Tell what is wrong with the options, for the controller to end the run."""
        self._channel.send({"complaint": sentence})

    def progress(self) -> Progress:
        """Progress as lines that the controller shows."""
        return by_line(lambda text: self._channel.send({"progress": f"{self._name}: {text}"}))
