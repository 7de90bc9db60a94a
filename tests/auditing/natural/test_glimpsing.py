"""What is shown of one output: the first copy that goes wrong, around its first glitch."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from claimkit.auditing.natural.glimpsing import AROUND, first_wrong_copy, glimpse_of, pieces_of
from claimkit.auditing.natural.requests import GlitchExcess, TextAccuracy, TextGap
from claimkit.evidence.answers import Answer, Answers
from claimkit.evidence.verdicts import Verdict
from claimkit.tasks.natural import (
    CHERRY_PICK_ORDER,
    HASH_COPY,
    LOREM_COPY,
    PROSE_COPY,
    REVERT_ORDER,
)

# 1 goes on with 2 and with 3, all others with one token.
GOLD = (1, 2, 1, 3, 4, 5, 6, 7, 8, 9)


def answer(given, gold=GOLD, *, parsed=True):
    """Return an answer, right if it is the gold one."""
    right = parsed and tuple(given) == tuple(gold)
    return Answer(right, "", parsed, "stop", len(given), 1.0, tuple(gold), tuple(given))


@pytest.fixture(scope="module")
def writer(opened, tmp_path_factory):
    """Return who lets a small model of text write."""
    return opened("stdlib-born", tmp_path_factory.mktemp("glimpses")).writer


def ids(writer, text):
    """Return a text in tokens."""
    return tuple(writer.subject.tokenizer.encode(text, add_special_tokens=False))


def glimpse(writer, gold, given, purpose):
    """Return what is shown of one wrong answer behind a right one, in a stream of their own."""
    texts = [answer(ids(writer, gold), ids(writer, gold)), answer(given, ids(writer, gold))]
    found = Answers.of(texts, np.arange(2, dtype=np.uint64))
    return glimpse_of(writer, TextAccuracy(PROSE_COPY, 9), Verdict.FAILS, [found], purpose)


@pytest.mark.parametrize(
    "answers, of_glitches, of_errors",
    [
        ([GOLD, GOLD], None, None),
        ([GOLD, GOLD[:9], GOLD[:-2]], 1, 1),
        # No copy; then a copy without a transition, whose first token alone is wrong.
        ([(1, 2), (9, *GOLD[1:])], None, 1),
        ([(1, 2), GOLD[:9]], 1, 1),
        ([(1, 2)], None, 0),
    ],
)
def test_the_first_copy_that_goes_wrong_is_shown(answers, of_glitches, of_errors):
    """Of glitches, one that has a transition; of errors, whatever is wrong if nothing is a copy."""
    found = [answer(given) for given in answers]

    assert first_wrong_copy(found, transitions_only=True) == of_glitches
    assert first_wrong_copy(found, transitions_only=False) == of_errors


def test_what_is_not_where_it_should_be_is_no_copy():
    """Nor is what comes out as the same tokens."""
    found = [answer(GOLD[:9], parsed=False), answer(GOLD, parsed=False)]

    assert first_wrong_copy(found, transitions_only=False) is None


@pytest.mark.parametrize("text", ["def f(x):\n    return x  # ✓ é", "a", "", "  two  spaces "])
def test_pieces_make_up_the_text(writer, text):
    """Whatever token one begins with, what is returned is what stands there."""
    tokens = ids(writer, text)
    whole = pieces_of(writer.subject.tokenizer, tokens)
    decode = writer.subject.tokenizer.decode

    assert len(whole) == len(tokens)
    assert "".join(whole).replace("\ufffd", "") == decode(tokens)
    for start in range(len(tokens) + 1):
        assert len(pieces_of(writer.subject.tokenizer, tokens, start)) == len(tokens) - start
    assert pieces_of(writer.subject.tokenizer, tokens, 1) == whole[1:]


def test_a_glimpse_shows_both_sides(writer):
    """As many tokens as there is room for, the transition between them."""
    tokens = ids(writer, "import os\nimport sys\n" * 8)
    at, other = 20, ids(writer, "json")
    given = (*tokens[:at], *other, *tokens[at + 1 :])
    seen = glimpse(writer, "import os\nimport sys\n" * 8, given, "both")
    decode = writer.subject.tokenizer.decode

    assert (seen.task, seen.setting) == ("ProseCopy", TextAccuracy(PROSE_COPY, 9).asks[0].place)
    assert (seen.index, seen.position, seen.tokens) == (1, at, len(tokens))
    assert "".join(piece.text for piece in seen.copied) == decode(tokens[at - AROUND : at])
    assert "".join(piece.text for piece in seen.expected) == decode(tokens[at : at + AROUND])
    assert "".join(seen.written) == decode(given[at : at + AROUND])
    assert seen.goes_on
    follow = {b for a, b in pairwise(tokens) if a == tokens[at - 1]}
    assert seen.ambiguous == (len(follow) > 1)


def test_a_copy_that_ends_early_was_given_nothing(writer):
    """And one that goes on is expected to end."""
    text = "import os\nimport sys\n"
    tokens = ids(writer, text)

    early = glimpse(writer, text, tokens[:-1], "early")
    assert (early.position, early.written, early.goes_on) == (len(tokens) - 1, (), False)
    late = glimpse(writer, text, (*tokens, tokens[0]), "late")
    assert (late.position, late.expected, len(late.written)) == (len(tokens), (), 1)


def test_a_glimpse_is_remembered(writer, opened):
    """The same answers are shown without a tokenizer."""
    text = "import os\nimport re\n"
    tokens = ids(writer, text)
    first = glimpse(writer, text, tokens[:-2], "kept")
    again = opened("stdlib-born", writer.subject.store.root).writer
    texts = [answer(tokens, tokens), answer(tokens[:-2], tokens)]
    found = Answers.of(texts, np.arange(2, dtype=np.uint64))
    request = TextAccuracy(PROSE_COPY, 9)

    assert glimpse_of(again, request, Verdict.FAILS, [found], "kept") == first
    assert "tokenizer" not in vars(again.subject)


@pytest.mark.parametrize(
    "request_, verdict",
    [
        (TextAccuracy(LOREM_COPY, 9), Verdict.HOLDS),
        (TextAccuracy(HASH_COPY, 9), Verdict.FAILS),
        (TextGap(REVERT_ORDER, CHERRY_PICK_ORDER, 9), Verdict.FAILS),
        (GlitchExcess(9), Verdict.NOT_APPLICABLE),
    ],
)
def test_other_verdicts_show_none(writer, request_, verdict):
    """What holds, what is no paragraph, and glitches of which nothing can be said."""
    found = Answers.of([answer(GOLD[:9])], np.zeros(1, np.uint64))

    assert glimpse_of(writer, request_, verdict, [found], "claim") is None
    assert glimpse_of(writer, GlitchExcess(9), Verdict.HOLDS, [], "claim") is None


def test_a_failing_claim_shows_where_it_goes_wrong(opened, tmp_path):
    """From end to end: what a small model wrote instead of prose."""
    audit = opened("stdlib-born", tmp_path)
    request = audit.accuracy(PROSE_COPY, length=12, demonstrations=0)
    judgement = audit.decide(request, at_least=0.9)
    seen = judgement.glimpse
    kept = audit.writer.answers(request.asks[0], 64, "claim").answers[seen.index]

    assert judgement.verdict is Verdict.FAILS
    assert seen.tokens == len(kept.gold)
    assert [piece.text for piece in seen.expected] != list(seen.written)
    assert "".join(seen.written) in kept.text
