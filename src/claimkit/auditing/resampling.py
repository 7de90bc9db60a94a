"""Resampling: a model's samples of the streams that a claim read, for snapshots and comparisons."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from claimkit.auditing.drawing import CLAIM
from claimkit.auditing.looking import streams_of
from claimkit.auditing.observing import Observer, questions_of
from claimkit.auditing.requests import HeadlineRequest
from claimkit.errors import InvalidInput
from claimkit.evidence.comparison import same_strings
from claimkit.evidence.samples import Sample
from claimkit.tasks import SAMPLER_VERSION, Task
from claimkit.tasks.checking import identity


def read_of(observer: Observer, requests: Iterable[HeadlineRequest]) -> tuple[Sample, ...]:
    """Return what was read of the streams that some requests name, each once, in their order."""
    if not observer.seen:
        # A key would load the weights, where they never ran.
        return ()
    samples: dict[str, Sample] = {}
    for request in requests:
        for asked in streams_of(observer.subject, request):
            key = observer.subject.key(asked.task, asked.setting)
            outcomes = observer.seen.get((key, CLAIM))
            if outcomes is not None and len(outcomes):
                sample = Sample.of(key, CLAIM, outcomes)
                samples.setdefault(sample.stream, sample)
    return tuple(samples.values())


def resample(
    observer: Observer, tasks: Collection[Task], sample: Sample, size: int | None
) -> Sample:
    """Return this model's sample of a stream; see :meth:`claimkit.auditing.audit.Audit.resample`.

    Raises:
        InvalidInput: If the stream is of another sampler, alphabet or strings, or of no such task.
        NotApplicable: If this model cannot be asked so.
    """
    task, setting, count = _task(tasks, sample), sample.settings, size or sample.size
    if sample.sampler_version != SAMPLER_VERSION:
        raise InvalidInput(
            f"the outcomes of {sample.label} are of strings of sampler version "
            f"{sample.sampler_version}, this claimkit draws those of version {SAMPLER_VERSION}; "
            "record them anew"
        )
    if observer.subject.known_runtime is None:
        # Even a key would load the weights.
        observer.limits.require(count)
    key = observer.subject.key(task, setting, sample.purpose)
    if key.prompt != sample.prompt:
        raise InvalidInput(
            f"the outcomes of {sample.label} are of another alphabet (prompts {sample.prompt}) "
            f"than this model is asked with ({key.prompt}); record them anew, or compare with a "
            "model that has the same tokenizer"
        )
    outcomes = observer.outcomes(task, setting, count, sample.purpose)
    again = Sample.of(key, sample.purpose, outcomes[:count])
    if not same_strings(sample, again):
        raise InvalidInput(
            f"the outcomes of {sample.label} are of other strings (opening {sample.opening}) than "
            f"sampler version {SAMPLER_VERSION} draws there ({again.opening}): the record was "
            "edited, or the sampler was; record them anew"
        )
    return again


def question(observer: Observer, tasks: Collection[Task], sample: Sample, index: int) -> str:
    """Return one question of a stream with its right answer, as the prompt's last line has it."""
    task, setting = _task(tasks, sample), sample.settings
    prompter = observer.subject.prompter(task, setting)
    questions = questions_of(task.group, setting, index + 1, sample.purpose)
    return prompter.question(task, questions, index)


def _task(tasks: Collection[Task], sample: Sample) -> Task:
    for task in tasks:
        if task.name == sample.task.partition(" ")[0] and (
            identity(task, sample.settings) == sample.task
        ):
            return task
    names = ", ".join(sorted(task.name for task in tasks)) or "none"
    raise InvalidInput(
        f"the outcomes of {sample.label} are of task {sample.task!r}, and this claim asks {names} "
        "as they are now; record them anew"
    )
