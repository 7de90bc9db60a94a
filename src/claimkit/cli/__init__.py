"""The ``claimkit`` command."""
