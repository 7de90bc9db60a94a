"""Random well-typed programs, for laws that hold for all of them.

Sizes are small: at most four names with a line or two each, nested at most three deep, families of
at most two indices, alphabets of at most three symbols. Every operation, kind of window and kind of
index occurs.
"""

from dataclasses import replace

from hypothesis import strategies as st

from claimkit.crasp.operations import (
    FALSE,
    INDEX_RELATIONS,
    RELATIONS,
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
    One,
    Or,
    Periodic,
    Ref,
    Subtract,
    SumOver,
    Symbol,
    Top,
    Variable,
    number,
)
from claimkit.crasp.program import Definition, Program
from claimkit.crasp.symbols import SPECIAL
from claimkit.crasp.windows import EVERYWHERE, Local

# Some are hard to write: quotes, comments, words that mean special symbols, operators.
SYMBOLS = ("a", "b", "0", "1", "é", "bos", "a'b", "\\", "x#y", "#[", "(", ":=", "_", "j")
LINES = ("NEXT", "PRED", "BIGRAM", "C_1", "σ", "i", "j", "x")
INDICES = ("a", "b", "s", "σ", "i", "x2")
NAMES = ("", "UR", "D_2", "aa*bb*", "Binary Majority", "it's #1", "'", "x := y", "\\")


def alphabets():
    """Alphabets of one to three symbols, in any order."""
    return st.lists(st.sampled_from(SYMBOLS), min_size=1, max_size=3, unique=True).map(tuple)


def windows():
    """⊤, and local windows of distances up to 4."""
    distances = st.sets(st.integers(0, 4), min_size=1, max_size=3)
    return st.one_of(st.just(EVERYWHERE), distances.map(Local))


def periodics():
    """Periods up to 4 with any residues, none and all of them too."""
    return st.integers(1, 4).flatmap(
        lambda period: st.sets(st.integers(0, period - 1)).map(lambda rest: Periodic(period, rest))
    )


@st.composite
def programs(draw, alphabet_fixed=None):
    """Programs that are checked when built, with or without an alphabet of their own.

    Args:
        draw: Given by Hypothesis.
        alphabet_fixed: Whether the program names its alphabet; None for either.
    """
    fixed = draw(st.booleans()) if alphabet_fixed is None else alphabet_fixed
    writer = _Writer(draw, draw(alphabets()) if fixed else None)
    names = draw(st.lists(st.sampled_from(LINES), min_size=1, max_size=4, unique=True))
    for name in names:
        writer.write(name)
    return Program(draw(st.sampled_from(NAMES)), tuple(writer.lines), writer.alphabet)


class _Writer:
    """Writes the lines of one program, one after another."""

    def __init__(self, draw, alphabet):
        self.alphabet = alphabet
        self.lines = []
        self._kinds = []
        self._draw = draw

    def write(self, name):
        """Add a line, and at times a second one for a special symbol, as NEXT[eos]."""
        indices = self._indices()
        kind = self._one_of("boolean", "boolean", "count")
        self._add(name, indices, kind)
        if any(isinstance(term, Variable) for term in indices) and self._one_of(False, False, True):
            places = [at for at, term in enumerate(indices) if isinstance(term, Variable)]
            at = self._one_of(*places)
            special = Symbol(self._one_of(*SPECIAL))
            self._add(name, (*indices[:at], special, *indices[at + 1 :]), kind)

    def _add(self, name, indices, kind):
        bound = tuple(term.name for term in indices if isinstance(term, Variable))
        body = self._operation(kind, self._draw(st.integers(0, 3)), bound)
        line = self._draw(st.integers(0, 9))
        self.lines.append(Definition(name, indices, body, line))
        self._kinds.append(kind)

    def _indices(self):
        count = self._one_of(0, 1, 1, 2)
        names = self._draw(
            st.lists(st.sampled_from(INDICES), min_size=count, max_size=count, unique=True)
        )
        return tuple(
            self._literal() if self._one_of(False, False, True) else Variable(name)
            for name in names
        )

    def _operation(self, kind, depth, bound):
        return self._boolean(depth, bound) if kind == "boolean" else self._count(depth, bound)

    def _boolean(self, depth, bound):
        """Draw a Boolean operation whose indices are bound."""
        if depth == 0:
            leaves = [Top(), FALSE, Initial(self._term(bound)), self._draw(periodics())]
            return self._one_of(*leaves, *self._references("boolean", bound))
        depth -= 1
        shape = self._one_of(Not, And, Or, AtMost, Compare, Exists, AnySymbol, EverySymbol)
        if shape is Not:
            return Not(self._boolean(depth, bound))
        if shape is Exists:
            return Exists(self._boolean(depth, bound), self._draw(windows()))
        if shape in (AnySymbol, EverySymbol):
            binder, bound = self._binder(bound)
            return shape(binder, self._boolean(depth, bound))
        if shape is Compare:
            left, right = self._count(depth, bound), self._count(depth, bound)
            return Compare(left, self._one_of(*RELATIONS), right)
        operand = self._count if shape is AtMost else self._boolean
        return shape(operand(depth, bound), operand(depth, bound))

    def _count(self, depth, bound):
        """Draw a count whose indices are bound."""
        if depth == 0:
            constant = self._draw(st.integers(-3, 4).map(number))
            return self._one_of(One(), constant, *self._references("count", bound))
        depth -= 1
        shape = self._one_of(Count, Count, Conditional, Add, Subtract, SumOver)
        if shape is Count:
            return Count(self._boolean(depth, bound), self._draw(windows()))
        if shape is SumOver:
            binder, bound = self._binder(bound)
            return SumOver(binder, self._count(depth, bound))
        left, right = self._count(depth, bound), self._count(depth, bound)
        if shape is Conditional:
            return Conditional(self._boolean(depth, bound), left, right)
        return shape(left, right)

    def _references(self, kind, bound):
        """Return references to some earlier lines of a kind, at indices that they cover."""
        for line, its in zip(self.lines, self._kinds, strict=True):
            closed = not bound and self.alphabet is None
            if its == kind and not (line.variables and closed):
                yield Ref(
                    line.name,
                    tuple(
                        self._data_term(bound) if isinstance(term, Variable) else term
                        for term in line.indices
                    ),
                )

    def _binder(self, bound):
        """Return a binder of a new index, and all that is bound inside it."""
        name = self._draw(
            st.sampled_from(
                [name for name in (*INDICES, "t", "u", "v", "w", "z") if name not in bound]
            )
        )
        inside = (*bound, name)
        count = self._one_of(0, 0, 1, 2)
        return Binder(name, tuple(self._constraint(name, inside) for _ in range(count))), inside

    def _constraint(self, name, bound):
        relation = self._one_of(*INDEX_RELATIONS)
        other = self._data_term(bound) if relation == "<" else self._term(bound)
        constraint = Constraint(Variable(name), relation, other)
        if self._one_of(True, False):
            return constraint
        return replace(constraint, left=other, right=Variable(name))

    def _term(self, bound):
        return self._one_of(*map(Variable, bound), self._literal())

    def _data_term(self, bound):
        return self._one_of(*map(Variable, bound), *map(Symbol, self.alphabet or ()))

    def _literal(self):
        return Symbol(self._one_of(*(self.alphabet or ()), *SPECIAL))

    def _one_of(self, *values):
        return self._draw(st.sampled_from(values))
