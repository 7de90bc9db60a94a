"""A small checkpoint on disk, complete with tokenizer, and facts that forget when told."""

import runpy
import shutil
from pathlib import Path

import pytest

save_checkpoint = runpy.run_path(str(Path(__file__).with_name("faults.py")))["save_checkpoint"]


@pytest.fixture(scope="session")
def saved(tmp_path_factory):
    """One folder, written once; do not change it."""
    folder = tmp_path_factory.mktemp("checkpoint") / "tiny-llama"
    save_checkpoint(folder)
    return folder


@pytest.fixture
def folder(saved, tmp_path):
    """A copy of the folder that a test may break."""
    return shutil.copytree(saved, tmp_path / "tiny-llama")


class Notebook:
    """Remembers facts and counts how often."""

    def __init__(self):
        self.pages = {}
        self.written = 0

    def facts(self, name):
        """Return what was remembered."""
        return self.pages.get(name)

    def remember(self, name, facts):
        """Remember facts."""
        self.pages[name] = dict(facts)
        self.written += 1


@pytest.fixture
def notebook():
    """Facts that last as long as the test."""
    return Notebook()
