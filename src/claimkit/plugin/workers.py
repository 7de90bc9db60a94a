"""pytest-xdist: how many workers, what each may use, and what the controller tells them.

Threads times workers stay within the cores, and a worker sees one GPU; both are said in environment
variables before torch is imported, and a value that the caller has set is left alone.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, final

import pytest

from claimkit.plugin.claims import numbers
from claimkit.plugin.progress import Progress, by_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping

    from xdist.workermanage import WorkerController

    from claimkit.plugin.session import Prepared

THREADS: Final = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")
VISIBLE: Final = "CUDA_VISIBLE_DEVICES"


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Answer ``-n auto``: one worker per visible GPU, or one per physical core."""
    if os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS"):
        return None
    device = config.getoption("claimkit_device")
    if re.fullmatch(r"cuda:\d+", device):
        return 1
    if device in ("auto", "cuda") and visible_gpus(os.environ):
        return len(visible_gpus(os.environ))
    return cores()


def cores() -> int:
    """The physical cores that this process may use; at least 1."""
    import psutil

    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(psutil.cpu_count(logical=False) or 1, allowed or 1)


def visible_gpus(environ: MutableMapping[str, str]) -> list[str]:
    """The GPUs that the caller lets us see, as ``CUDA_VISIBLE_DEVICES`` names them."""
    if VISIBLE in environ:
        names = [name.strip() for name in environ[VISIBLE].split(",") if name.strip()]
        # CUDA stops reading at the first impossible index.
        return names[: names.index("-1")] if "-1" in names else names
    found = [path.name for path in Path("/dev").glob("nvidia*")]
    return sorted(name.removeprefix("nvidia") for name in found if name[6:].isdigit())


def share_machine(
    environ: MutableMapping[str, str], worker: str, workers: int, device: str
) -> None:
    """Give a worker its share of cores and its GPU, in the environment that torch will read.

    Args:
        environ: Changed in place.
        worker: The worker's name, ``gw0``, ``gw1``, …
        workers: How many there are.
        device: The device that was asked for.
    """
    for name in THREADS:
        environ.setdefault(name, str(max(1, cores() // workers)))
    gpus = visible_gpus(environ)
    if device in ("auto", "cuda") and gpus:
        # An index into the caller's own list, which may name GPUs 2 and 3 only.
        environ[VISIBLE] = gpus[int(worker.removeprefix("gw")) % len(gpus)]


@final
class Controller:
    """Pytest plugin of the controller: hands each worker what is known, and hears what it tells.

    Args:
        config: Pytest's configuration.
        prepared: What is known of the model, if it was looked at.
        expect: Called with a worker's claims: test id to claim number.
    """

    def __init__(
        self,
        config: pytest.Config,
        prepared: Prepared | None,
        expect: Callable[[Mapping[str, str]], None],
    ) -> None:
        self._config = config
        self._prepared = prepared
        self._expect = expect
        self._channels: list[Any] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: WorkerController) -> None:
        """Fill the worker's input before it starts."""
        channel = node.gateway.newchannel()
        channel.setcallback(self._hear)
        self._channels.append(channel)
        node.workerinput["claimkit_prepared"] = self._prepared and dict(self._prepared)
        node.workerinput["claimkit_channel"] = channel

    def _hear(self, told: Mapping[str, str] | str) -> None:
        if not isinstance(told, str):
            self._expect(told)
            return
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.ensure_newline()
            reporter.write_line(told)


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
        self._channel.send(numbers(session.items))

    def progress(self) -> Progress:
        """Progress as lines that the controller shows."""
        return by_line(lambda text: self._channel.send(f"{self._name}: {text}"))
