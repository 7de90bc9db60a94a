"""Rates over paragraphs, each worked out by hand."""

import pytest

from claimkit.errors import NotApplicable
from claimkit.evaluation.glitches.counting import Glitches, glitches
from claimkit.evaluation.glitches.rates import Rates


def paragraph(aligned=(60, 40), transitions=(0, 0), types=(8, 10), output=100):
    """Return what became of 100 tokens; pairs are of ambiguous and of other tokens or types."""
    return Glitches(
        gold_length=100,
        output_length=output,
        aligned=sum(aligned),
        ambiguous_aligned=aligned[0],
        transitions=sum(transitions),
        ambiguous_transitions=transitions[0],
        ambiguous_types=types[0],
        unambiguous_types=types[1],
        first_glitch=None,
    )


TWO = Rates.of([paragraph((60, 40), (3, 0)), paragraph((30, 20), (3, 2), types=(4, 5))])


def test_a_success_rate_is_by_opportunities():
    """6 of 90 ambiguous tokens were the last before a glitch, and 2 of 60 others."""
    assert TWO.success_rate(ambiguous=True) == pytest.approx(1 - 6 / 90)
    assert TWO.success_rate(ambiguous=False) == pytest.approx(1 - 2 / 60)


def test_a_type_rate_is_by_types_of_its_kind():
    """3 of 8 and 3 of 4 ambiguous types; 0 of 10 and 2 of 5 others."""
    assert TWO.type_rate(ambiguous=True) == pytest.approx((5 / 8 + 1 / 4) / 2)
    assert TWO.type_rate(ambiguous=False) == pytest.approx((1 + 3 / 5) / 2)


def test_the_published_rate_is_by_unambiguous_types():
    """3 of 10 and 3 of 5: the slip makes ambiguous tokens look better where they are fewer."""
    assert TWO.published_rate(ambiguous=True) == pytest.approx((7 / 10 + 2 / 5) / 2)
    assert TWO.published_rate(ambiguous=False) == TWO.type_rate(ambiguous=False)


def test_shares_are_ratios_of_sums():
    """6 of 8 transitions were at ambiguous tokens, of which there were 90 in 150."""
    assert TWO.share_ambiguous == 6 / 8
    assert TWO.expected_share == 90 / 150


def test_paragraphs_of_another_length_are_counted_apart():
    """What the length filter leaves out bears on no rate."""
    found = Rates.of([*TWO.kept, paragraph((1, 1), (1, 1), output=20)])

    assert (found.kept, found.left_out) == (TWO.kept, 1)


def test_evenly_spread_glitches_have_the_expected_share():
    """One wrong token after each of all but the last: every copied token is an opportunity."""
    gold = [1, 2, 3, 1, 4, 5, 2, 6, 7, 8]
    copies = [[*gold[:i], 9, *gold[i + 1 :]] for i in range(1, len(gold))]
    found = Rates.of(glitches(gold, copy) for copy in copies)

    assert found.total("transitions") == len(gold) - 1
    # Types 1 and 2 are followed by two tokens each; they stand at four of the first nine places.
    assert found.share_ambiguous == 4 / 9


@pytest.mark.parametrize(
    "ask, words",
    [
        (lambda: Rates.of([]).success_rate(True), "no ambiguous token was copied"),
        (lambda: Rates.of([paragraph()]).share_ambiguous, "no copy went wrong"),
        (lambda: Rates.of([paragraph(aligned=(0, 0))]).expected_share, "no token was copied"),
        (lambda: Rates.of([]).type_rate(True), r"got \[\] in the first of 0"),
        (
            lambda: Rates.of([paragraph(types=(4, 0))]).published_rate(True),
            r"per unambiguous type needs such types .* got \[0\]",
        ),
    ],
)
def test_without_anything_to_count_there_is_no_rate(ask, words):
    """Missing is not zero, and not one."""
    with pytest.raises(NotApplicable, match=words):
        ask()
