"""A claim's counterexample: hunted once, remembered, kept in the database and replayed."""

import runpy
import shlex
import shutil
from pathlib import Path

import pytest

from claimkit.auditing.audit import Audit
from claimkit.auditing.counterexamples import HuntWarning
from claimkit.auditing.hunting.database import Examples
from claimkit.auditing.hunting.questions import Question
from claimkit.auditing.subject import Subject
from claimkit.cli.main import main
from claimkit.errors import BudgetUsedUp, InvalidInput
from claimkit.models.bundled import bundled_models
from claimkit.models.spec import ModelSpec
from claimkit.tasks import NB, UB, UL, UR, Setting

PLANTED = runpy.run_path(str(Path(__file__).parents[1] / "models" / "planted.py"))
FOLDER = bundled_models() / "forward-born"


def open_audit(evidence, folder=FOLDER):
    """Return an audit as a new process would."""
    prepared = Subject.prepare(ModelSpec(str(folder), device="cpu"), evidence)
    return Audit.open(prepared, evidence=evidence, alpha=0.001, margin=0.02, max_samples=64)


def loaded(audit):
    """Return what was loaded for it."""
    return {"language_model", "tokenizer"} & {*vars(audit.observer.subject)}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """The evidence, the examples and the counterexample of a first hunt on forward-born."""
    folder = tmp_path_factory.mktemp("hunt")
    audit = open_audit(folder / "evidence")
    request = audit.accuracy(UL, length=10, template="rule")
    return folder, audit.hunt(request, folder / "examples")


def test_a_failing_claim_gets_a_counterexample(found):
    """What was asked, what should have come, what came, and by how much it was wrong."""
    _, example = found

    context, answer = example.context.split(), example.expected
    assert (example.task, example.setting) == ("UL", f"length {len(context)}, template rule")
    assert answer == UL.answer(context, example.query)
    assert example.prompt.startswith("Rule : answer with the symbol directly to the left of")
    assert example.prompt.endswith(f"\n {example.context} | {example.query}:")
    assert example.actual != answer
    assert example.margin < 0
    assert example.origin == "sample"


def test_a_wrong_string_of_the_claims_own_length_stands_beside_it(found):
    """The smallest question may be far from what the claim is about; that one is not."""
    folder, example = found
    audit = open_audit(folder / "evidence")
    request = audit.accuracy(UL, length=10, template="rule")
    (sample,) = audit.decide(request, at_least=0.99).streams

    wrong = [i for i, right in enumerate(sample.right) if not right]
    assert example.sampled == audit.question(request, sample, wrong[0])
    assert len(example.sampled.partition(" |")[0].split()) == 10


def test_its_command_replays_it(found, capsys):
    """The same prompt, the same answers, and exit status 1."""
    _, example = found

    program, *arguments = shlex.split(example.replay)
    status = main(arguments)

    written = capsys.readouterr().out
    assert (program, status) == ("claimkit", 1)
    assert (
        f"\n{example.prompt}\nexpected  {example.expected}\nactual    {example.actual}" in written
    )


def test_it_is_remembered(found):
    """A later run gives the same and loads nothing."""
    folder, example = found
    audit = open_audit(folder / "evidence")

    again = audit.hunt(audit.accuracy(UL, length=10, template="rule"), None)

    assert (again, loaded(audit)) == (example, set())


def test_a_copy_of_the_model_is_replayed_where_it_lies(found, tmp_path):
    """What is remembered goes by the bytes of the weights, the command by their folder."""
    folder, example = found
    copy = shutil.copytree(FOLDER, tmp_path / "my copy")
    audit = open_audit(folder / "evidence", copy)

    again = audit.hunt(audit.accuracy(UL, length=10, template="rule"))

    assert f"--model '{copy}' --device cpu" in again.replay
    assert again.replay != example.replay
    assert again.prompt == example.prompt


def test_it_is_kept_in_the_database_for_other_runs(found, tmp_path):
    """A new store tries it first and ends at the same question, wherever that came from."""
    folder, example = found
    audit = open_audit(tmp_path / "evidence")
    request = audit.accuracy(UL, length=10, template="rule")

    again = audit.hunt(request, folder / "examples")

    assert (again.origin, again.context, again.query) == (
        "database",
        example.context,
        example.query,
    )


def test_what_is_remembered_is_put_into_a_database_that_lacks_it(found, tmp_path):
    """So that a folder to be shared is filled by a warm run, too."""
    folder, example = found
    audit = open_audit(folder / "evidence")

    audit.hunt(audit.accuracy(UL, length=10, template="rule"), tmp_path / "examples")

    setting = Setting(length=10, symbols=62, template="rule")
    symbols = audit.observer.subject.prompter(UL, setting).tokens.symbols
    kept, damaged = Examples(tmp_path / "examples", "UL", setting).questions(symbols)
    assert [" ".join(symbols[i] for i in one.context) for one in kept] == [example.context]
    assert damaged == 0


def with_flaw(audit, task, flaw, length=1, kind=PLANTED["Planted"]):
    """Let the audit's model be right by rule but for a flaw, and return a request to hunt on."""
    request = audit.accuracy(task, length=length)
    prompter = audit.observer.subject.prompter(task, Setting(length=length, symbols=62))
    audit.observer.subject.language_model = PLANTED["planted"](prompter, task, flaw, kind)
    return request


def holds(symbol):
    """A flaw: wrong where the context holds a symbol."""
    return lambda context, query: symbol in context


def test_a_hunt_that_found_nothing_is_remembered(tmp_path):
    """With all 62 questions of length 1 right there is nothing to find, now or later."""
    audit = open_audit(tmp_path)
    assert audit.hunt(with_flaw(audit, UB, holds(None))) is None

    again = open_audit(tmp_path)

    assert again.hunt(again.accuracy(UB, length=1)) is None
    assert loaded(again) == set()


def test_new_examples_make_it_hunt_again(tmp_path):
    """What others found is tried, though the last hunt found nothing."""
    audit = open_audit(tmp_path / "evidence")
    assert audit.hunt(with_flaw(audit, UB, holds(None)), tmp_path / "examples") is None
    setting = Setting(length=1, symbols=62)
    symbols = audit.observer.subject.prompter(UB, setting).tokens.symbols
    Examples(tmp_path / "examples", "UB", setting).add(Question((9,)), symbols)

    again = open_audit(tmp_path / "evidence")
    example = again.hunt(with_flaw(again, UB, holds(9)), tmp_path / "examples")

    assert (example.context, example.origin) == ("j", "database")


class Lucky(PLANTED["Planted"]):
    """A model whose own words are right where its scores are wrong, as noise may have it."""

    def generate(self, *arguments, **options):
        """Decode without the flaw."""
        planted, self._flaw = self._flaw, holds(None)
        try:
            return super().generate(*arguments, **options)
        finally:
            self._flaw = planted


def test_what_decoding_answers_right_is_no_counterexample(tmp_path):
    """The hunt goes on, and a warning says what it passed over."""
    audit = open_audit(tmp_path)
    request = with_flaw(audit, UB, holds(9), kind=Lucky)

    with pytest.warns(HuntWarning, match=r"UB at length 1: greedy .* 1 question right, .* 'j'"):
        assert audit.hunt(request) is None


def test_a_damaged_example_is_passed_over_and_said(tmp_path):
    """The other examples and the hunt are not in danger."""
    audit = open_audit(tmp_path / "evidence")
    setting = Setting(length=1, symbols=62)
    symbols = audit.observer.subject.prompter(UB, setting).tokens.symbols
    Examples(tmp_path / "examples", "UB", setting).add(Question((9,)), symbols)
    files = (tmp_path / "examples").glob("*/*")
    (kept,) = [path for path in files if b"context" in path.read_bytes()]
    kept.with_name("cut-off").write_bytes(kept.read_bytes()[:9])

    with pytest.warns(HuntWarning, match="1 example of UB at length 1 in .* cannot be read"):
        example = audit.hunt(with_flaw(audit, UB, holds(9)), tmp_path / "examples")

    assert (example.context, example.origin) == ("j", "database")


def test_a_database_that_cannot_be_written_costs_no_counterexample(tmp_path):
    """A checkout may be read-only; the verdict and its question are shown all the same."""
    audit = open_audit(tmp_path / "evidence")
    (tmp_path / "file").touch()

    with pytest.warns(HuntWarning, match=r"cannot be kept in .*file; make that folder"):
        example = audit.hunt(with_flaw(audit, UB, holds(9)), tmp_path / "file")

    assert example.context == "j"


def test_no_time_is_no_result(tmp_path):
    """A hunt without time is not remembered as one that found nothing."""
    audit = open_audit(tmp_path)
    request = audit.accuracy(NB, length=5)
    audit.observer.outcomes(NB, Setting(length=5, symbols=62), 64)
    audit.observer.limits.deadline = 0.0

    with pytest.raises(BudgetUsedUp):
        audit.hunt(request)
    audit.observer.limits.deadline = float("inf")

    assert audit.hunt(request) is not None


def test_a_gap_is_not_hunted_on(tmp_path):
    """It is right or wrong on many strings together, never on one."""
    audit = open_audit(tmp_path)

    with pytest.raises(InvalidInput, match="a hunt needs an accuracy, got PairedGap"):
        audit.hunt(audit.paired_gap(UR, UL, length=10))
