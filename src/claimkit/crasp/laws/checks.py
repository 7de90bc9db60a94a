"""The laws of a program: on every question, NEXT names the answer and nothing else.

What should hold comes from the task's own rule (:mod:`claimkit.crasp.laws.cases`). A wrong output
is a NEXT that is missing, one too many, or one of a special symbol; for a language, ACCEPT or MAY
at any prefix. Retrieval questions are asked without and with ``$`` in front, which must change
nothing.

Two laws: :func:`exhaustive` takes all questions up to a length, :func:`drawn` long ones over large
alphabets that Hypothesis draws. :func:`check` is for anyone's program: it goes by length, so that
its counterexample is as short as any over the alphabets that it asks about.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from claimkit.crasp.laws.checked import Checked
from claimkit.crasp.laws.courses import Course, fixed_alphabet
from claimkit.crasp.laws.drawing import ask_drawn, drawn_questions
from claimkit.crasp.laws.enumerating import symmetric, usual_length
from claimkit.crasp.laws.forms import Form, form_of
from claimkit.crasp.laws.searching import Search, Wrong
from claimkit.crasp.laws.ultimately_periodic import LENGTH, ultimately_periodic
from claimkit.crasp.program import Program
from claimkit.crasp.symbols import Alphabet
from claimkit.errors import InvalidInput
from claimkit.tasks import Language
from claimkit.tasks.setting import plural

EXAMPLES: Final = 100
"""How many questions Hypothesis draws unless told otherwise."""
LONGEST: Final = 200
"""Most symbols of a drawn question."""


def exhaustive(
    program: Program, task: str, symbols: int = 3, length: int | None = None, offset: int = 0
) -> Checked:
    """Hold a program against all questions up to a length.

    Args:
        program: With NEXT, or with ACCEPT and, if the paper's label says what may follow, MAY.
        task: A name or key of :func:`claimkit.crasp.laws.forms.form_of`.
        symbols: Size of the alphabet, if neither program nor task has one of its own. Tasks whose
            symbols are distinct get at least as many as the length.
        length: Most symbols of a context, source, input or word; 7, or for alphabets of the
            task's own :func:`claimkit.crasp.laws.enumerating.usual_length`.
        offset: Added to every position's number.

    Raises:
        InvalidInput: If there is no such question, or a number makes no sense.
        InvalidProgram: If the program lacks the outputs, or symbols of the task.
        UnknownTask: If there is no such task.
    """
    form = form_of(task)
    length = _length(form, symbols, length)
    plain = Course.plain(program, form, symbols, length, offset)
    _ascend([plain], length)
    return plain.checked()


def drawn(
    program: Program,
    task: str,
    examples: int = EXAMPLES,
    seed: int = 0,
    longest: int = LONGEST,
    offset: int = 0,
) -> Checked:
    """Hold a program against long questions over large alphabets, drawn by Hypothesis.

    The same seed draws the same questions. A wrong one is shrunk: what is returned is about as
    short and as simple as Hypothesis can make it.

    Args:
        program: As for :func:`exhaustive`.
        task: As for :func:`exhaustive`.
        examples: Most questions; a repeated one counts once.
        seed: Of the draws.
        longest: Most symbols of a context, source, input or word.
        offset: Added to every position's number.

    Raises:
        InvalidInput: If no question can be drawn, or a number makes no sense.
        InvalidProgram: If the program lacks the outputs, or symbols of the task.
        UnknownTask: If there is no such task.
    """
    from hypothesis.errors import Unsatisfiable

    form = form_of(task)
    _check_least("examples", examples, 1)
    _check_least("longest", longest, 7)
    fixed = fixed_alphabet(program, form)
    search = Search(program, form, offset)

    try:
        ask_drawn(search.ask_one, drawn_questions(form, longest, fixed), examples, seed)
    except Wrong as wrong:
        search.found = wrong.counterexample
    except Unsatisfiable:
        over = f" over {' '.join(fixed)}" if fixed else ""
        raise InvalidInput(
            f"no question of {form.name} of up to {longest} symbols can be drawn{over}"
        ) from None
    return search.checked(
        f"{search.strings:,} drawn questions of up to {search.longest} symbols, over alphabets "
        f"of up to {search.largest}"
    )


def check(
    program: Program,
    task: str,
    symbols: int = 3,
    length: int | None = None,
    examples: int = EXAMPLES,
    seed: int = 0,
) -> Checked:
    """Hold a program against a task, the shortest questions first, then drawn ones.

    All questions of a length over a few symbols may miss what takes more symbols. Where the program
    treats all symbols alike, one question for each pattern of equal and different symbols is asked
    as well, over an alphabet larger than the length. Then no question over that alphabet or the
    small one is missing, and the counterexample has the least length there is. (A program may count
    the symbols of Σ, as ``∑[b] 1`` does; one that goes wrong over an alphabet of another size only
    is left to the drawn questions.)

    Args:
        program: As for :func:`exhaustive`.
        task: As for :func:`exhaustive`.
        symbols: As for :func:`exhaustive`.
        length: As for :func:`exhaustive`.
        examples: As for :func:`drawn`.
        seed: As for :func:`drawn`.

    Raises:
        InvalidInput: As the two laws.
        InvalidProgram: As the two laws.
        UnknownTask: As the two laws.
    """
    form = form_of(task)
    length = _length(form, symbols, length)
    courses = [Course.plain(program, form, symbols, length)]
    if isinstance(form, Form) and symmetric(program, form):
        courses.insert(0, Course.patterns(program, form, symbols, length))
    _ascend(courses, length)
    parts = [course.checked() for course in courses if course.search.strings]
    if isinstance(form, Language) and parts[0].holds:
        parts.append(_repeated(program, form))
    if all(part.holds for part in parts):
        parts.append(drawn(program, task, examples, seed))
    return _joined(parts)


def _ascend(courses: list[Course], length: int) -> None:
    """Ask the questions of all courses, the shortest first, until one is answered wrongly."""
    for number in range(length + 1):
        for course in courses:
            course.ask(number)
            if course.search.found:
                return


def _repeated(program: Program, language: Language) -> Checked:
    """Hold a program against long words that repeat a short one.

    A program that forgets what lies far back is right on short words, and on most that are drawn.
    """
    alphabet = Alphabet(fixed_alphabet(program, language) or language.alphabet)
    listed = list(ultimately_periodic(alphabet.symbols))
    search = Search(program, language)
    search.ask(listed, alphabet)
    how = f"{plural(len(listed), 'word')} of {LENGTH} symbols, in which a short one repeats"
    return replace(search.checked(how), strings=len(listed))


def _joined(parts: list[Checked]) -> Checked:
    """Return several outcomes as one, of which at most one is wrong."""
    wrong = [part for part in parts if not part.holds]
    return replace(
        (wrong or parts)[0],
        how="; ".join(part.how for part in parts),
        strings=sum(part.strings for part in parts),
        positions=sum(part.positions for part in parts),
    )


def _length(form: Form | Language, symbols: int, length: int | None) -> int:
    """Return the greatest length asked for, or the usual one."""
    _check_least("symbols", symbols, 1)
    if length is None:
        return usual_length(form)
    _check_least("length", length, 0 if isinstance(form, Language) else 1)
    return length


def _check_least(name: str, value: int, least: int) -> None:
    if value < least:
        raise InvalidInput(f"{name} is a number of at least {least}, got {name}={value}")
