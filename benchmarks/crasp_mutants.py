"""The mutation check of the laws: which changes to a program they notice.

Changes every program in every place where one operation can be mistaken for another, and asks the
questions of the laws. Prints Markdown; about two minutes on one core:

    python benchmarks/crasp_mutants.py > docs/crasp-mutants.md
"""

from __future__ import annotations

import textwrap
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from claimkit.crasp.library import PROGRAMS, WITHOUT_POSITIONS, program_of, variants
from claimkit.crasp.mutants.equivalence import first_difference, length_of_all
from claimkit.crasp.mutants.mutating import Mutant, mutants
from claimkit.crasp.mutants.mutations import FAR, MUTATIONS
from claimkit.crasp.mutants.trials import ALL, LAWS, Kill, Trials
from claimkit.crasp.symbols import Alphabet

ROOT = Path(__file__).parents[1]
EQUIVALENT = ROOT / "tests" / "crasp" / "equivalent_mutants.toml"
NAMES = (*PROGRAMS, *variants(WITHOUT_POSITIONS))
EXAMPLES = 100
INTRODUCTION = f"""# Mutants of the programs

`python benchmarks/crasp_mutants.py > docs/crasp-mutants.md`

A law that no wrong program breaks says little. So the laws are held against *mutants*: programs
that differ from one of claimkit's by a single operation and are programs again. A mutant is killed
by the first question that it answers wrongly. Those that answer all questions rightly are
equivalent to the program; each is listed with the reason.

In turn a mutant is asked

- *{ALL}*, by length: over 3 symbols, or the task's own;
- the same, *numbered from elsewhere*, where lines depend on i mod Δ: what positions are called must
  change nothing;
- one question for each *pattern* of equal and different symbols over a larger alphabet;
- for a language, all *ultimately periodic* words u w w w … of 200 symbols with short u and w;
- up to {EXAMPLES} questions of up to 200 symbols, *drawn* by Hypothesis, the same for all mutants
  of a program.

A mutant that looks back {FAR} positions where the program looks back over all is right on every
shorter string; it is for the long questions to kill.
"""
LEGEND = """A killed mutant is counted under the first question that kills it; *up to length* is the
length of the longest among all questions that was first.
"""
EXPLANATION = f"""Long questions are ultimately periodic words and drawn questions.

## Equivalent mutants

*Everywhere* is argued in words, and run: program and mutant say the same after all strings of up to
{length_of_all(2)} symbols over two symbols and `$`, `|`, `#` in any order (shorter ones over larger
alphabets), and after strings of 64 symbols, one symbol again and again with anything short before
and behind it. The others are right on the task's questions only; beside each stands a shortest
string after which it differs."""


@dataclass(frozen=True)
class Outcome:
    """What became of the mutants of one program.

    Attributes:
        name: The program's, in the library.
        found: Every mutant and what killed it; None if nothing did.
    """

    name: str
    found: tuple[tuple[Mutant, Kill | None], ...]

    @property
    def survivors(self):
        """The mutants that answered all questions rightly."""
        return [mutant for mutant, kill in self.found if kill is None]

    @property
    def row(self):
        """The program's line in the table."""
        return row(code(self.name), [kill for _, kill in self.found])


@dataclass(frozen=True)
class Reason:
    """Why some mutants are equivalent.

    Attributes:
        why: In words.
        everywhere: Whether after all strings, not only after those of the task.
        mutants: The changed lines, by program.
    """

    why: str
    everywhere: bool
    mutants: dict[str, list[str]]

    @property
    def pairs(self):
        """Each program with each of its changed lines."""
        return [(name, line) for name, lines in self.mutants.items() for line in lines]


def outcome(name, length=None, examples=EXAMPLES):
    """Ask all mutants of a program.

    Args:
        name: Of the program in the library.
        length: Most symbols of the questions that are asked all; the usual ones without it.
        examples: Most questions that are drawn.

    Raises:
        SystemExit: If the program itself answers a question wrongly.
    """
    program = program_of(name)
    trials = Trials(program, task_of(name), length, examples)
    if kill := trials.kill(program):
        raise SystemExit(f"{name} is wrong itself: {kill}")
    found = ((mutant, trials.kill(mutant.program)) for mutant in mutants(program))
    return Outcome(name, tuple(found))


def task_of(name):
    """Return the task that a program of the library is for."""
    return name.rpartition("/")[2]


def reasons():
    """Return the mutants that are known to be equivalent, and why they are."""
    table = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))
    return [Reason(**entry) for entry in table["reason"]]


def alphabet_of(name):
    """Return the alphabet over which a program and its mutants are compared."""
    return Alphabet(program_of(name).alphabet or "ab")


def code(text):
    """Return a text as Markdown shows it unchanged."""
    return f"`{text}`"


def row(title, kills):
    """Return what became of some mutants, as a line of the table."""
    killed = [kill for kill in kills if kill]
    by_law = Counter(kill.law for kill in killed)
    longest = max(kill.length for kill in killed if kill.law == ALL)
    first, *others = (by_law[law] for law in LAWS)
    left = len(kills) - len(killed)
    cells = (len(kills), len(killed), first, longest, *others, left)
    return f"| {title} | {' | '.join(map(str, cells))} |"


def table(outcomes):
    """Yield the table of the programs."""
    yield (
        "| program | mutants | killed | all questions | up to length | numbered from elsewhere | "
        "patterns | ultimately periodic | drawn | equivalent |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for each in outcomes:
        yield each.row
    yield row("all", [kill for each in outcomes for _, kill in each.found])


def by_mutation(outcomes):
    """Yield the table of what was changed."""
    found = [pair for each in outcomes for pair in each.found]
    yield "| change | mutants | killed | only by long questions | equivalent |"
    yield "|---|---|---|---|---|"
    for operator in MUTATIONS:
        kills = [kill for mutant, kill in found if mutant.operator == operator]
        equivalent = kills.count(None)
        late = sum(kill is not None and kill.law in LAWS[-2:] for kill in kills)
        cells = (len(kills), len(kills) - equivalent, late, equivalent)
        yield f"| {operator} | {' | '.join(map(str, cells))} |"


def listed(outcomes):
    """Yield the equivalent mutants, by reason."""
    survivors = {(each.name, m.text): m.program for each in outcomes for m in each.survivors}
    for reason in reasons():
        where = "Everywhere" if reason.everywhere else "On the task's questions"
        yield f"\n{wrapped(f'**{where}.** {reason.why}')}\n"
        for name, line in reason.pairs:
            word = first_difference(program_of(name), survivors[name, line], alphabet_of(name))
            yield f"- {code(name)}: {code(line)}{differs(word)}"


def differs(word):
    """Return in words after which string a mutant differs."""
    if word is None:
        return ""
    shown = " ".join(word) if len(word) <= 10 else f"{' '.join(word[:3])} … {' '.join(word[-3:])}"
    return f" differs after {code(shown)}"


def summary(outcomes):
    """Return how many mutants there are, and what became of them."""
    total = sum(len(each.found) for each in outcomes)
    left = {(each.name, mutant.text) for each in outcomes for mutant in each.survivors}
    known = {pair: reason.everywhere for reason in reasons() for pair in reason.pairs}
    everywhere = sum(known.get(pair, False) for pair in left)
    explained = sum(pair in known for pair in left)
    return wrapped(
        f"Of {total:,} mutants of {len(outcomes)} programs {total - len(left):,} are killed "
        f"({(total - len(left)) / total:.1%}). Of the other {len(left)}, {everywhere} do what the "
        f"program does after every string, {explained - everywhere} after every string that a "
        f"question of the task comes down to, and {len(left) - explained} are unexplained."
    )


def wrapped(text):
    """Return a paragraph in lines."""
    return textwrap.fill(text, 100, break_long_words=False, break_on_hyphens=False)


def page(outcomes):
    """Yield the page."""
    yield f"{INTRODUCTION}\n{summary(outcomes)}\n"
    yield from table(outcomes)
    yield f"\n{LEGEND}\n## What is changed\n"
    yield from by_mutation(outcomes)
    yield f"\n{EXPLANATION}"
    yield from listed(outcomes)


def main():
    """Print the page."""
    print("\n".join(page([outcome(name) for name in NAMES])))


if __name__ == "__main__":
    main()
