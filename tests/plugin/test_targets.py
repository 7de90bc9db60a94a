"""Which command lines run claims."""

from pathlib import Path

import pytest

from claimkit.plugin.targets import targets_claims

CWD = Path("/project")


@pytest.mark.parametrize(
    "arguments, pyargs",
    [
        (["claims"], False),
        (["claims/"], False),
        (["tests", "./claims"], False),
        (["claims/test_a.py::test_x[A10-length=10]"], False),
        (["../project/claims"], False),
        (["claimkit.claims"], True),
        (["claimkit.claims.test_a::test_x"], True),
    ],
)
def test_claims_are_recognised_by_folder_or_package(arguments, pyargs):
    """A folder named claims, what lies in it, and the installed package hold claims."""
    assert targets_claims(arguments, CWD, pyargs=pyargs)


@pytest.mark.parametrize(
    "arguments, pyargs",
    [
        ([], False),
        (["tests"], False),
        (["tests/plugin/test_claims.py::claims"], False),
        (["claimkit.claims"], False),
        (["claimkit.claimsmanship"], True),
    ],
)
def test_other_arguments_name_no_claims(arguments, pyargs):
    """Words that only resemble the folder or the package do not count."""
    assert not targets_claims(arguments, CWD, pyargs=pyargs)


def test_a_folder_that_contains_claims_counts(tmp_path):
    """The folder above the claims runs them too, even when it is the one pytest is started in."""
    (tmp_path / "claims").mkdir()

    assert targets_claims(["."], tmp_path)
    assert not targets_claims(["tests"], tmp_path)
