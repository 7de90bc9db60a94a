"""Which command lines run claims."""

from pathlib import Path

import pytest

from claimkit.plugin.targets import targeted_subjects, targets_claims

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


LAW = "import pytest\n@pytest.mark.claim('A1', subject='theory')\ndef test_x(judge): judge.law(0)\n"
FINDING = "import pytest\n@pytest.mark.claim('A10')\ndef test_y(evidence, judge): judge(0)\n"
OWN = "def test_z(judge): judge((0, 1), above=0)\n"


@pytest.fixture
def project(tmp_path):
    """A folder of claims: about theory, about models, about both, and a file that is none."""
    (tmp_path / "claims").mkdir()
    files = {"laws": LAW, "findings": FINDING, "both": LAW + FINDING, "own": OWN, "broken": "def"}
    for name, text in files.items():
        (tmp_path / "claims" / f"test_{name}.py").write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        ["claims/test_laws.py"],
        ["claims/test_laws.py::test_x[A1]"],
        ["./claims/test_laws.py::test_x", "claims/test_laws.py"],
    ],
)
def test_files_about_theory_are_recognised_by_their_text(project, arguments):
    """One that says so, and in which no test asks for evidence, examines no model."""
    assert targeted_subjects(arguments, project) == {"theory"}


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["claims"],
        ["claims/test_findings.py"],
        ["claims/test_both.py"],
        ["claims/test_laws.py", "claims/test_findings.py"],
        ["claims/test_own.py"],
        ["claims/test_broken.py"],
        ["claims/test_missing.py"],
    ],
)
def test_whatever_may_examine_a_model_is_not_about_theory(project, arguments):
    """Nor what cannot be read: then the model is looked at, which is only slower."""
    assert targeted_subjects(arguments, project) is None


def test_packaged_claims_about_theory_are_recognised(project, monkeypatch):
    """A module of the installed package is told by its file."""
    monkeypatch.setattr("claimkit.plugin.targets.bundled_claims", lambda: project / "claims")
    laws, both = "claimkit.claims.test_laws::test_x", "claimkit.claims.test_both"

    assert targeted_subjects([laws], project, pyargs=True) == {"theory"}
    assert targeted_subjects([laws], project) is None
    assert targeted_subjects([both], project, pyargs=True) is None
    assert targeted_subjects(["claimkit.claims"], project, pyargs=True) is None
