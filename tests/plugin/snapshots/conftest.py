"""A project whose snapshots are recorded by stand-alone hooks, in one process and in several.

The judgements are made up, so that nothing here depends on a model or a verdict.
"""

from __future__ import annotations

from textwrap import dedent

import pytest
import syrupy

from claimkit.evidence.snapshots import ClaimSnapshot
from claimkit.evidence.verdicts import Verdict

_HOOKS = """
    import os
    import pytest
    from claimkit.evidence.samples import Sample
    from claimkit.evidence.snapshots import ClaimSnapshot
    from claimkit.evidence.verdicts import Estimate, Interval, Verdict
    from claimkit.plugin.claims import short_name
    from claimkit.plugin.snapshotting import Snapshots, keep_unused
    from claimkit.tasks import SAMPLER_VERSION

    def pytest_addoption(parser):
        parser.addoption("--folder", default="claims/__snapshots__/tiny")
        parser.addoption("--keep", action="store_true")
        parser.addoption("--first", action="store_true")

    def pytest_collection_modifyitems(config, items):
        if config.option.first:
            del items[1:]

    def pytest_configure(config):
        config.addinivalue_line("markers", "claim(number): states a claim")
        folder = config.rootpath / config.option.folder
        config.snapshots = Snapshots(folder, getattr(config.option, "update_snapshots", False))
        config.pluginmanager.register(config.snapshots, "claimkit-snapshots")
        if config.option.keep:
            keep_unused(config)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(item):
        try:
            return (yield)
        finally:
            item.config.snapshots.touch(item)

    @pytest.fixture
    def measure(request):
        def record(value=0.5):
            value += float(os.environ.get("SHIFT", "0"))
            setting = '{"length":10,"symbols":26}'
            sample = Sample("UR", setting, "claim", SAMPLER_VERSION, "f00d", "0a", (True,) * 64)
            request.config.snapshots.record(request.node, ClaimSnapshot(
                test=short_name(request.node.nodeid), claim="A10", verdict=Verdict.HOLDS,
                label="UR at length 10", needs="> 0", streams=(sample,),
                effect=Estimate(value, Interval(value - 0.1, value + 0.1), 64, "strings", False)))
        return record

    @pytest.fixture
    def baseline(request):
        return lambda: request.config.snapshots.baseline(request.node)
"""

_MANY = """
    import pytest

    @pytest.mark.claim("A10")
    @pytest.mark.parametrize("number", range({count}), ids="A10-rule+example-n={{}}".format)
    def test_{name}(measure, number):
        measure(number / 100)
"""

_ENDINGS = """
    import pytest

    @pytest.fixture
    def broken():
        raise RuntimeError("no model")

    @pytest.mark.claim("A10")
    @pytest.mark.skip
    def test_skipped(measure):
        measure()

    @pytest.mark.claim("A10")
    def test_skips(measure):
        pytest.skip("undecided")

    @pytest.mark.claim("A10")
    def test_xfails(measure):
        pytest.xfail("expected")

    @pytest.mark.claim("A10")
    def test_fails(measure):
        assert 0

    @pytest.mark.claim("A10")
    def test_errs(broken, measure):
        measure()

    @pytest.mark.claim("A10")
    def test_passes(measure):
        measure()
"""
_NAMES = ("skipped", "skips", "xfails", "fails", "errs", "passes")

_TEXT = ClaimSnapshot(
    test="TEST", claim="A10", verdict=Verdict.HOLDS, label="UR at length 10", needs="> 0"
).to_text()


class Project:
    """Runs pytest in a folder of claims, and looks at their snapshots.

    Attributes:
        endings: Source of tests that end in every way there is.
        names: Their snapshots, as :meth:`files` names those in ``test_a``.
    """

    endings = _ENDINGS
    names = tuple(f"test_a::test_{name}" for name in _NAMES)

    def __init__(self, pytester):
        self.pytester = pytester
        self.home = pytester.mkdir("claims")
        self.folder = self.home / "__snapshots__" / "tiny"

    def claims(self, **files):
        """Write files of claims."""
        for name, source in files.items():
            (self.home / f"{name}.py").write_text(dedent(source), encoding="utf-8")

    def many(self, name, count):
        """Write a file of claims that record numbers of their own."""
        self.claims(**{f"test_{name}": _MANY.format(name=name, count=count)})

    def recorded(self, *tests, folder=None):
        """Write made-up snapshots of tests, given as file and test name."""
        for test in tests:
            module, name = test.split("::")
            path = (folder or self.folder) / module / f"{name}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            text = _TEXT.replace("TEST", f"{module}.py::{name}")
            path.write_text(text, encoding="utf-8")

    def run(self, *args, on=("claims",)):
        """Run pytest in this process, or with workers."""
        return self.pytester.runpytest_inprocess(*on, *args)

    def files(self):
        """Return the names of all snapshots below the folder of claims."""
        return sorted(f"{p.parent.name}::{p.stem}" for p in self.home.rglob("*.json"))

    def content(self):
        """Return the bytes of every snapshot of the model."""
        return {path: path.read_bytes() for path in self.folder.rglob("*.json")}


@pytest.fixture
def project(pytester, monkeypatch):
    """A folder of claims whose snapshots stand-alone hooks record."""
    # Syrupy takes a run that was started by a worker for a worker.
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    # A run in this process replaces what syrupy knows of this one.
    monkeypatch.setattr(syrupy, "_syrupy", syrupy._syrupy)
    pytester.makeini(
        "[pytest]\naddopts = -p no:hypothesispytest -p no:anyio -p no:cacheprovider --tb=short"
    )
    pytester.makeconftest(_HOOKS)
    return Project(pytester)
