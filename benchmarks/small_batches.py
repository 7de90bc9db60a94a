"""A pytest plugin for benchmarks: strings go through the model in batches of at most seven.

    pytest -p small_batches …        # with this folder on PYTHONPATH

How many strings go together follows from the free memory, so there is no option for it.
"""

from __future__ import annotations

STRINGS = 7


def pytest_configure():
    """Set a limit in every process of the run; imports torch."""
    from claimkit.evaluation import scoring

    found = scoring.find_limits

    def find_limits(language_model, episodes, batch_size):
        return found(language_model, episodes, batch_size or STRINGS)

    scoring.find_limits = find_limits
