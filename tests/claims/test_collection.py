"""The claims as pytest collects them: their ids, and what collecting costs."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

CLAIMS = Path(__file__).parents[2] / "claims"

COLLECT = f"""
import sys, pytest
status = pytest.main([{str(CLAIMS)!r}, "--collect-only", "-q", "-p", "no:hypothesispytest"])
heavy = (
    "torch", "scipy", "transformers", "hypothesis", "pandas", "jinja2", "matplotlib", "lark"
)
print("imported:", *[name for name in heavy if name in sys.modules])
sys.exit(status)
"""


@pytest.fixture(scope="module")
def collected():
    """What a process prints that collects the claims and runs none."""
    done = subprocess.run(
        [sys.executable, "-c", COLLECT],
        capture_output=True,
        text=True,
        check=True,
        cwd=CLAIMS.parent,
    )
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def ids(collected):
    return [line.rpartition("/")[2] for line in collected if "::" in line]


def test_collecting_claims_imports_nothing_heavy(collected):
    """The grids are drawn from, and models loaded, only when a claim is judged."""
    assert collected[-1] == "imported:"


def test_every_claim_has_its_headline_settings(ids):
    """Number of tests at headline settings, by claim: pairs times templates times lengths.

    A14: NF over 3 templates at 6 lengths, four comparisons at 2, NRFirst over 2 templates at 2.
    A23 and A24: one and four comparisons at 3 lengths.
    A6 and A7: six tasks that keep in 2 bins, four that lose in the last; A8: pairs for 2
    architectures in 2 bins; A9: two tasks in 3 bins.
    A15 and A16: nine comparisons, at 2 and at 4 lengths.
    A17 and A18: 3 prompts at one length; A19: one task, and one comparison, at 4 lengths.
    A20: six tasks that keep, four that lose, ten before; A21 and A22: pairs; A25 and A26: two kinds
    of heads, and one comparison of both.
    Risks: a task, two for R3, over 2 templates at 2 lengths; R5: a task at 2 lengths; R6: 3 tasks,
    each at a length of its own. Theory: two laws for each program of A1 to A3; A4: 3 laws for 2
    tasks and one window more, 4 programs for 2 tasks by reduction and for 3 by their state, 2 + 2 +
    1 for copying and 2 for reversal; A5: 5 pairs and 3 mirrors; B13: two laws for 6 programs and
    for 4 of paper B, and addition.
    """
    headline = Counter(re.search(r"\[(\w+)", i)[1] for i in ids if "drawn" not in i)

    assert headline == {
        "A1": 2 * 2,
        "A2": 2 * 2,
        "A3": 2 * 2,
        "A4": 3 * 2 + 2 + 4 * 2 + 4 * 3 + 2 + 2 + 1 + 2,
        "A5": 5 + 3,
        "B13": 2 * 6 + 2 * 4 + 1,
        "A10": 3 * 4 * 2,
        "A11": 2 * 2 * 2,
        "A12": 4 * 2 * 2,
        "A13": 5 * 7,
        "A14": 3 * 6 + 4 * 2 + 2 * 2,
        "A15": (3 + 2 + 4) * 2,
        "A16": (3 + 2 + 4) * 4,
        "A17": 3,
        "A18": 3,
        "A19": 4 + 4,
        "A23": 3,
        "A24": 4 * 3,
        "A6": 6 * 2 + 4,
        "A7": 6 * 2 + 4,
        "A8": 5 * 2 * 2,
        "A9": 2 * 3,
        "A20": 6 + 4 + 10,
        "A21": 5,
        "A22": 4,
        "A25": 2 + 1,
        "A26": 2 + 1,
        "R1": 2 * 2,
        "R2": 2 * 2,
        "R3": 2 * 2 * 2,
        "R4": 2 * 2,
        "R5": 2,
        "R6": 3,
    }


def test_every_finding_is_tried_at_drawn_settings_too(ids):
    """Each comparison has its drawn form beside the headline ones, but for risks and theory.

    Trained models are asked in the one format that they were trained in.
    """
    others = ("risks", "expressibility", "length_generalization", "finetuning")
    about_models = [i for i in ids if not any(name in i for name in others)]
    headline = {_comparison(i) for i in about_models if "drawn" not in i}
    drawn = {_comparison(i.replace("_at_drawn_settings", "")) for i in ids if "drawn" in i}

    assert drawn == headline


def test_the_comparisons_that_have_a_drawn_form(ids):
    """Number of tests at drawn settings, by claim: as many as there are comparisons."""
    drawn = Counter(re.search(r"\[(\w+)", i)[1] for i in ids if "drawn" in i)

    assert drawn == {
        "A10": 3,
        "A11": 2,
        "A12": 4,
        "A13": 5,
        "A14": 1 + 4 + 1,
        "A15": 3 + 2 + 4,
        "A16": 3 + 2 + 4,
        "A17": 1,
        "A18": 1,
        "A19": 2,
        "A23": 1,
        "A24": 4,
    }


def _comparison(test_id):
    """A test id without its template and length, nor the demonstrations of a text."""
    return re.sub(r"-(template|length)=[^-\]]+|-(echo|verbatim|repeat)-\d+", "", test_id)


@pytest.mark.parametrize(
    "test_id",
    [
        "test_directional_bias.py::test_retrieval_is_easier_to_the_right"
        "[A10-UR-UL-template=rule+example-length=30]",
        "test_directional_bias.py::test_copying_without_words_is_easier_forward_at_drawn_settings"
        "[A13-NF-NB]",
        "test_uniqueness_bias.py::test_unique_retrieval_is_easier"
        "[A12-UL-NLLast-template=bare-length=30]",
        "test_uniqueness_bias.py::test_retrieval_beside_the_first_of_several_is_poor"
        "[A14-template=formal+example-length=10]",
        "test_circuits.py::test_copying_is_not_hurt_without_the_other_path"
        "[A24-UF-anti-induction-length=6]",
        "test_length_generalization.py::test_absolute_positions_keep_what_is_expressible"
        "[A6-UR-bin=2]",
        "test_length_generalization.py::test_left_and_right_are_alike[A8-UR-UL-llama-bin=3]",
        "test_finetuning.py::test_strong_heads_sit_in_the_top_third_after_fine_tuning"
        "[A26-UB-anti-induction]",
        "test_natural_copying.py::test_glitches_start_at_ambiguous_tokens[A17-length=500-echo-3]",
        "test_commit_history.py::test_cherry_pick_order_drops_at_drawn_settings[A19]",
        "test_risks.py::test_backward_copying_is_reliable[R3-NB-template=rule-length=30]",
        "test_risks.py::test_copying_exact_strings_is_reliable[R6-DNACopy-200]",
        "test_expressibility.py::test_unique_retrieval_is_right_on_long_strings[A1-UL]",
    ],
)
def test_an_id_says_what_is_tested(ids, test_id):
    """Number, tasks, template and length, in this order."""
    assert test_id in ids


def test_claims_state_and_do_not_compute():
    """A claim file has no arithmetic, loops or branches: it requests and judges."""
    import ast

    computing = (ast.For, ast.While, ast.If, ast.BinOp, ast.Compare, ast.Lambda, ast.comprehension)
    found = [
        f"{path.name}:{node.lineno}"
        for path in CLAIMS.glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, computing)
    ]

    assert len(list(CLAIMS.glob("test_*.py"))) >= 3
    assert found == []


def test_a_marker_selects_the_risks_at_the_lengths_of_a_user():
    """``-m risk`` leaves exactly the risks; ``--lengths`` replaces the lengths of R1 to R4.

    Those of R5 and R6 count commits, digits, bases and UUIDs, and stay.
    """
    options = ("-m", "risk", "--lengths", "20", "--collect-only", "-q", "-p", "no:hypothesispytest")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", str(CLAIMS), *options],
        capture_output=True,
        text=True,
        check=True,
        cwd=CLAIMS.parent,
    )
    found = Counter(re.findall(r"\[(\w+)-.*length=20\]", done.stdout))
    selected = Counter(re.findall(r"::test_\w+\[(\w+)-", done.stdout))

    assert found == {"R1": 2, "R2": 2, "R3": 4, "R4": 2}
    assert selected == {**found, "R5": 2, "R6": 3}
    assert "::test_retrieval_is_easier" not in done.stdout
