"""Random programs that answer something: for laws of reductions, which take any program."""

from hypothesis import strategies as st
from tests.crasp.strategies import programs

from claimkit.crasp.operations import And, AnySymbol, Binder, Initial, Not, Or, Ref, Variable
from claimkit.crasp.program import Definition, Program
from claimkit.crasp.reductions.lines import renamed

ANSWER, QUERY = Variable("answer"), Variable("query")


@st.composite
def solvers(draw):
    """Programs for every alphabet with a line NEXT[a], made of one of their Boolean lines."""
    program = renamed(draw(programs(alphabet_fixed=False)), "NEXT", "NAMED")
    booleans = [line for line in program.definitions if program.kind(line.key) == "boolean"]
    known = [Initial(ANSWER), Not(Initial(ANSWER))]
    for line in booleans:
        # Families are asked about the answer, or first about the query and then about the answer.
        names = [QUERY, ANSWER] if len(line.variables) > 1 else [ANSWER]
        given = iter(names)
        terms = [next(given) if isinstance(term, Variable) else term for term in line.indices]
        of_line = Ref(line.name, tuple(terms))
        known.append(AnySymbol(Binder("query"), And(Initial(QUERY), of_line)))
    left, right = draw(st.sampled_from(known)), draw(st.sampled_from(known))
    body = draw(st.sampled_from([left, And(left, right), Or(left, Not(right))]))
    lines = (*program.definitions, Definition("NEXT", (ANSWER,), body))
    return Program(program.name, lines)
