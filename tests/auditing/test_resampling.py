"""Judgements carry what they read, and the same strings can be put to another model."""

import json
from dataclasses import replace
from functools import partial

import pytest

from claimkit.auditing.audit import Audit
from claimkit.auditing.grids import Grid
from claimkit.errors import InvalidInput, NotApplicable
from claimkit.evidence.looks import Looks
from claimkit.evidence.samples import Sample
from claimkit.tasks import UL, UR, NRFirst, Setting

GRID = Grid((("length", (10, 12)), ("separator", (True, False))))


@pytest.fixture
def audit(observer):
    return Audit(observer, Looks(max_samples=64), draws=3)


def test_a_judgement_carries_the_outcomes_that_it_read(audit):
    """Both streams of a pair, as the store has them."""
    judgement = audit.decide(audit.paired_gap(UR, UL, length=10), above=0.0)

    outcomes = audit.observer.outcomes(UL, Setting(length=10, symbols=62), 64)
    assert [sample.label for sample in judgement.streams] == ["UR at length 10", "UL at length 10"]
    assert judgement.streams[1].right == tuple(outcomes.right)


def test_what_an_earlier_claim_read_is_not_carried_by_a_later_one(audit):
    """A judgement's streams do not depend on what else this process decided."""
    alone = audit.decide(audit.accuracy(UR, length=10), at_least=0.5)
    audit.observer.outcomes(UR, Setting(length=10, symbols=62), 256)

    again = audit.decide(audit.accuracy(UR, length=10), at_least=0.5)

    assert again.streams == alone.streams


def test_a_drawn_claim_carries_the_settings_that_were_drawn(audit):
    """Each once, and none that only the search for a simpler one tried."""
    request = audit.drawn(partial(audit.paired_gap, UR, UL), GRID)

    judgement = audit.decide(request, above=0.0)

    drawn = {(s.settings.length, s.settings.separator) for s in judgement.streams}
    wanted = {tuple(dict(point).values()) for point in audit._points(request)}
    assert drawn <= wanted
    assert len({s.stream for s in judgement.streams}) == len(judgement.streams)


def test_the_same_strings_are_read_again(audit):
    """Resampled from the same model they are what they were, and can be more or fewer."""
    request = audit.paired_gap(UR, UL, length=10)
    streams = audit.decide(request, above=0.0).streams

    assert audit.resample(request, streams) == streams
    assert [sample.size for sample in audit.resample(request, streams, 100)] == [100, 100]
    assert audit.resample(request, audit.resample(request, streams, 100), 64) == streams


@pytest.mark.parametrize(
    "change",
    [{"length": 300}, {"length": 2}, {"length": 70, "demonstration_length": "same"}],
    ids=str,
)
def test_what_this_model_cannot_be_asked_is_not_applicable(audit, change):
    """A baseline may have been drawn where its wider window let it be asked."""
    request = audit.paired_gap(UR, UL, length=10)
    sample = audit.decide(request, above=0.0).streams[0]
    other = replace(sample.settings, **change)

    with pytest.raises(NotApplicable, match=r"window|at least 3"):
        audit.resample(request, [replace(sample, setting=json.dumps(other.canonical()))])


@pytest.mark.parametrize(
    "change, words",
    [
        ({"sampler_version": 7}, "sampler version 7"),
        ({"prompt": "f00d"}, "another alphabet"),
        ({"task": "NRFirst"}, "this claim asks UL, UR"),
        ({"opening": "f00d"}, "of other strings .opening f00d"),
    ],
    ids=str,
)
def test_other_strings_are_refused(audit, change, words):
    """Comparing them would compare samplers, alphabets or tasks, not models."""
    request = audit.paired_gap(UR, UL, length=10)
    sample = replace(audit.decide(request, above=0.0).streams[0], **change)

    with pytest.raises(InvalidInput, match=words):
        audit.resample(request, [sample])


def test_a_question_of_a_stream_can_be_shown(audit):
    """The prompt's last line, with the right answer behind the colon."""
    request = audit.accuracy(NRFirst, length=8)
    sample = audit.decide(request, at_least=0.5).streams[0]

    shown = audit.question(request, sample, 5)

    context, _, rest = shown.partition(" | ")
    query, _, answer = rest.partition(": ")
    assert isinstance(sample, Sample)
    symbols = context.split()
    assert symbols[symbols.index(query) + 1] == answer
