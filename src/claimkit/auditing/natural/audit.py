"""The audit of what a model writes: looks at growing numbers of texts until a claim is decided.

A text costs many tokens that are written one after the other, so fewer are looked at than of
symbols: :data:`MOST` at most, of paragraphs :data:`MOST_PARAGRAPHS`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, final

from claimkit.auditing.deciding import require_fraction
from claimkit.auditing.drawing import (
    CLAIM,
    DRAWS,
    decide_drawn,
    draw,
    inapplicable,
    slack,
    slack_within,
)
from claimkit.auditing.elicitation import Floor
from claimkit.auditing.grids import Grid, Options
from claimkit.auditing.limits import BUDGET_USED_UP, Limits
from claimkit.auditing.natural.asks import AnyTask, TextAsk
from claimkit.auditing.natural.estimating import TextSight
from claimkit.auditing.natural.glimpsing import glimpse_of
from claimkit.auditing.natural.hunting import text_counterexample
from claimkit.auditing.natural.requests import (
    DrawnTexts,
    GlitchExcess,
    SettledText,
    TextAccuracy,
    TextGap,
    require_text_request,
)
from claimkit.auditing.natural.writing import Writer
from claimkit.auditing.requests import drawn_label
from claimkit.auditing.subject import Progress, Subject, no_progress
from claimkit.errors import BudgetUsedUp, InvalidInput, NotApplicable
from claimkit.evidence.answers import Answers
from claimkit.evidence.comparison import same_strings
from claimkit.evidence.counterexamples import Counterexample
from claimkit.evidence.keys import canonical_json
from claimkit.evidence.looks import Looks
from claimkit.evidence.requirement import Requirement
from claimkit.evidence.samples import Sample
from claimkit.evidence.verdicts import Judgement, Verdict
from claimkit.prompts.chat import ChatMode
from claimkit.tasks import Task
from claimkit.tasks.natural import LOREM_COPY, NaturalTask

MOST: Final = 1024
"""Texts at which a verdict stays open: enough to show a rate of 0.99."""

MOST_PARAGRAPHS: Final = 256
"""The same of paragraphs, which take hundreds of tokens each."""


@final
@dataclass(frozen=True)
class TextAudit:
    """Decides requests about what one model writes.

    Attributes:
        writer: Where answers come from.
        looks: Numbers of texts and the error each may spend.
        margin: A claim "x > t" fails below t + margin.
        draws: How many settings a drawn request is tried at.
    """

    writer: Writer
    looks: Looks
    margin: float = 0.02
    draws: int = DRAWS

    @staticmethod
    def open(
        subject: Subject,
        *,
        alpha: float,
        margin: float,
        max_samples: int,
        draws: int = DRAWS,
        chat: ChatMode = "auto",
        thinking: int,
        deadline: float = math.inf,
        progress: Progress = no_progress,
    ) -> TextAudit:
        """Open the audit of a subject, which the audit of symbols may share.

        Args:
            subject: The model, and the store of what it wrote.
            alpha: Error rate of a verdict.
            margin: As of the audit.
            max_samples: No more texts than this are looked at, and no more than :data:`MOST`.
            draws: How many settings a drawn request is tried at.
            chat: Whether questions are put in conversations.
            thinking: Tokens that a model may think before it answers.
            deadline: Nothing is measured from then on; seconds as of ``time.time()``.
            progress: Called with (what is measured, texts done, texts wanted).
        """
        writer = Writer(subject, chat, thinking, Limits(deadline=deadline), progress)
        return TextAudit(
            writer, Looks(max_samples=min(MOST, max_samples), alpha=alpha), margin, draws
        )

    def describe(self) -> dict[str, str]:
        """Name the model for the summary, and how it runs here once it did; loads nothing."""
        return self.writer.describe()

    def accuracy(self, task: AnyTask, *, length: int, **options: object) -> TextAccuracy:
        """Request the share of texts that are written exactly as they should be.

        Args:
            task: A natural task, or one of symbols, which is asked in conversations only.
            length: In the task's unit.
            options: ``template`` and ``demonstrations``; of symbols as for the evidence fixture.
        """
        return TextAccuracy(task, length, options)

    def gap(self, first: AnyTask, second: AnyTask, *, length: int, **options: object) -> TextGap:
        """Request the accuracy of one task minus that of another, about the same texts.

        Args:
            first: The task counted positively.
            second: The other task of the same group.
            length: In the tasks' unit.
            options: As for :meth:`accuracy`.
        """
        return TextGap(first, second, length, options)

    def unpaired_gap(
        self, first: AnyTask, second: AnyTask, *, length: int, **options: object
    ) -> TextGap:
        """Request the accuracy of one task minus that of another, each about texts of its own.

        Args:
            first: The task counted positively.
            second: The other task, of another group.
            length: In the tasks' unit.
            options: As for :meth:`accuracy`.
        """
        return TextGap(first, second, length, options, paired=False)

    def glitch_excess(
        self, *, length: int, task: NaturalTask = LOREM_COPY, **options: object
    ) -> GlitchExcess:
        """Request by how much more glitches start at ambiguous tokens than by an even spread.

        Args:
            length: Tokens of a paragraph.
            task: What copies paragraphs.
            options: ``template`` and ``demonstrations``.
        """
        return GlitchExcess(length, options, task)

    def drawn(self, make: Callable[..., SettledText], grid: Grid) -> DrawnTexts:
        """Request what ``make`` requests, at settings that are drawn from a grid.

        Args:
            make: Takes a point of the grid as keyword arguments, such as :meth:`glitch_excess`.
            grid: The settings to draw from; it may allow fewer draws.
        """
        return DrawnTexts(make, grid, self.draws)

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
            NotApplicable: If the model cannot be asked at this setting, or its answers do not show
                what is asked.
            InvalidInput: If the request is none about texts, or does not fit the requirement.
            CheckTripped: If a check on the measuring fails.
        """
        requirement, start = Requirement.of(above, at_least, at_most, within), time.perf_counter()
        require_fraction(requirement)
        asked = require_text_request(request, requirement)
        if isinstance(asked, DrawnTexts):
            judgement = self._decide_drawn(asked, requirement)
        else:
            looks = self._looks(asked, self.looks.alpha)
            judgement = self._decide_at(asked, requirement, looks, CLAIM)
        return replace(judgement, seconds=time.perf_counter() - start)

    def _looks(self, request: SettledText, alpha: float) -> Looks:
        """Return the numbers of texts at which a request is looked at."""
        cut = any(ask.is_cut for ask in request.asks)
        most = min(self.looks.max_samples, MOST_PARAGRAPHS if cut else MOST)
        return Looks(max_samples=most, alpha=alpha)

    def _decide_drawn(self, request: DrawnTexts, requirement: Requirement) -> Judgement:
        points = self._points(request)
        streams: dict[str, Sample] = {}

        def judged(options: Options, purpose: str, alpha: float) -> Judgement:
            asked = request.at(options)
            looks = self._looks(asked, alpha)
            try:
                judgement = self._decide_at(asked, requirement, looks, purpose)
            except NotApplicable as reason:
                return inapplicable(asked.label, requirement.needs, reason, alpha)
            if purpose == CLAIM and options in points:
                streams.update({sample.stream: sample for sample in judgement.streams})
            return judgement

        judgement = decide_drawn(
            points,
            judged,
            request.grid,
            alpha=self.looks.alpha,
            slack=slack_within if requirement.relation == "within" else slack,
        )
        label = drawn_label(request.what, len(points))
        return replace(judgement, label=label, streams=tuple(streams.values()))

    def _points(self, request: DrawnTexts) -> tuple[Options, ...]:
        """Return the settings drawn, of those whose prompts this model's tasks have.

        Raises:
            NotApplicable: If there are none, with the reason at the first.
        """
        askable, reasons = [], []
        for point in request.grid.points():
            try:
                for ask in request.at(point).asks:
                    self.writer.setting(ask)
            except NotApplicable as reason:
                reasons.append(str(reason))
            else:
                askable.append(point)
        if not askable:
            raise NotApplicable(f"no setting of the grid can be asked: {reasons[0]}")
        return draw(askable, request.draws, request.grid.seed)

    def _decide_at(
        self, request: SettledText, requirement: Requirement, looks: Looks, purpose: str
    ) -> Judgement:
        """Judge a request at its one setting, with as many texts as ``looks`` allows."""
        judgement, found = self._looked(request, requirement, looks, purpose)
        return replace(
            judgement,
            streams=self._samples(request, found, purpose),
            glimpse=glimpse_of(self.writer, request, judgement.verdict, found, purpose),
        )

    def resample(
        self, request: object, streams: Sequence[Sample], size: int | None = None
    ) -> tuple[Sample, ...]:
        """Return this model's samples of streams that were sampled before, perhaps elsewhere.

        Args:
            request: The request that read the streams.
            streams: Those of a judgement, or of a snapshot of the same claim.
            size: How many texts of each; None takes as many as each had.

        Raises:
            InvalidInput: If the streams are of another sampler, wording or setting than this model
                is asked with.
            NotApplicable: If this model cannot be asked so.
        """
        return tuple(self._resampled(request, sample, size or sample.size) for sample in streams)

    def question(self, request: object, sample: Sample, index: int) -> str:
        """Return one question of a stream with its right answer.

        Raises:
            InvalidInput: As for :meth:`resample`.
        """
        return self.writer.question(self._ask(request, sample), index, sample.purpose)

    def hunt(self, request: TextAccuracy) -> Counterexample | None:
        """Return the shortest text of a claim that a hunt finds written wrongly, or None.

        Raises:
            NotApplicable: If the model cannot be asked so, or it is asked about symbols.
            CheckTripped: If a check on the measuring fails.
            BudgetUsedUp: If the time for measuring is over before the end.
        """
        if isinstance(request.task, Task):
            raise NotApplicable(
                f"of {request.task.name} the evidence fixture finds one, outside conversations"
            )
        sizes = self._looks(request, self.looks.alpha).sizes
        return text_counterexample(self.writer, request, sizes)

    def _resampled(self, request: object, sample: Sample, size: int) -> Sample:
        writer, ask = self.writer, self._ask(request, sample)
        if writer.subject.known_runtime is None:
            # Even a key would load the weights.
            writer.limits.require(size)
        key = writer.key(ask, sample.purpose)
        # Before anything is written: a stale record would cost hundreds of texts.
        if (key.prompt, key.sampler_version) != (sample.prompt, sample.sampler_version):
            raise InvalidInput(
                f"the outcomes of {sample.label} are of other texts or other words around them "
                "than this model is asked with; record them anew"
            )
        again = Sample.of(key, sample.purpose, writer.answers(ask, size, sample.purpose).outcomes)
        if not same_strings(sample, again):
            raise InvalidInput(
                f"the outcomes of {sample.label} are of other texts than this claimkit draws; "
                "record them anew"
            )
        return again

    def _ask(self, request: object, sample: Sample) -> TextAsk:
        """Return the ask of a request that reads a stream."""
        settled: tuple[SettledText, ...] = ()
        if isinstance(request, DrawnTexts):
            settled = tuple(request.at(point) for point in self._points(request))
        elif isinstance(request, SettledText):
            settled = (request,)
        for ask in (ask for one in settled for ask in one.asks):
            setting = canonical_json(self.writer.setting(ask).canonical())
            if (self.writer.identity(ask), setting) == (sample.task, sample.setting):
                return ask
        raise InvalidInput(
            f"the outcomes of {sample.label} are none that this claim asks for now; record them "
            "anew"
        )

    def _looked(
        self, request: SettledText, requirement: Requirement, looks: Looks, purpose: str
    ) -> tuple[Judgement, Sequence[Answers]]:
        """Return the judgement of the first look that decides, with what it saw."""
        judgement = self._unseen(request, requirement, looks.alpha)
        found: list[Answers] = []
        bar = Floor(Verdict.HOLDS, "")
        try:
            for size, tail in looks.schedule:
                found = [self.writer.answers(ask, size, purpose) for ask in request.asks]
                strings = [self.writer.strings(ask, size, purpose) for ask in request.asks]
                sight = TextSight(request, found, tail, strings)
                bar = sight.floor
                judgement = replace(judgement, **self._judged(sight, requirement))
                decided = judgement.verdict in (Verdict.HOLDS, Verdict.FAILS)
                if bar.verdict is Verdict.FAILS or (bar.verdict is Verdict.HOLDS and decided):
                    break
        except BudgetUsedUp:
            when = f"after {len(found[0])} texts" if found else "before the first look"
            late = replace(judgement, verdict=Verdict.UNDECIDED)
            return replace(late, reason=f"{BUDGET_USED_UP} {when}"), found
        if bar.verdict is not Verdict.HOLDS:
            return replace(judgement, verdict=Verdict.NOT_APPLICABLE, reason=bar.reason), found
        return judgement, found

    def _judged(self, sight: TextSight, requirement: Requirement) -> dict[str, Any]:
        """Return what one look changes of a judgement; another one may see more glitches."""
        try:
            estimate = sight.estimate(requirement.tails)
        except NotApplicable as reason:
            said = "; ".join([str(reason), *sight.unparsed])
            return {"verdict": Verdict.NOT_APPLICABLE, "reason": said}
        return {
            "verdict": requirement.judge(estimate.interval, self.margin),
            "estimate": estimate,
            "reason": sight.aside,
        }

    def _unseen(self, request: SettledText, requirement: Requirement, alpha: float) -> Judgement:
        """Return what can be said before the first look."""
        return Judgement(
            verdict=Verdict.UNDECIDED,
            label=f"{request.label}, in conversations" if self.writer.chats else request.label,
            needs=requirement.needs,
            alpha=alpha,
            thresholds=requirement.thresholds(self.margin),
        )

    def _samples(
        self, request: SettledText, found: Sequence[Answers], purpose: str
    ) -> tuple[Sample, ...]:
        return tuple(
            Sample.of(self.writer.key(ask, purpose), purpose, answers.outcomes)
            for ask, answers in zip(request.asks, found, strict=False)
            if len(answers)
        )
