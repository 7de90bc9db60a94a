"""The tables of docs/learning.md say what the committed snapshots say."""

import re
from pathlib import Path

import pytest

from claimkit.evidence.snapshots import read_folder
from claimkit.reporting.places import SNAPSHOTS, bundled_claims
from claimkit.tasks import TASKS

PAGE = Path(__file__).parents[2] / "docs" / "learning.md"
POSITIONS = {"absolute": ("A6", "gpt2"), "rotary": ("A7", "llama")}
NUMBER = re.compile(r"[+−]?\d\.\d+")


@pytest.fixture(scope="module")
def recorded():
    """Of each test of the bundled runs, by what stands in its brackets: verdict and value."""
    snapshots, damaged = read_folder(bundled_claims() / SNAPSHOTS / "bundled-runs")
    assert damaged == ()
    found = {}
    for one in snapshots.values():
        name = one.test.split("::")[1]
        key = (name.split("[")[1].rstrip("]"), "before" in name)
        assert key not in found
        found[key] = one
    return found


def rows(heading):
    """Return the cells of a table, by the beginning of its first line."""
    text = PAGE.read_text(encoding="utf-8")
    table = text[text.index(heading) :].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


def agrees(cell, snapshot, digits):
    """Whether a cell has a snapshot's verdict and, where it has one, its value."""
    if snapshot.effect is not None and NUMBER.search(cell):
        shown = float(NUMBER.search(cell)[0].replace("−", "-"))
        assert shown == pytest.approx(snapshot.effect.value, abs=0.51 * 10**-digits), cell
    assert re.search(rf"\b{snapshot.verdict.value}\b", cell), cell


def test_from_scratch(recorded):
    """Task by task and bin by bin."""
    seen = set()
    for task, positions, _, *cells, _ in rows("| task | positions |"):
        claim, _ = POSITIONS[positions]
        name, _, by_tokens = task.partition(", ")
        for place, cell in enumerate(cells, 1):
            key = f"{'A9' if by_tokens else claim}-{name}-bin={place}", False
            assert (key in recorded) == bool(re.search("[a-z]", cell)), cell
            if key in recorded:
                agrees(cell, recorded[key], 3)
                seen.add(key)

    assert seen == {key for key in recorded if key[0][:2] in ("A6", "A7", "A9")}


def test_right_and_left(recorded):
    """Pair by pair."""
    found = rows("| right − left | positions |")
    for pair, positions, *cells in found:
        names, (_, architecture) = pair.replace(" − ", "-"), POSITIONS[positions]
        for place, cell in enumerate(cells, 2):
            agrees(cell, recorded[f"A8-{names}-{architecture}-bin={place}", False], 3)

    assert len(found) == 10


def test_fine_tuning(recorded):
    """Before and after, and what is compared."""
    found = rows("| task | C-RASP | before")
    for task, _, before, after, alike, unique in found:
        agrees(before, recorded[f"A20-{task}", True], 2)
        agrees(after, recorded[f"A20-{task}", False], 2)
        for claim, cell in (("A21", alike), ("A22", unique)):
            keys = [key for key in recorded if key[0].startswith(f"{claim}-{task}-")]
            assert len(keys) == bool(cell)
            for key in keys:
                agrees(cell, recorded[key], 2)

    assert {row[0] for row in found} == TASKS.keys()
