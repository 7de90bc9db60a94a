"""The fixtures that claims are written with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from claimkit.plugin.judging import Judge
from claimkit.plugin.session import ClaimSession

if TYPE_CHECKING:
    from claimkit.auditing.descendants.audit import Descendants
    from claimkit.auditing.natural.audit import TextAudit
    from claimkit.auditing.runs.audit import RunsAudit
    from claimkit.plugin.session import Auditor

SESSION: Final = pytest.StashKey[ClaimSession]()
JUDGE: Final = pytest.StashKey[Judge]()


@pytest.fixture(scope="session")
def evidence(pytestconfig: pytest.Config) -> Auditor:
    """What can be measured of the model under test; a request costs nothing until it is judged."""
    return pytestconfig.stash[SESSION].audit


@pytest.fixture(scope="session")
def runs(pytestconfig: pytest.Config) -> RunsAudit:
    """What can be asked of models trained from scratch: accuracies and gaps, bin by bin."""
    return pytestconfig.stash[SESSION].runs


@pytest.fixture(scope="session")
def descendants(pytestconfig: pytest.Config) -> Descendants:
    """What can be asked of the models that fine-tuning makes of a model, beside that model."""
    return pytestconfig.stash[SESSION].descendants


@pytest.fixture(scope="session")
def texts(pytestconfig: pytest.Config) -> TextAudit:
    """What can be asked of the model under test in words, and is answered in writing."""
    return pytestconfig.stash[SESSION].texts


@pytest.fixture(scope="session")
def judge(pytestconfig: pytest.Config) -> Judge:
    """``judge(gap, above=0.0)``: pass if it holds, else end the test with the verdict."""
    return pytestconfig.stash[JUDGE]


@pytest.fixture(scope="session")
def reliability(pytestconfig: pytest.Config) -> float:
    """The accuracy that ``--reliability`` asks of a model, for claims about risks."""
    return pytestconfig.stash[SESSION].settings.reliability
