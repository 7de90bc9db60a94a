"""What one operation of a line can be mistaken for."""

import pytest

from claimkit.crasp.library import PROGRAMS, program_of
from claimkit.crasp.mutants.mutating import mutants
from claimkit.crasp.mutants.mutations import FAR, MUTATIONS
from claimkit.crasp.operations import (
    FALSE,
    Add,
    And,
    AnySymbol,
    AtMost,
    Binder,
    Compare,
    Conditional,
    Constraint,
    Count,
    EverySymbol,
    Exists,
    Initial,
    Not,
    Number,
    One,
    Or,
    Periodic,
    Ref,
    Subtract,
    SumOver,
    Symbol,
    Top,
    Variable,
)
from claimkit.crasp.program import Definition, Program
from claimkit.crasp.windows import EVERYWHERE, PREDECESSOR, Local

A, B, S = Variable("a"), Variable("b"), Variable("s")
BOS, SEP, EOS = Symbol("$"), Symbol("|"), Symbol("#")
P, PP, D = Ref("P", (A,)), Ref("PP", (A, B)), Ref("D")
EARLIER = (
    Definition("P", (A,), Initial(A)),
    Definition("PP", (A, B), And(Initial(A), Initial(B))),
    Definition("C", (A,), Count(Initial(A))),
    Definition("D", (), Count(Top())),
    Definition("E", (), Number(3)),
    Definition("R", (A,), Not(P)),
)


def ranged(left, relation, right):
    """A binder of s with one constraint."""
    return Binder("s", (Constraint(left, relation, right),))


NEARER = ranged(S, "<", A)


def changed(body, kind, alphabet=None):
    """What the last line of a program becomes by mutations of one kind."""
    program = Program("", (*EARLIER, Definition("LAST", (A, B), body)), alphabet)
    found = [m for m in mutants(program) if m.line.name == "LAST" and m.operator == kind]
    return [mutant.line.body for mutant in found]


@pytest.mark.parametrize(
    "kind, body, expected",
    [
        ("¬ added or dropped", P, [Not(P)]),
        ("¬ added or dropped", Not(P), [P]),
        ("¬ added or dropped", FALSE, [Top()]),
        ("¬ added or dropped", Exists(P), [Not(Exists(P)), Exists(Not(P))]),
        ("¬ added or dropped", D, []),
        ("operand dropped or made constant", P, [Top(), FALSE]),
        ("operand dropped or made constant", D, [Number(0)]),
        ("operand dropped or made constant", Not(P), [Top(), FALSE]),
        (
            "operand dropped or made constant",
            And(P, PP),
            [Top(), FALSE, And(Top(), PP), And(P, Top())],
        ),
        (
            "operand dropped or made constant",
            Or(P, PP),
            [Top(), FALSE, Or(FALSE, PP), Or(P, FALSE)],
        ),
        (
            "operand dropped or made constant",
            Exists(P),
            [Top(), FALSE, Exists(Top()), Exists(FALSE)],
        ),
        (
            "operand dropped or made constant",
            Conditional(P, D, One()),
            [
                Number(0),
                Conditional(Top(), D, One()),
                Conditional(FALSE, D, One()),
                Conditional(P, Number(0), One()),
                Conditional(P, D, Number(0)),
            ],
        ),
        ("∧ ↔ ∨, ⋀ ↔ ⋁", And(P, PP), [Or(P, PP)]),
        ("∧ ↔ ∨, ⋀ ↔ ⋁", Or(P, PP), [And(P, PP)]),
        ("∧ ↔ ∨, ⋀ ↔ ⋁", AnySymbol(NEARER, P), [EverySymbol(NEARER, P)]),
        ("∧ ↔ ∨, ⋀ ↔ ⋁", EverySymbol(NEARER, P), [AnySymbol(NEARER, P)]),
        ("relation", AtMost(D, One()), [Compare(D, r, One()) for r in "<>≥=≠"]),
        (
            "relation",
            Compare(D, "<", One()),
            [AtMost(D, One()), *(Compare(D, r, One()) for r in ">≥=≠")],
        ),
        ("comparison off by one", AtMost(D, Ref("E")), [AtMost(D, Add(Ref("E"), One()))]),
        ("comparison off by one", AtMost(D, One()), []),
        (
            "comparison off by one",
            Compare(D, "<", Ref("E")),
            [Compare(Add(D, One()), "<", Ref("E"))],
        ),
        (
            "comparison off by one",
            Compare(D, "=", Ref("E")),
            [Compare(D, "=", Add(Ref("E"), One())), Compare(Add(D, One()), "=", Ref("E"))],
        ),
        ("number off by one", One(), [Number(2)]),
        ("number off by one", Number(2), [One(), Number(3)]),
        ("number off by one", Number(-3), [Number(-4), Number(-2)]),
        ("+, −, branches", Add(D, One()), [Subtract(D, One())]),
        ("+, −, branches", Subtract(D, One()), [Add(D, One()), Subtract(One(), D)]),
        ("+, −, branches", Conditional(P, D, One()), [Conditional(P, One(), D)]),
        (
            "ψ",
            Exists(P, PREDECESSOR),
            [
                *(Exists(P, Local(d)) for d in [{0}, {2}, {0, 1}, {1, 2}]),
                Exists(P, EVERYWHERE),
            ],
        ),
        ("ψ", Count(P), [Count(P, Local(d)) for d in [{0}, {1}, {0, 1}, range(FAR)]]),
        (
            "ψ",
            Count(P, Local({0, 2})),
            [*(Count(P, Local(d)) for d in [{1, 3}, {0, 2, 3}, {2}, {0}]), Count(P)],
        ),
        ("index or symbol", Initial(A), [Initial(other) for other in (B, BOS, SEP, EOS)]),
        ("index or symbol", Initial(SEP), [Initial(other) for other in (A, B, BOS, EOS)]),
        ("index or symbol", P, [Ref("P", (B,))]),
        ("index or symbol", PP, [Ref("PP", pair) for pair in [(B, B), (A, A), (B, A)]]),
        (
            "index or symbol",
            SumOver(Binder("s"), Ref("C", (S,))),
            [SumOver(Binder("s"), Ref("C", (other,))) for other in (A, B)],
        ),
        ("another line", D, [Ref("E")]),
        ("another line", P, [Ref("R", (A,))]),
        ("another line", Ref("C", (A,)), []),
        ("another line", Ref("R", (A,)), [P]),
        (
            "range of an index",
            AnySymbol(Binder("s"), P),
            [AnySymbol(ranged(S, "≠", other), P) for other in (A, B)],
        ),
        (
            "range of an index",
            EverySymbol(NEARER, P),
            [
                EverySymbol(binder, P)
                for binder in [
                    Binder("s"),
                    ranged(S, "=", A),
                    ranged(S, "≠", A),
                    ranged(A, "<", S),
                    ranged(B, "<", A),
                    ranged(S, "<", B),
                    Binder("s", (*NEARER.where, Constraint(S, "≠", B))),
                ]
            ],
        ),
        (
            "φ",
            Periodic(3, {1}),
            [Periodic(3, {2}), Periodic(3, {0}), Periodic(2, {1}), Periodic(4, {1})],
        ),
        ("φ", Periodic(2, {0}), [Periodic(2, {1}), Periodic(3, {0})]),
        (
            "φ",
            Periodic(4, {0, 3}),
            [Periodic(4, r) for r in [{0, 1}, {2, 3}, {3}, {0}]]
            + [Periodic(3, {0}), Periodic(5, {0, 3})],
        ),
    ],
)
def test_mutations_of_an_operation(kind, body, expected):
    """Every way to change it by one thing, and none that the line would be refused for."""
    assert changed(body, kind) == expected


def test_symbols_of_a_fixed_alphabet_are_mistaken_for_one_another():
    """Where a line is for them, also as the index of a reference."""
    zero, one = Symbol("0"), Symbol("1")

    assert changed(Initial(zero), "index or symbol", ("0", "1")) == [
        Initial(other) for other in (A, B, BOS, SEP, EOS, one)
    ]
    assert changed(Ref("P", (A,)), "index or symbol", ("0", "1")) == [
        Ref("P", (other,)) for other in (B, zero, one)
    ]


def test_every_mutation_is_in_use():
    """Each changes something that stands in the programs."""
    kinds = {mutant.operator for name in PROGRAMS for mutant in mutants(program_of(name))}

    assert kinds == set(MUTATIONS)
