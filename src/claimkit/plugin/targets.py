"""Whether a command line runs claims: only then is the bundled model looked at before the run."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from claimkit.reporting.places import bundled_claims

if TYPE_CHECKING:
    import pytest

    from claimkit.plugin.settings import Settings

PACKAGE = "claimkit.claims"
FOLDER = "claims"


def targets_claims(arguments: Iterable[str], cwd: Path, *, pyargs: bool = False) -> bool:
    """Return whether some argument is, holds or lies in a folder named ``claims``.

    Args:
        arguments: What pytest is to collect: paths or test ids.
        cwd: The folder that relative paths start from.
        pyargs: Whether arguments may be names of packages.

    >>> targets_claims(["claims/test_directional_bias.py::test_x"], Path("/project"))
    True
    >>> targets_claims(["tests"], Path("/project"))
    False
    """
    names = [argument.partition("::")[0] for argument in arguments]
    packages = pyargs and any(f"{name}.".startswith(f"{PACKAGE}.") for name in names)
    paths = [Path(os.path.abspath(cwd / name)) for name in names]
    return packages or any(FOLDER in path.parts or (path / FOLDER).is_dir() for path in paths)


def runs_bundled_claims(arguments: Iterable[str], cwd: Path, *, pyargs: bool = False) -> bool:
    """Return whether every argument is, or lies in, the folder of claims that claimkit ships."""
    names = [argument.partition("::")[0] for argument in arguments]
    packaged = [pyargs and f"{name}.".startswith(f"{PACKAGE}.") for name in names]
    home = bundled_claims()
    inside = [(cwd / name).resolve().is_relative_to(home) for name in names]
    return bool(names) and all(a or b for a, b in zip(packaged, inside, strict=True))


def about_models(config: pytest.Config, settings: Settings) -> bool:
    """Return whether a run examines a model: one that it names, or the bundled one in claims."""
    cwd, pyargs = config.invocation_params.dir, config.option.pyargs
    return settings.model is not None or targets_claims(config.args, cwd, pyargs=pyargs)
