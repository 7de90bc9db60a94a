"""Whether a command line runs claims: only then is the bundled model looked at before the run."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from claimkit.reporting.places import bundled_claims
from claimkit.reporting.records import THEORY

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


def targets_theory(arguments: Iterable[str], cwd: Path, *, pyargs: bool = False) -> bool:
    """Return whether every argument is, or lies in, a file whose claims are about no model.

    Told from the text of the file, before anything is imported; a folder is not looked into.
    """
    names = [argument.partition("::")[0] for argument in arguments]
    files = [_module(name) if pyargs and _is_packaged(name) else cwd / name for name in names]
    return bool(files) and all(map(_is_theory, files))


def about_models(config: pytest.Config, settings: Settings) -> bool:
    """Return whether a run examines a model: one that it names, or the bundled one in claims."""
    cwd, pyargs = config.invocation_params.dir, config.option.pyargs
    claims = targets_claims(config.args, cwd, pyargs=pyargs) and not about_theory(config)
    return settings.model is not None or claims


def about_theory(config: pytest.Config) -> bool:
    """Return whether a run is of nothing but claims about theory."""
    cwd, pyargs = config.invocation_params.dir, config.option.pyargs
    return targets_theory(config.args, cwd, pyargs=pyargs)


def _is_packaged(name: str) -> bool:
    return f"{name}.".startswith(f"{PACKAGE}.")


def _module(name: str) -> Path:
    return bundled_claims().joinpath(*name.removeprefix(PACKAGE).split(".")).with_suffix(".py")


def _is_theory(path: Path) -> bool:
    """Whether a file has a claim about theory and no test that asks for evidence."""
    try:
        nodes = [*ast.walk(ast.parse(path.read_bytes()))]
    except (OSError, SyntaxError, ValueError):
        return False
    asks = any(isinstance(node, ast.arg) and node.arg == "evidence" for node in nodes)
    return not asks and any(map(_names_theory, nodes))


def _names_theory(node: ast.AST) -> bool:
    """Whether a node of a syntax tree is the argument ``subject="theory"``."""
    value = node.value if isinstance(node, ast.keyword) and node.arg == "subject" else None
    return isinstance(value, ast.Constant) and value.value == THEORY
