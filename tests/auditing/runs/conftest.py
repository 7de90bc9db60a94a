"""A root of runs of which it is known what they can do."""

import pytest
from tests.auditing.runs.planting import plant, tiny_recipe, write_run

from claimkit.auditing.runs.audit import RunsAudit
from claimkit.training.scratch.course import build_model


@pytest.fixture(scope="session")
def planted_root(tmp_path_factory):
    """Runs that keep their task, that lose it, that never learned it; some tasks have none.

    From position 12 on, a run that loses its task is lost: there lie the answers to contexts of 9
    symbols, which are the shortest of bin 2.
    """
    root = tmp_path_factory.mktemp("runs")
    for seed in (1, 2):
        plant(root, "UR", seed=seed)
    plant(root, "UL")
    plant(root, "UR", architecture="llama")
    plant(root, "UL", architecture="llama", upto=12)
    plant(root, "NRLast")
    plant(root, "NRFirst", upto=12)
    plant(root, "NLFirst", seed=1)
    for task in ("NLFirst", "NLLast"):
        recipe = tiny_recipe(task, seed=2)
        write_run(root, recipe, build_model(recipe))
    return root


@pytest.fixture(scope="session")
def measured(tmp_path_factory):
    """The folder of a store that all tests of this folder fill."""
    return tmp_path_factory.mktemp("evidence")


@pytest.fixture(scope="session")
def opened(planted_root, measured):
    """Opens an audit of the planted runs, with other options where told."""

    def open_audit(**options):
        usual = {"root": planted_root, "preset": "small", "evidence": measured}
        return RunsAudit.open(**{**usual, "alpha": 0.001, "margin": 0.02, **options})

    return open_audit


@pytest.fixture(scope="session")
def audit(opened):
    """An audit of the planted runs."""
    return opened()
