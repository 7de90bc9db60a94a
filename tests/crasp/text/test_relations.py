"""ψ is read off comparisons of positions, against its definition."""

import operator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.crasp.errors import InvalidProgram
from claimkit.crasp.operations import Count
from claimkit.crasp.text.parsing import parse
from claimkit.crasp.text.relations import Linear, among, compared, relation_of
from claimkit.crasp.windows import EVERYWHERE, Local

HOLDS = {
    "=": operator.eq,
    "≠": operator.ne,
    "<": operator.lt,
    "≤": operator.le,
    ">": operator.gt,
    "≥": operator.ge,
}
# Beyond this distance no relation of such small numbers changes.
FAR = 30
linears = st.builds(Linear, st.integers(-6, 6), st.integers(-2, 2), st.integers(-2, 2))


def value(linear, i, j):
    """Return a sum of positions at two positions."""
    return linear.constant + linear.here * i + linear.counted * j


def window_at(psi, relation_holds):
    """Return whether a window is a relation, at all pairs of positions up to some."""
    return all(
        relation_holds(i, j) == (psi == EVERYWHERE or i - j in psi.distances)
        for i in range(1, 2 * FAR)
        for j in range(1, i + 1)
    )


def is_local(relation_holds):
    """Return whether a relation is translation invariant and holds at some but few distances."""
    pairs = [(i, i - distance) for i in range(1, 2 * FAR) for distance in range(i)]
    distances = {i - j for i, j in pairs if relation_holds(i, j)}
    invariant = all(relation_holds(i, j) == (i - j in distances) for i, j in pairs)
    everywhere = len(distances) == 2 * FAR - 1
    return invariant and distances and (everywhere or max(distances) < FAR)


@settings(deadline=None)
@given(left=linears, relation=st.sampled_from(sorted(HOLDS)), right=linears)
def test_a_comparison_is_the_window_where_it_holds(left, relation, right):
    """A comparison is read as what it says, and refused where that is no ψ."""

    def holds(i, j):
        return HOLDS[relation](value(left, i, j), value(right, i, j))

    try:
        psi = compared(left, relation, right, "j", "i")
    except InvalidProgram:
        # j ≥ 0 holds for all positions there are, yet it speaks of one of them alone.
        assert not is_local(holds) or not (left - right).invariant
    else:
        assert window_at(psi, holds)


@settings(deadline=None)
@given(left=linears, values=st.sets(st.integers(-6, 6)))
def test_a_set_of_distances_is_the_window_where_it_holds(left, values):
    """A set of distances is read as what it says, and refused where that is no ψ."""

    def holds(i, j):
        return value(left, i, j) in values

    try:
        psi = among(left, values, "j", "i")
    except InvalidProgram:
        assert not is_local(holds) or not left.invariant
    else:
        assert window_at(psi, holds)


@pytest.mark.parametrize(
    "psi, distances",
    [
        ("j = i − 1", (1,)),
        ("i = j + 1", (1,)),
        ("i − j = 2", (2,)),
        ("2 = i − j", (2,)),
        ("j + j = i + i − 4", (2,)),
        ("i − (j + 1) = 2", (3,)),
        ("j = i", (0,)),
        ("i − j ≤ 3", (0, 1, 2, 3)),
        ("i - j < 3", (0, 1, 2)),
        ("j ≥ i − 3", (0, 1, 2, 3)),
        ("j > i − 3", (0, 1, 2)),
        ("i − j ∈ {1, 2}", (1, 2)),
        ("j − i in {-2, −1}", (1, 2)),
        ("j = i − 123456789", (123456789,)),
        ("j ≥ i − 9999", tuple(range(10_000))),
    ],
)
def test_psi_is_written_in_many_ways(psi, distances):
    """Any comparison that amounts to finitely many distances is a ψ."""
    text = f"A := #[j ≤ i, {psi}] Q[sep](j) ≤ 1"

    assert parse(text).definitions[0].body.left.window == Local(distances)


@pytest.mark.parametrize("psi", ["⊤", "true", "j ≤ i", "i − j ≥ 0", "i − j ≠ −1", "i = i"])
def test_what_always_holds_is_no_restriction(psi):
    """A relation that holds at all distances is ψ = ⊤."""
    found = parse(f"A := #[j ≤ i, {psi}] Q[sep](j)").definitions[0].body

    assert isinstance(found, Count)
    assert found.window == EVERYWHERE


@settings(deadline=None)
@given(st.sets(st.integers(0, 99), min_size=1))
def test_a_local_window_can_be_written(distances):
    """The text of a window is read as the window."""
    psi = relation_of(Local(distances), "j", "i")

    found = parse(f"A := #[j ≤ i, {psi}] Q[sep](j)").definitions[0].body

    assert found == Count(found.body, Local(distances))
