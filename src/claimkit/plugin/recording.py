"""Where tests run: which claim is running, what was judged, and how that leaves the process.

Verdicts leave twice: as the attribute ``claimkit`` of a test report, a JSON-safe dict that
pytest-xdist carries to the controller; and as user properties, which end up in JUnit files. The
report's own outcome stays one of pytest's three, since JUnit files count any other as passed.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NoReturn, final

import pytest

from claimkit.errors import CheckTripped, ClaimkitError, InvalidInput, NotApplicable
from claimkit.evidence.verdicts import Judgement, Verdict
from claimkit.plugin.claims import claim_of
from claimkit.plugin.judging import stop

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from claimkit.plugin.session import ClaimSession

JUDGEMENTS: Final = pytest.StashKey[list[Judgement]]()
PROPERTIES: Final = frozenset(
    ("claim", "verdict", "effect", "low", "high", "samples", "unit", "seconds", "needs", "reason")
)


@final
class Recorder:
    """Pytest plugin: keeps the running claim and attaches judgements to its reports.

    Args:
        session: Names the model, once it has been looked at.
    """

    def __init__(self, session: ClaimSession) -> None:
        self._session = session
        self._item: pytest.Item | None = None

    def record(self, judgement: Judgement) -> None:
        """Keep a judgement with the running test.

        Raises:
            InvalidInput: If no test is running.
        """
        if self._item is None:
            raise InvalidInput("judge() was called while no test was running; call it in a test")
        self._item.stash[JUDGEMENTS].append(judgement)
        kept = [pair for pair in self._item.user_properties if pair[0] not in PROPERTIES]
        self._item.user_properties[:] = [*kept, *properties(_number(self._item), judgement)]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Know which test is running; a test that is run again starts with a clean slate."""
        self._item = item
        item.stash[JUDGEMENTS] = []
        try:
            return (yield)
        finally:
            self._item = None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None]:
        """Say in one sentence why evidence cannot be had."""
        __tracebackhide__ = True
        with self._one_sentence(item):
            yield

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None]:
        """Say in one sentence why a claim could not be judged; one that judges nothing fails."""
        __tracebackhide__ = True
        with self._one_sentence(item):
            yield
        if claim_of(item) is not None and not item.stash[JUDGEMENTS]:
            _fail("the claim judged nothing; it has to end with judge(…)")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Attach what was judged to the reports of a claim, and of any test that judged."""
        report = yield
        judgements = item.stash.get(JUDGEMENTS, [])
        tripped = call.excinfo is not None and call.excinfo.errisinstance(CheckTripped)
        if judgements or tripped or claim_of(item) is not None:
            report.claimkit = {  # type: ignore[attr-defined]
                "judgements": [judgement.to_dict() for judgement in judgements],
                "subject": self._session.subject,
                "distrust": self._session.distrust,
            }
        return report

    @contextmanager
    def _one_sentence(self, item: pytest.Item) -> Iterator[None]:
        """Turn claimkit's own errors, raised in a claim, into what a reader of claims needs."""
        __tracebackhide__ = True
        options = item.config.option
        try:
            yield
        except ClaimkitError as error:
            if claim_of(item) is None:
                raise
            if isinstance(error, CheckTripped):
                self._session.distrust = str(error)
            if isinstance(error, NotApplicable):
                self._not_applicable(item, str(error))
            if options.fulltrace or options.tbstyle in ("long", "native"):
                raise
            _fail(f"{type(error).__name__}: {error}")

    def _not_applicable(self, item: pytest.Item, reason: str) -> None:
        __tracebackhide__ = True
        judgement = Judgement(
            verdict=Verdict.NOT_APPLICABLE,
            label=item.name,
            needs="",
            reason=reason,
            alpha=self._session.settings.alpha,
        )
        self.record(judgement)
        stop(judgement, strict=self._session.settings.strict)


def _fail(sentence: str) -> NoReturn:
    # Not hidden, unlike its callers: pytest remarks on a traceback that is hidden altogether.
    raise pytest.fail.Exception(sentence, pytrace=False) from None


def _number(item: pytest.Item) -> str:
    claim = claim_of(item)
    return "" if claim is None else claim.number


def properties(number: str, judgement: Judgement) -> list[tuple[str, object]]:
    """The judgement as name and value pairs; what is missing is left out, never zero."""
    pairs: dict[str, Any] = {
        "claim": number,
        "verdict": judgement.verdict.value,
        "needs": judgement.needs,
        "reason": judgement.reason,
        "seconds": round(judgement.seconds, 3),
    }
    if judgement.estimate is not None:
        estimate = judgement.estimate
        pairs |= {
            "effect": estimate.value,
            "low": estimate.interval.low,
            "high": estimate.interval.high,
            "samples": estimate.samples,
            "unit": estimate.unit,
        }
    return [(name, value) for name, value in pairs.items() if value != ""]
