"""The list of runs."""

import pytest

from claimkit.reporting.journal import write_run
from claimkit.reporting.listing import listing
from claimkit.reporting.records import MODEL, THEORY, ClaimRecord, RunRecord


@pytest.mark.parametrize("subject, model", [(THEORY, "none"), (MODEL, "unnamed")])
def test_a_run_about_theory_had_no_model(tmp_path, subject, model):
    """That is told apart from a model whose name was lost."""
    claim = ClaimRecord("t.py::a", "A1", "s", "", False, "holds", subject=subject)
    write_run(RunRecord((claim,)), tmp_path / "run")

    _, row = listing([tmp_path / "run"]).splitlines()
    assert row.split() == ["run", model, "1", "1", "holds", "complete"]
