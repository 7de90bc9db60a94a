"""The audit: looks at growing samples until a claim is decided or the budget is used up."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, final

from claimkit.auditing.circuit_requests import HeadGap, RemovalGap
from claimkit.auditing.counterexamples import counterexample_to
from claimkit.auditing.deciding import decide, require_decidable
from claimkit.auditing.drawing import (
    DRAWS,
    PAIRS,
    decide_drawn,
    draw,
    inapplicable,
    slack,
    slack_within,
)
from claimkit.auditing.grids import Grid, Options
from claimkit.auditing.looking import askable_points, sights, streams_of
from claimkit.auditing.observing import Observer
from claimkit.auditing.requests import (
    Accuracy,
    Drawn,
    HeadlineRequest,
    PairedGap,
    UnpairedGap,
    drawn_label,
)
from claimkit.auditing.resampling import question, read_of, resample
from claimkit.auditing.subject import Progress, Subject, no_progress
from claimkit.errors import InvalidInput, NotApplicable
from claimkit.evidence.counterexamples import Counterexample
from claimkit.evidence.looks import Looks
from claimkit.evidence.requirement import Requirement
from claimkit.evidence.samples import Sample
from claimkit.evidence.verdicts import Judgement
from claimkit.tasks import Setting, Task
from claimkit.tasks.without import Path as Removed
from claimkit.tasks.without import Scope


@final
@dataclass(frozen=True)
class StreamPlan:
    """A stream of strings that a request may read, and how far.

    Attributes:
        task: What is asked.
        setting: How, over this model's alphabet.
        purpose: ``claim``, or another word for fresh strings.
        sizes: The looks, smallest first: at least the first is read, at most the last.
        tokens_per_string: The most tokens that go through the model for one string.
        heads: Whether its heads are looked at, and not its answers.
    """

    task: Task
    setting: Setting
    purpose: str
    sizes: tuple[int, ...]
    tokens_per_string: int
    heads: bool = False


@final
@dataclass(frozen=True)
class Audit:
    """Decides requests about one subject.

    Attributes:
        observer: Where outcomes come from.
        looks: Sample sizes and the error each may spend.
        margin: A claim "x > t" fails below t + margin.
        draws: How many settings a drawn request is tried at.
    """

    observer: Observer
    looks: Looks
    margin: float = 0.02
    draws: int = DRAWS

    @staticmethod
    def open(
        prepared: Mapping[str, Any],
        *,
        evidence: Path,
        alpha: float,
        margin: float,
        max_samples: int,
        draws: int = DRAWS,
        progress: Progress = no_progress,
    ) -> Audit:
        """Open the audit of the subject that ``Subject.prepare`` found."""
        return Audit(
            Observer(Subject.open(prepared, evidence), progress),
            Looks(max_samples=max_samples, alpha=alpha),
            margin,
            draws,
        )

    def describe(self) -> dict[str, str]:
        """Name the model for the summary, and how it runs here once it did; loads nothing."""
        subject = self.observer.subject
        return subject.describe(BOS=subject.bos)

    def paired_gap(self, right: Task, left: Task, *, length: int, **options: object) -> PairedGap:
        """Request the accuracy of one task minus that of another on the same strings.

        Args:
            right: The task counted positively.
            left: The other task of the same group.
            length: Symbols of the context or source.
            options: Other fields of :class:`claimkit.tasks.Setting`.
        """
        return PairedGap(right, left, length, options)

    def unpaired_gap(
        self, first: Task, second: Task, *, length: int, **options: object
    ) -> UnpairedGap:
        """Request the accuracy of one task minus that of another on strings of their own.

        Args:
            first: The task counted positively.
            second: A task of another group.
            length: Symbols of the context or source.
            options: Other fields of :class:`claimkit.tasks.Setting`.
        """
        return UnpairedGap(first, second, length, options)

    def accuracy(
        self, task: Task, *, length: int, elicited_by: Task | None = None, **options: object
    ) -> Accuracy:
        """Request the share of strings that a task is right on.

        Args:
            task: The task.
            length: Symbols of the context or source.
            elicited_by: A task that must clear its position heuristics for the claim to apply.
            options: Other fields of :class:`claimkit.tasks.Setting`.
        """
        return Accuracy(task, length, options, elicited_by)

    def without(
        self, task: Task, path: Removed, *, length: int, scope: Scope = "prompt", **options: object
    ) -> RemovalGap:
        """Request what a task loses by the removal of a path of attention.

        Args:
            task: What is asked: UF, UB, UR or UL.
            path: ``induction`` or ``anti-induction``.
            length: Symbols of the context or source.
            scope: Where each symbol loses sight of the one before it: in the whole ``prompt`` up
                to the end of the source, or inside the ``source`` only.
            options: Other fields of :class:`claimkit.tasks.Setting`.
        """
        return RemovalGap(task, path, length, options, scope)

    def head_gap(self, right: Task, left: Task, *, length: int, **options: object) -> HeadGap:
        """Request how much more the best induction heads attend than the best anti-induction heads.

        Args:
            right: The task on which induction heads are looked for.
            left: The task of the same group on which anti-induction heads are looked for.
            length: Symbols of the context or source.
            options: Other fields of :class:`claimkit.tasks.Setting`.
        """
        return HeadGap(right, left, length, options)

    def drawn(self, make: Callable[..., HeadlineRequest], grid: Grid) -> Drawn:
        """Request what ``make`` requests, at settings that are drawn from a grid.

        Args:
            make: Takes a point of the grid as keyword arguments, for example
                ``partial(evidence.paired_gap, UR, UL)``.
            grid: The settings to draw from, such as ``RETRIEVAL_GRID``; it may allow fewer draws.
        """
        return Drawn(make, grid, self.draws)

    def decide(
        self,
        request: object,
        *,
        above: float | None = None,
        at_least: float | None = None,
        at_most: float | None = None,
        within: float | None = None,
    ) -> Judgement:
        """Judge whether a requested value is above, at least or at most a threshold, or within it.

        Raises:
            NotApplicable: If the model cannot be asked at this setting, or at none of a grid.
            InvalidInput: If the request is none that this audit can decide.
        """
        requirement, start = Requirement.of(above, at_least, at_most, within), time.perf_counter()
        self.observer.seen.clear()
        if isinstance(request, Drawn):
            judgement = self._decide_drawn(request, requirement)
        else:
            judgement = self.decide_at(request, requirement, self.looks)
        streams = read_of(self.observer, self._requests(request))
        return replace(judgement, streams=streams, seconds=time.perf_counter() - start)

    def resample(
        self, request: object, streams: Sequence[Sample], size: int | None = None
    ) -> tuple[Sample, ...]:
        """Return this model's samples of streams that were sampled before, perhaps elsewhere.

        Args:
            request: The request that read the streams; knows tasks of one's own.
            streams: Those of a judgement, or of a snapshot of the same claim.
            size: How many strings of each; None takes as many as each had.

        Raises:
            InvalidInput: If the streams are of another sampler or alphabet than this model is asked
                with, or of a task that the request does not ask.
            NotApplicable: If this model cannot be asked so.
        """
        tasks = {ask.task for one in self._requests(request) for ask in one.asks}
        return tuple(resample(self.observer, tasks, sample, size) for sample in streams)

    def question(self, request: object, sample: Sample, index: int) -> str:
        """Return one question of a stream with its right answer, as the prompt's last line has it.

        Raises:
            InvalidInput: As for :meth:`resample`.
        """
        tasks = {ask.task for one in self._requests(request) for ask in one.asks}
        return question(self.observer, tasks, sample, index)

    def hunt(self, request: object, examples: Path | None = None) -> Counterexample | None:
        """Return the smallest question of a claim that a hunt finds answered wrongly, or None.

        The hunt starts from the examples, then from what was wrong at the first look; how it ended
        is remembered, so that only the first one loads the weights.

        Args:
            request: An accuracy: its task, at its setting, with questions of up to its length.
            examples: Folder of the example database, where what is found is kept; None for none.

        Raises:
            InvalidInput: If the request is no accuracy; a gap is not right or wrong at one string.
            NotApplicable: If the model cannot be asked so.
            BudgetUsedUp: If the time for measuring is over before the end.
        """
        if not isinstance(request, Accuracy):
            raise InvalidInput(f"a hunt needs an accuracy, got {request!r}")
        return counterexample_to(
            self.observer, request, sampled=self.looks.sizes[0], examples=examples
        )

    def _requests(self, request: object) -> tuple[HeadlineRequest, ...]:
        """Return the requests at one setting each that a request stands for, as drawn here."""
        if isinstance(request, Drawn):
            return tuple(request.at(point) for point in self._points(request))
        return (request,) if isinstance(request, HeadlineRequest) else ()

    def decide_at(
        self, request: object, requirement: Requirement, looks: Looks, purpose: str = "claim"
    ) -> Judgement:
        """Judge a request at its one setting, with as many strings as ``looks`` allows.

        Args:
            request: A gap or an accuracy.
            requirement: What the claim needs of it.
            looks: Sample sizes and the error each may spend.
            purpose: ``claim``; another word reads fresh strings.

        Raises:
            NotApplicable: If the model cannot be asked at this setting.
            InvalidInput: If the request is none that this audit can decide.
        """
        asked = require_decidable(request, requirement)
        seen = sights(self.observer, streams_of(self.observer.subject, asked, purpose), looks)
        return decide(asked, seen, requirement, margin=self.margin, alpha=looks.alpha)

    def streams(self, request: HeadlineRequest | Drawn) -> tuple[StreamPlan, ...]:
        """Return what deciding a request may read; nothing is measured, no weights are loaded.

        Raises:
            NotApplicable: If the model cannot be asked.
            InvalidInput: If a drawn request makes none at the points of its grid.
        """
        if not isinstance(request, Drawn):
            return self._plans(request, self.looks)
        points = self._points(request)
        looks = self._drawn_looks(self.looks.alpha / len(points))
        return tuple(p for point in points for p in self._plans(request.at(point), looks))

    def _plans(self, request: HeadlineRequest, looks: Looks) -> tuple[StreamPlan, ...]:
        streams = streams_of(self.observer.subject, request)
        return tuple(
            StreamPlan(s.task, s.setting, s.purpose, looks.sizes, s.tokens_per_string, s.heads)
            for s in streams
        )

    @property
    def sizes(self) -> tuple[int, ...]:
        """The numbers of strings at which some request is looked at, smallest first."""
        return tuple(sorted({*self.looks.sizes, *self._drawn_looks(self.looks.alpha).sizes}))

    def _drawn_looks(self, alpha: float) -> Looks:
        return Looks(max_samples=min(self.looks.max_samples, PAIRS), alpha=alpha)

    def _decide_drawn(self, request: Drawn, requirement: Requirement) -> Judgement:
        # Before anything is measured: an unsuited requirement is an error, not a verdict.
        require_decidable(request.first, requirement)
        points = self._points(request)

        def judged(options: Options, purpose: str, alpha: float) -> Judgement:
            asked = request.at(options)
            try:
                return self.decide_at(asked, requirement, self._drawn_looks(alpha), purpose)
            except NotApplicable as reason:
                return inapplicable(asked.label, requirement.needs, reason, alpha)

        judgement = decide_drawn(
            points,
            judged,
            request.grid,
            alpha=self.looks.alpha,
            slack=slack_within if requirement.relation == "within" else slack,
        )
        # Heads at one setting of several would be taken for those of all.
        return replace(judgement, label=drawn_label(request.what, len(points)), heads=None)

    def _points(self, request: Drawn) -> tuple[Options, ...]:
        """Return the settings drawn, of those that this model can be asked at."""
        drawn = self.observer.drawn
        if drawn is None or drawn[0] is not request:
            askable = askable_points(self.observer.subject, request)
            drawn = request, draw(askable, request.draws, request.grid.seed)
            self.observer.drawn = drawn
        return drawn[1]
