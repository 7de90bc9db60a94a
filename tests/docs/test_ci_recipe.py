"""The workflow of ``docs/ci.md``: its shell steps are run as they stand, from an installed wheel.

The repository it runs in is a git clone with a model and checkpoints, as a user's would be; only a
selection of claims is put in, through the environment. What GitHub itself does (fetching actions,
caching, uploading) is checked for form.
"""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

import claimkit

ROOT = Path(claimkit.__file__).parents[2]
MODELS = ROOT / "fixtures" / "models"
BLOCK = re.compile(r'^```yaml title="\.github/workflows/claimkit\.yml"\n(.*?)^```$', re.M | re.S)
# What is worse when forward-born becomes backward-born, and a risk that fails either way.
SELECTED = (
    "-k '(A13 and UR-UL and not drawn) or (R3 and UB and bare)' --lengths 10 --max-samples 64"
)
KEPT = [".claimkit/evidence", ".claimkit/examples"]


@pytest.fixture(scope="module")
def workflow():
    """The workflow that the page shows."""
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    return yaml.safe_load(BLOCK.search(page)[1])


@dataclass(frozen=True)
class Runner:
    """Runs the shell steps of a job in a clone of a user's repository.

    Attributes:
        workflow: The parsed workflow.
        clone: The folder that a checkout makes.
        environment: What GitHub and a user's system set.
    """

    workflow: dict
    clone: Path
    environment: dict

    def run(self, job):
        """Return the exit status of the step that ended a job, and what its steps printed.

        Installing is left out: the wheel is installed already.
        """
        printed = ""
        for step in self.workflow["jobs"][job]["steps"]:
            if "run" not in step or step["name"] == "Install":
                continue
            done = subprocess.run(
                # As GitHub runs a step that names no shell.
                ["bash", "-e", "-c", step["run"]],
                cwd=self.clone,
                env={**self.environment, **self.workflow["env"]},
                capture_output=True,
                text=True,
                check=False,
            )
            printed += done.stdout + done.stderr
            if done.returncode:
                return done.returncode, printed
        return 0, printed

    def git(self, *arguments):
        """Run git in the clone; return what it printed."""
        done = subprocess.run(
            ["git", "-c", "user.name=u", "-c", "user.email=u@example.org", *arguments],
            cwd=self.clone,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def uploads(self, job):
        """Return the paths that a job uploads whatever happened."""
        steps = self.workflow["jobs"][job]["steps"]
        uploads = [step for step in steps if "upload-artifact" in step.get("uses", "")]
        assert all(step["if"] == "always()" for step in uploads)
        return [self.clone / step["with"]["path"] for step in uploads]


@pytest.fixture(scope="module")
def runner(workflow, tmp_path_factory):
    """A clone with ``model`` and two ``checkpoints``, in a system with the wheel installed."""
    folder = tmp_path_factory.mktemp("ci")
    environment = {
        **{name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")},
        "PATH": os.pathsep.join([str(_commands(folder)), os.environ["PATH"]]),
        "PYTHONPATH": str(_site(folder)),
        "PYTEST_ADDOPTS": f"{SELECTED} -p no:cacheprovider",
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "GITHUB_RUN_ID": "17",
        "OMP_NUM_THREADS": "1",
        # What -n auto comes to: half of the time here is spent on starting.
        "PYTEST_XDIST_AUTO_NUM_WORKERS": "1",
    }
    made = Runner(workflow, folder / "clone", environment)
    made.clone.mkdir()
    made.git("init", "--quiet", "--initial-branch=main")
    for name, control in [
        ("model", "forward-born"),
        ("checkpoints/step-10", "even-born"),
        ("checkpoints/step-9", "forward-born"),
    ]:
        shutil.copytree(MODELS / control, made.clone / name)
    made.git("add", ".")
    made.git("commit", "--quiet", "--message", "A model")
    made.git("init", "--quiet", "--bare", str(folder / "origin.git"))
    made.git("remote", "add", "origin", str(folder / "origin.git"))
    return made


def _commands(folder):
    """Make a folder with the commands that installing the wheel would put on the path."""
    commands = folder / "bin"
    commands.mkdir()
    for name, module in [("pytest", "pytest"), ("claimkit", "claimkit.cli.main")]:
        command = commands / name
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n')
        command.chmod(0o755)
    return commands


def _site(folder):
    """Build the wheel and unpack it, as an installer would."""
    build = ("-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    subprocess.run([sys.executable, *build], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


@pytest.fixture(scope="module")
def ended(runner):
    """Exit statuses and prints of the jobs, in the order of a repository's life."""
    unrecorded = runner.run("gate")
    recorded = runner.run("record")
    runner.git("push", "--quiet", "origin", "HEAD:main")
    unchanged = runner.run("gate")
    shutil.rmtree(runner.clone / "model")
    shutil.copytree(MODELS / "backward-born", runner.clone / "model")
    worse = runner.run("gate")
    return {
        "unrecorded": unrecorded,
        "recorded": recorded,
        "unchanged": unchanged,
        "worse": worse,
        "compared": runner.run("compare"),
    }


def test_a_gate_without_a_snapshot_is_no_pass(ended):
    """Exit status 4, with the sentence that says what to do."""
    status, printed = ended["unrecorded"]

    assert status == 4, printed
    assert "--snapshot-update" in printed


def test_recording_proposes_a_branch_with_the_snapshot(ended, runner):
    """The branch that was pushed holds a file per claim, and is on top of the main branch."""
    status, printed = ended["recorded"]
    pushed = runner.git("ls-tree", "-r", "--name-only", "origin/claimkit-snapshot-17", "snapshots")

    assert status == 0, printed
    assert len(pushed.splitlines()) == 2
    assert all(line.startswith("snapshots/model/test_") for line in pushed.splitlines())


def test_an_unchanged_model_passes_with_its_known_risks(ended):
    """A risk that was recorded as failing is an expected failure."""
    status, printed = ended["unchanged"]

    assert status == 0, printed
    assert re.search(r"1 passed, 1 xfailed", printed)


def test_a_worse_model_fails_and_the_report_says_so(ended, runner):
    """Both figures are printed, the report is there to upload, and the step summary is written."""
    status, printed = ended["worse"]
    summary = Path(runner.environment["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8")

    assert status == 1, printed
    assert re.search(r"UR at length 10: 0\.\d+ → 0\.\d+ of 64 strings", printed)
    assert all((path / "report.html").is_file() for path in runner.uploads("gate"))
    assert "worse" in summary


def test_the_page_of_snapshots_shows_what_the_gate_printed(ended):
    """What fell, how many strings changed, and one of them."""
    page = (ROOT / "docs" / "snapshots.md").read_text(encoding="utf-8")
    shown = re.findall(r"^```text\n(UR .*?)^```$", page, re.M | re.S)

    assert len(shown) == 1
    assert shown[0] in ended["worse"][1]


def test_checkpoints_are_compared_in_the_order_of_their_steps(ended, runner):
    """``step-10`` is compared with ``step-9``, though its name sorts first."""
    status, printed = ended["compared"]
    (folder,) = runner.uploads("compare")

    assert status in (0, 1), printed
    text = (folder / "compare.md").read_text(encoding="utf-8")
    assert "step-10 beside step-9" in text.splitlines()[0]


def test_what_is_cached_is_what_a_run_leaves(ended, runner, workflow):
    """The cached folders exist after a run, are fetched and kept, and under one key."""
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    caches = [step["with"] for step in steps if "actions/cache" in step.get("uses", "")]
    gate = [
        s["with"]["key"] for s in workflow["jobs"]["gate"]["steps"] if "key" in s.get("with", {})
    ]

    assert [cache["path"].split() for cache in caches] == [KEPT] * 3
    assert all((runner.clone / name).is_dir() for name in KEPT)
    assert len(gate) == 2
    assert len(set(gate)) == 1


def test_the_cache_belongs_to_a_model_and_a_version(workflow):
    """A fallback key begins every key, and names what evidence and examples depend on."""
    steps = workflow["jobs"]["gate"]["steps"]
    restore = next(step["with"] for step in steps if "cache/restore" in step.get("uses", ""))
    fallback = restore["restore-keys"].strip()

    assert fallback == "claimkit-${{ env.CLAIMKIT }}-${{ env.MODEL }}-"
    assert restore["key"].startswith(fallback)


def test_this_version_is_installed(workflow):
    """Every job installs claimkit from the index, at the version that the page belongs to."""
    installs = [
        [step["run"] for step in job["steps"] if step.get("name") == "Install"]
        for job in workflow["jobs"].values()
    ]

    assert workflow["env"]["CLAIMKIT"] == claimkit.__version__
    assert all(len(runs) == 1 for runs in installs)
    assert all(
        re.match(r'python -m pip install "claimkit==\$CLAIMKIT"', runs[0]) for runs in installs
    )


def test_no_shell_step_needs_an_expression(workflow):
    """Expressions in a shell step would be filled in by GitHub alone, and are open to injection."""
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]

    assert [step["run"] for step in steps if "${{" in step.get("run", "")] == []
