"""``--plan``: what a run would measure, told without measuring anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from shutil import get_terminal_size
from typing import TYPE_CHECKING, cast, final

import pytest

from claimkit.errors import ClaimkitError, InvalidInput, NotApplicable
from claimkit.plugin.asking import Asked, Unplanned, request_of
from claimkit.plugin.claims import claim_of, subject_of
from claimkit.reporting.plan import Left
from claimkit.reporting.records import MODEL, THEORY

if TYPE_CHECKING:
    from claimkit.auditing.audit import Audit
    from claimkit.auditing.costs import Reaches
    from claimkit.plugin.session import ClaimSession
    from claimkit.plugin.settings import Settings
    from claimkit.reporting.plan import Plan, PlanRow


@final
class Planner:
    """Pytest plugin of ``--plan``: prints the plan in place of running the tests.

    Args:
        settings: The run's options.
        session: Opens the audit.
    """

    def __init__(self, settings: Settings, session: ClaimSession) -> None:
        self._settings = settings
        self._session = session

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Plan what was collected; run nothing."""
        if session.config.option.collectonly:
            return None
        if session.testsfailed:
            raise session.Interrupted(f"{session.testsfailed} errors during collection")
        subjects = Counter(map(subject_of, session.items))
        asking = [item for item in session.items if subject_of(item) == MODEL]
        judging = [item for item in asking if "judge" in _names(item)]
        left = Left(
            theory=subjects[THEORY],
            runs=len(session.items) - len(asking) - subjects[THEORY],
            others=len(asking) - len(judging),
        )
        try:
            text = self._text(judging, left)
        except ClaimkitError as error:
            raise pytest.UsageError(str(error)) from None
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.ensure_newline()
            reporter.section("plan")
            reporter.write_line(text)
        return True

    def _text(self, items: Sequence[pytest.Item], left: Left) -> str:
        from claimkit.reporting.plan import render_plan

        # These need no plan, and no look at the model that a plan would be of.
        if (left.theory or left.runs) and not items:
            return "\n".join(left.lines())
        plan = Drafter(self._session).plan(items, left)
        return render_plan(plan, width=max(40, get_terminal_size().columns), color=False)


@final
class Drafter:
    """Asks the audit what tests would read.

    Args:
        session: Opens the audit.
    """

    def __init__(self, session: ClaimSession) -> None:
        self._audit = cast("Audit", session.audit)
        self._evidence = str(session.settings.evidence)
        self._inapplicable: dict[str, str] = {}
        self._unplanned: dict[str, str] = {}
        self._decided = 0

    def plan(self, items: Sequence[pytest.Item], left: Left) -> Plan:
        """Return the plan of some tests, beside those that have none."""
        from claimkit.auditing.costs import together
        from claimkit.reporting.plan import Plan

        # Nothing is begun: what the store cannot decide stays open.
        self._audit.observer.limits.deadline = 0.0
        by_claim: dict[str, list[Reaches]] = {}
        for item in items:
            claim = claim_of(item)
            number = "–" if claim is None else claim.number
            by_claim.setdefault(number, []).append(self._reaches(item))
        rows = [self._row(n, len(found), together(found)) for n, found in by_claim.items()]
        every = together(one for found in by_claim.values() for one in found)
        speed, basis = self._speed()
        return Plan(
            rows=rows,
            total=self._row("all", len(items), every),
            speed=speed,
            basis=basis,
            model=self._audit.observer.subject.checkpoint.name,
            evidence=self._evidence,
            decided=self._decided,
            inapplicable=self._inapplicable,
            unplanned=self._unplanned,
            left=left,
        )

    def _reaches(self, item: pytest.Item) -> Reaches:
        """Return how far the open requests of a test may read; note why there are none."""
        from claimkit.auditing.costs import together

        try:
            asked = request_of(item, self._audit)
            found = [self._reach(one) for one in asked]
        except NotApplicable as reason:
            self._inapplicable[item.name] = str(reason)
            return {}
        except (Unplanned, InvalidInput) as reason:
            self._unplanned[item.name] = str(reason)
            return {}
        except ClaimkitError:
            raise
        # Whatever else a claim's own code raises: its test will meet it, the others have a plan.
        except Exception as error:
            self._unplanned[item.name] = f"{type(error).__name__}: {error}"
            return {}
        self._decided += bool(asked) and not any(found)
        return together(found)

    def _reach(self, asked: Asked) -> Reaches:
        from claimkit.auditing.costs import reaches
        from claimkit.auditing.requests import Drawn, HeadlineRequest

        if not isinstance(asked.request, HeadlineRequest | Drawn):
            raise Unplanned(f"{asked.request!r} is no request of the evidence fixture")
        limits = self._audit.observer.limits
        limits.refused = False
        self._audit.decide(asked.request, **asked.thresholds)
        return reaches(self._audit, asked.request) if limits.refused else {}

    def _row(self, number: str, tests: int, needed: Reaches) -> PlanRow:
        from claimkit.auditing.costs import costs
        from claimkit.reporting.plan import Amount, PlanRow

        least, most = costs(self._audit, needed)
        return PlanRow(
            claim=number,
            tests=tests,
            streams=len(needed),
            strings=Amount(least.strings, most.strings),
            tokens=Amount(least.tokens, most.tokens),
        )

    def _speed(self) -> tuple[float, str]:
        from claimkit.auditing.speed import estimated_speed, known_speed

        subject = self._audit.observer.subject
        known = known_speed(subject)
        if known is not None:
            return known, "as this model was measured here before"
        parameters = subject.parameters
        return estimated_speed(subject, parameters), (
            f"estimated from {parameters:,} parameters and a short matrix product, since this "
            "model was not measured here before"
        )


def _names(item: pytest.Item) -> Sequence[str]:
    names: Sequence[str] = getattr(item, "fixturenames", ())
    return names
