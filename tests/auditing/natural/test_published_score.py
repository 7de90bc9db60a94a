"""The paper's score stands beside ours, for comparison with its figures."""

import numpy as np

from claimkit.auditing.natural.estimating import TextSight
from claimkit.auditing.natural.requests import GlitchExcess, TextAccuracy
from claimkit.evidence.answers import Answer, Answers
from claimkit.tasks.natural import PROSE_COPY

# 1 goes on with 2 and with 3, the eight others with one token or none.
GOLD = (1, 2, 1, 3, 4, 5, 6, 7, 8, 9)


def aside(request, given):
    """Return what is said of some copies beside their estimate."""
    copies = [Answer(one == GOLD, "", True, "stop", len(one), 1.0, GOLD, one) for one in given]
    found = Answers.of(copies, np.arange(len(copies), dtype=np.uint64))
    return TextSight(request, (found,), 0.001).aside


def test_the_published_score_is_named_as_such():
    """One glitch a copy at the ambiguous type, none at others, over eight unambiguous types."""
    said = aside(GlitchExcess(10), [(1, 3, 1, 3, 4, 5, 6, 7, 8, 9)] * 3)

    assert said.endswith(
        "; copying goes on right after 0.5000 of them and 1.0000 of the others; the published "
        "score, which counts glitches against unambiguous types, is 0.88 at ambiguous tokens and "
        "1.00 at others"
    )


def test_where_nothing_went_wrong_there_is_none():
    """Nor beside an accuracy, which is no such score."""
    assert aside(GlitchExcess(10), [GOLD] * 3) == ""
    assert aside(TextAccuracy(PROSE_COPY, 10), [(9, *GOLD[1:])] * 3) == ""
