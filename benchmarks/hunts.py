"""How surely hunts find planted and real flaws, and whether they shrink them to the known minimum.

Each control is hunted on with 20 seeds, from nothing: no example database, no failing strings. The
planted flaws have a flat margin, one logit right or one logit wrong, so that nothing but chance and
the search's own variety leads to them; their least questions are known beforehand. Those of
forward-born, which was taught to go forward, are found by asking it all questions in order of
simplicity. About ten minutes on two cores; run it from the root of the source tree:

    python benchmarks/hunts.py [--seeds 20] [--length 30] [NAME ...]
"""

from __future__ import annotations

import argparse
import itertools
import runpy
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from claimkit.auditing.asks import Ask
from claimkit.auditing.hunting.on_model import Quarry
from claimkit.auditing.hunting.questions import Question, strings_of
from claimkit.auditing.observing import Observer
from claimkit.auditing.subject import Subject
from claimkit.models.bundled import bundled_models
from claimkit.models.spec import ModelSpec
from claimkit.tasks import NB, NF, UB, UL, UR, Task
from claimkit.tasks.domains import well_posed
from claimkit.tasks.sampling import shortest

PLANTED = runpy.run_path(str(Path(__file__).parents[1] / "tests" / "models" / "planted.py"))
BATCH = 256


@dataclass(frozen=True)
class Control:
    """A model of which the least wrong question is known.

    Attributes:
        task: What is asked.
        flaw: What is planted, or None for forward-born as it is.
        least: The least wrong question, or None where the model has to be asked for it.
        template: How it is asked.
    """

    task: Task
    flaw: object = None
    least: Question | None = None
    template: str = "bare"


# Symbols by number: 3 is d, 5 is f, 9 is j.
REPEATS, BOTH = PLANTED["repeats"](9), PLANTED["conjunction"](5, 9, 3)
CONTROLS = {
    # The query needs two neighbours, so it stands between the two.
    "j repeats, UR": Control(UR, REPEATS, Question((9, 0, 9), 0)),
    "j repeats, NF": Control(NF, REPEATS, Question((9, 9))),
    "f first and j before d, UR": Control(UR, BOTH, Question((5, 9, 3), 9)),
    # Something has to repeat, and an early d makes the least string.
    "f first and j before d, NF": Control(NF, BOTH, Question((5, 3, 9, 3))),
    "forward-born, UL": Control(UL),
    "forward-born, UL, rule": Control(UL, template="rule"),
    "forward-born, UB": Control(UB),
    "forward-born, UB, rule": Control(UB, template="rule"),
    "forward-born, NB": Control(NB),
    "forward-born, NB, rule": Control(NB, template="rule"),
}


def quarry_of(control: Control, length: int, folder: Path) -> Quarry:
    """Return a control, ready to be hunted on."""
    spec = ModelSpec(str(bundled_models() / "forward-born"), device="cpu")
    subject = Subject.open(Subject.prepare(spec, folder), folder)
    # By rule it answers whatever the demonstrations, and a short prompt saves time.
    shown = 5 if control.flaw is None else 1
    ask = Ask(control.task, length, {"template": control.template, "demonstrations": shown})
    quarry = Quarry.of(Observer(subject), ask)
    if control.flaw is not None:
        planted = PLANTED["planted"](quarry.prompter, control.task, control.flaw)
        subject.language_model = planted
    return quarry


def simplest_first(quarry: Quarry) -> Iterator[Question]:
    """Yield all questions of a group, the simplest first."""
    group, symbols = quarry.task.group, quarry.setting.symbols
    for length in range(shortest(group), quarry.setting.length + 1):
        for context in itertools.product(range(symbols), repeat=length):
            for query in sorted(set(context)) if group.is_retrieval else [None]:
                question = Question(context, query)
                if well_posed(group, strings_of([question]), symbols)[0]:
                    yield question


def least_wrong(quarry: Quarry) -> Question:
    """Return the first question that the model gets wrong, asking all in order."""
    questions = simplest_first(quarry)
    while batch := list(itertools.islice(questions, BATCH)):
        for question, margin in zip(batch, quarry.margins(batch), strict=True):
            if margin <= 0:
                return question
    raise SystemExit(f"{quarry.label}: the model is right on every question there is")


def in_words(question: Question, quarry: Quarry) -> str:
    """Return a question as a reader writes it."""
    symbols = quarry.prompter.tokens.symbols
    context = " ".join(symbols[i] for i in question.context)
    return context if question.query is None else f"{context} | {symbols[question.query]}"


def main() -> None:
    """Print one line of Markdown for each control."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(CONTROLS)}")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--length", type=int, default=30)
    options = parser.parse_args()
    print("| control | least wrong question | found | minimum reached | questions | batches | s |")
    print("|---|---|---|---|---|---|---|")
    for name in options.names or CONTROLS:
        with tempfile.TemporaryDirectory() as folder:
            print(line(name, options.seeds, options.length, Path(folder)), flush=True)


def line(name: str, seeds: int, length: int, folder: Path) -> str:
    """Hunt on a control with so many seeds; return the table's line, medians and most."""
    control = CONTROLS[name]
    quarry = quarry_of(control, length, folder)
    least = control.least or least_wrong(quarry)
    hunts, seconds = [], []
    for seed in range(seeds):
        start = time.perf_counter()
        hunts.append(quarry.hunt([], seed))
        seconds.append(time.perf_counter() - start)
    found = [hunt.found.question for hunt in hunts if hunt.found is not None]
    counts = [[hunt.asked for hunt in hunts], [hunt.batches for hunt in hunts], seconds]
    figures = " | ".join(f"{median(one):.0f}, at most {max(one):.0f}" for one in counts)
    return (
        f"| {name} | `{in_words(least, quarry)}` | {len(found)} of {seeds} | "
        f"{found.count(least)} of {seeds} | {figures} |"
    )


if __name__ == "__main__":
    main()
