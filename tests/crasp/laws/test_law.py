"""A law holds if nothing was found that breaks it."""

from claimkit.crasp.laws.law import Law


def test_a_law_without_a_counterexample_holds():
    """And one with a counterexample does not."""
    assert Law("UR cut in two", "all cuts").holds
    assert not Law("UR cut in two", "all cuts", "NEXT differs").holds
