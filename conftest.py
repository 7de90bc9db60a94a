"""Loads the claimkit plugin for every pytest run in this repository; nothing else."""

pytest_plugins = ["claimkit.plugin"]
