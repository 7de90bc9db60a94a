"""Whether a command line runs claims: only then is the bundled model looked at before the run."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from claimkit.reporting.places import bundled_claims
from claimkit.reporting.records import MODEL, SUBJECTS

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
    packages = pyargs and any(map(_is_packaged, names))
    paths = [Path(os.path.abspath(cwd / name)) for name in names]
    return packages or any(FOLDER in path.parts or (path / FOLDER).is_dir() for path in paths)


def runs_bundled_claims(arguments: Iterable[str], cwd: Path, *, pyargs: bool = False) -> bool:
    """Return whether every argument is, or lies in, the folder of claims that claimkit ships."""
    names = [argument.partition("::")[0] for argument in arguments]
    packaged = [pyargs and _is_packaged(name) for name in names]
    home = bundled_claims()
    inside = [(cwd / name).resolve().is_relative_to(home) for name in names]
    return bool(names) and all(a or b for a, b in zip(packaged, inside, strict=True))


def targeted_subjects(
    arguments: Iterable[str], cwd: Path, *, pyargs: bool = False
) -> frozenset[str] | None:
    """Return what the claims are about in files that examine no model; None if one may.

    Told from the text of the files, before anything is imported; a folder is not looked into.
    """
    names = [argument.partition("::")[0] for argument in arguments]
    files = [_module(name) if pyargs and _is_packaged(name) else cwd / name for name in names]
    found = list(map(_subjects, files))
    return frozenset().union(*found) if found and all(found) else None


def about_models(config: pytest.Config, settings: Settings) -> bool:
    """Return whether a run examines a model: one that it names, or the bundled one in claims."""
    cwd, pyargs = config.invocation_params.dir, config.option.pyargs
    claims = targets_claims(config.args, cwd, pyargs=pyargs) and subjects(config) is None
    return settings.model is not None or claims


def subjects(config: pytest.Config) -> frozenset[str] | None:
    """Return what a run is about that examines no model, such as theory; None if it may."""
    cwd, pyargs = config.invocation_params.dir, config.option.pyargs
    return targeted_subjects(config.args, cwd, pyargs=pyargs)


def _is_packaged(name: str) -> bool:
    return f"{name}.".startswith(f"{PACKAGE}.")


def _module(name: str) -> Path:
    return bundled_claims().joinpath(*name.removeprefix(PACKAGE).split(".")).with_suffix(".py")


def _subjects(path: Path) -> frozenset[str]:
    """Return what the claims of a file are about; nothing if a test asks the model."""
    try:
        nodes = [*ast.walk(ast.parse(path.read_bytes()))]
    except (OSError, SyntaxError, ValueError):
        return frozenset()
    asks = any(isinstance(node, ast.arg) and node.arg in ("evidence", "texts") for node in nodes)
    named = frozenset(subject for node in nodes for subject in _named(node))
    return frozenset() if asks or MODEL in named else named


def _named(node: ast.AST) -> Iterator[str]:
    """Yield the subject that a node of a syntax tree names, as in ``subject="theory"``."""
    value = node.value if isinstance(node, ast.keyword) and node.arg == "subject" else None
    if isinstance(value, ast.Constant) and value.value in SUBJECTS:
        yield str(value.value)
