"""Natural copying: paragraphs are copied by induction, and go wrong where induction is in doubt.

A Lorem-ipsum paragraph repeats words and sentences, so that many of its tokens are *ambiguous*:
followed by one token here and by another there. Whoever copies by looking behind the place where
the last token stood before goes wrong after such tokens. What was to be copied and what came out
are aligned; a glitch starts at the last right token before they part. The claim compares the share
of glitches that start at ambiguous tokens with the share of such tokens among all that were copied,
which it would be if glitches were spread evenly. Ordinary prose of the same length is the control:
it is to be copied without a single error, at a rate of at least 0.95 (the number is ours; the paper
saw no error).

A model writes its copy by itself, always the most likely token. Each of three prompts is one test.

Source: Jobanputra et al. 2025, "Born a Transformer – Always a Transformer?",
arXiv:2505.21785, §4.2.
"""

from __future__ import annotations

from functools import partial

import pytest

from claimkit.auditing.natural.grids import PARAGRAPH_GRID
from claimkit.tasks.natural import PROSE_COPY

SOURCE = "arXiv:2505.21785, §4.2"

A17 = pytest.mark.claim(
    "A17",
    source=SOURCE,
    says="Glitches in copies of paragraphs start at ambiguous tokens.",
)
A18 = pytest.mark.claim(
    "A18",
    source=SOURCE,
    says="Ordinary prose of the same length is copied without an error.",
)

WITHOUT_ERROR = 0.95
# Only the first shows solved examples.
PROMPTS = pytest.mark.parametrize(
    "template, demonstrations", [("echo", 3), ("verbatim", 0), ("repeat", 0)]
)
# Tokens; --lengths is about symbols.
LENGTHS = pytest.mark.parametrize("length", [500], ids="length={}".format)


@A17
@PROMPTS
@LENGTHS
def test_glitches_start_at_ambiguous_tokens(texts, judge, template, demonstrations, length):
    excess = texts.glitch_excess(length=length, template=template, demonstrations=demonstrations)

    judge(excess, above=0.0)


@A17
def test_glitches_start_at_ambiguous_tokens_at_drawn_settings(texts, judge):
    excess = texts.drawn(texts.glitch_excess, PARAGRAPH_GRID)

    judge(excess, above=0.0)


@A18
@PROMPTS
@LENGTHS
def test_prose_is_copied_without_an_error(texts, judge, template, demonstrations, length):
    accuracy = texts.accuracy(
        PROSE_COPY, length=length, template=template, demonstrations=demonstrations
    )

    judge(accuracy, at_least=WITHOUT_ERROR)


@A18
def test_prose_is_copied_without_an_error_at_drawn_settings(texts, judge):
    accuracy = texts.drawn(partial(texts.accuracy, PROSE_COPY), PARAGRAPH_GRID)

    judge(accuracy, at_least=WITHOUT_ERROR)
