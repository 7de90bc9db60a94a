"""An operation tree is walked in order, and changed at one place only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.crasp.operations import (
    Add,
    And,
    AnySymbol,
    AtMost,
    Binder,
    Conditional,
    Count,
    EverySymbol,
    Initial,
    Not,
    Number,
    One,
    Periodic,
    Ref,
    SumOver,
    Symbol,
    Top,
    Variable,
    operands,
)
from claimkit.crasp.rewriting import ROOT, places, replaced
from claimkit.crasp.windows import Local

MARK = Ref("MARK")
BOOLEANS = st.recursive(
    st.one_of(
        st.just(Top()),
        st.builds(Initial, st.builds(Symbol, st.sampled_from("$|#"))),
        st.builds(Periodic, st.just(3), st.sets(st.integers(0, 2))),
    ),
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, inner, inner),
        st.builds(AnySymbol, st.just(Binder("s")), inner),
        st.builds(
            lambda p, q: AtMost(Count(p, Local({1})), Conditional(q, One(), One())), *[inner] * 2
        ),
    ),
    max_leaves=8,
)


def test_an_operation_comes_before_its_operands_and_they_in_their_order():
    """The way to each is the fields to follow."""
    whole = And(Not(Top()), AtMost(One(), Count(Initial(Symbol("|")))))

    assert [(place.path, type(place.operation)) for place in places(whole)] == [
        ((), And),
        (("left",), Not),
        (("left", "operand"), Top),
        (("right",), AtMost),
        (("right", "left"), One),
        (("right", "right"), Count),
        (("right", "right", "body"), Initial),
    ]


def test_a_place_knows_what_it_is_an_operand_of():
    """The whole is an operand of nothing."""
    whole = Not(Top())

    assert [place.parent for place in places(whole)] == [None, whole]


@pytest.mark.parametrize("binds", [AnySymbol, EverySymbol, SumOver])
def test_an_index_is_bound_below_its_binder_only(binds):
    """Outermost first, after those of the line."""
    whole = Add(binds(Binder("s"), binds(Binder("t"), One())), Number(2))

    assert [(place.path, place.scope) for place in places(whole, ("a",))] == [
        ((), ("a",)),
        (("left",), ("a",)),
        (("left", "body"), ("a", "s")),
        (("left", "body", "body"), ("a", "s", "t")),
        (("right",), ("a",)),
    ]


@given(BOOLEANS, st.data())
def test_only_the_place_is_changed(whole, data):
    """The new operation stands there, and every place outside it holds what it held."""
    place = data.draw(st.sampled_from(list(places(whole))))

    after = {p.path: p.operation for p in places(replaced(whole, place.path, MARK))}

    assert after[place.path] == MARK
    before = {p.path: p.operation for p in places(whole)}
    beside = [p for p in before if p[: len(place.path)] != place.path]
    above = [p for p in beside if place.path[: len(p)] == p]
    assert set(after) == {*beside, place.path}
    assert all(after[p] == before[p] for p in beside if p not in above)
    assert all(type(after[p]) is type(before[p]) for p in above)


@given(BOOLEANS, st.data())
def test_what_is_put_back_changes_nothing(whole, data):
    """Also not the sets of a window or a periodic predicate."""
    place = data.draw(st.sampled_from(list(places(whole))))

    assert replaced(whole, place.path, place.operation) == whole


def test_the_whole_can_be_replaced():
    """It stands at the empty path."""
    assert replaced(Initial(Variable("a")), ROOT, MARK) == MARK


@given(BOOLEANS)
def test_every_operand_is_a_place(whole):
    """What an operation is made of stands one step below it, in the same order."""
    for place in places(whole):
        below = [p.operation for p in places(place.operation) if len(p.path) == 1]

        assert tuple(below) == operands(place.operation)
