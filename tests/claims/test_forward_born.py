"""The claims on the bundled model, at lengths 10 and 30 and few strings, where its rates are clear.

The model is a control: it does what points right and forward, repeated symbols or not, at these
lengths; so what it must say follows from what it was taught.
"""

import pytest

from claimkit.auditing.audit import Audit
from claimkit.auditing.grids import Grid
from claimkit.auditing.subject import Subject
from claimkit.evidence.verdicts import Verdict
from claimkit.models.bundled import bundled_models
from claimkit.models.spec import ModelSpec
from claimkit.tasks import UL, UR, NRFirst

LENGTHS = (10, 30)


@pytest.fixture(scope="module")
def audit(tmp_path_factory):
    evidence = tmp_path_factory.mktemp("evidence")
    prepared = Subject.prepare(ModelSpec(str(bundled_models() / "forward-born")), evidence)
    return Audit.open(prepared, evidence=evidence, alpha=0.001, margin=0.02, max_samples=128)


@pytest.mark.parametrize("length", LENGTHS)
def test_retrieval_without_words_is_easier_to_the_right(audit, length):
    """A13 holds on a model that was taught the right neighbour far more often."""
    judgement = audit.decide(audit.paired_gap(UR, UL, length=length), above=0.0)

    assert judgement.verdict is Verdict.HOLDS


@pytest.mark.parametrize("length", LENGTHS)
def test_uniqueness_does_not_replace_direction(audit, length):
    """NRFirst beats UL: repeated symbols cost this model less than the direction does."""
    judgement = audit.decide(audit.unpaired_gap(NRFirst, UL, length=length), above=0.0)

    assert judgement.verdict is Verdict.HOLDS
    assert judgement.label == f"NRFirst − UL at length {length}"


@pytest.mark.parametrize("length", LENGTHS)
def test_the_first_of_several_is_not_poor(audit, length):
    """The claim of A14 that NRFirst is poor fails on a model that was taught it."""
    request = audit.accuracy(NRFirst, length=length, elicited_by=UR)

    assert audit.decide(request, at_most=0.5).verdict is Verdict.FAILS


def test_a_bias_is_found_at_drawn_settings_too(audit):
    """Both lengths, with the separator and without it."""
    grid = Grid((("length", LENGTHS), ("separator", (True, False))))

    def gap(**point):
        return audit.paired_gap(UR, UL, **point)

    judgement = audit.decide(audit.drawn(gap, grid), above=0.0)

    assert judgement.label == "UR − UL at 4 drawn settings"
    assert judgement.verdict is Verdict.HOLDS
