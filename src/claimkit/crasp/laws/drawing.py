"""Questions as Hypothesis draws them: larger alphabets, longer strings, and shapes that hurt.

Shapes that a wrong line survives on uniform strings are drawn on purpose: few different symbols
and long runs (so that every bigram occurs, also elsewhere), queries at the edges and next to each
other, queries at half of all places, majorities by one, members of a language with a few
symbols changed.

Nothing of Hypothesis is imported before a strategy is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from claimkit.crasp.laws.enumerating import distinct, inputs, letters, strides, words
from claimkit.crasp.laws.forms import Form, RetrievalForm, Word
from claimkit.errors import InvalidQuestion
from claimkit.tasks import FILLER, LANGUAGES, Language

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    Draw = Callable[[SearchStrategy[Any]], Any]

SPARE: Final = 3
"""How many symbols of the alphabet may be left out of a question whose symbols are distinct."""
LARGEST: Final = 40
"""Most symbols of the alphabet for other questions."""


def drawn_questions(
    form: Form | Language, longest: int, alphabet: Word | None
) -> SearchStrategy[tuple[Word, Word]]:
    """Return a strategy for well-formed questions, each with its alphabet.

    Args:
        form: Of the task.
        longest: Most symbols of a context, source, input or word.
        alphabet: The only one, or None for alphabets of every size.
    """
    from hypothesis import assume
    from hypothesis import strategies as st

    @st.composite
    def questions(draw: Draw) -> tuple[Word, Word]:
        question, symbols = _drawn(draw, form, longest, alphabet)
        if isinstance(form, Form):
            try:
                form.answer(question, symbols)
            except InvalidQuestion:
                assume(False)
        return question, symbols

    return questions()


def ask_drawn(
    ask: Callable[[Word, Word], None],
    strategy: SearchStrategy[tuple[Word, Word]],
    examples: int,
    seed: int,
    *,
    shrink: bool = True,
) -> None:
    """Ask questions with their alphabets as Hypothesis draws them, which the seed decides.

    Args:
        ask: Raises where a question is answered wrongly.
        strategy: Of :func:`drawn_questions`.
        examples: Most questions.
        seed: Of the draws.
        shrink: Whether what raised is asked again made smaller; the smallest one raises at last.

    Raises:
        Unsatisfiable: If no question can be drawn.
    """
    from hypothesis import HealthCheck, Phase, Verbosity, given, settings
    from hypothesis import seed as seeded

    @seeded(seed)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def law(asked: tuple[Word, Word]) -> None:
        ask(*asked)

    law()


def _drawn(
    draw: Draw, form: Form | Language, longest: int, alphabet: Word | None
) -> tuple[Word, Word]:
    if distinct(form):
        return _arranged(draw, form, longest, alphabet)
    symbols = alphabet or letters(draw(_integers(1, LARGEST)))
    made_of = inputs(form, symbols)
    if isinstance(form, Language):
        return _word(draw, form, longest), symbols
    if isinstance(form, RetrievalForm):
        return _asked(draw, form, made_of, longest), symbols
    special = {
        "Binary Majority": _close_majority,
        "Majority": _close_majority,
        "Binary Majority Interleave": _interleaved,
        "Addition": _sum,
    }
    shape = special.get(form.name, _string)
    return shape(draw, made_of, longest), symbols


def _integers(low: int, high: int) -> SearchStrategy[int]:
    """Return a strategy for low … high, all as likely, that shrinks towards low.

    Hypothesis's own integers prefer constants that occur in the source of whatever modules happen
    to be loaded; then the same seed would draw other questions elsewhere. No source has bytes of
    this length.
    """
    from hypothesis import strategies as st

    size = 7
    # A fraction of the range, so that lower bytes are lower numbers.
    return st.binary(min_size=size, max_size=size).map(
        lambda drawn: low + (int.from_bytes(drawn) * (high - low + 1) >> 8 * size)
    )


def _one_of(draw: Draw, values: Sequence[int]) -> int:
    return values[draw(_integers(0, len(values) - 1))]


def _numbers(draw: Draw, count: int) -> list[int]:
    """Draw so many numbers of 0 … 255.

    Of these a shape takes as many as it needs, modulo what it needs: then a shorter string or a
    smaller alphabet is one smaller number away, and Hypothesis finds it when it shrinks.
    """
    from hypothesis import strategies as st

    return list(draw(st.binary(min_size=count, max_size=count)))


def _length(draw: Draw, shortest: int, longest: int) -> int:
    """Draw a length, often the greatest."""
    # Not as a choice of two ways to draw it, between which Hypothesis would not shrink.
    length: int = draw(_integers(shortest, longest + longest // 3))
    return min(length, longest)


def _string(draw: Draw, symbols: Word, longest: int, shortest: int = 1) -> Word:
    """Draw a string, often of few different symbols, often in runs."""
    length = _length(draw, shortest, longest)
    run = _one_of(draw, (1, 1, 2, 7))
    kinds = draw(_integers(1, len(symbols)))
    numbers = _numbers(draw, longest)
    return tuple(symbols[numbers[place // run] % kinds] for place in range(length))


def _asked(draw: Draw, form: RetrievalForm, symbols: Word, longest: int) -> Word:
    """Draw a context with its query behind it: a string of others, and places of the query."""
    from hypothesis import strategies as st

    query = symbols[draw(_integers(0, len(symbols) - 1))]
    others = tuple(symbol for symbol in symbols if symbol != query) or (query,)
    context = list(_string(draw, others, longest, shortest=2))
    only = form.task.occurrence == "only"
    most = 1 if only else _one_of(draw, (2, 5))
    # Negative numbers count from the end, so that both edges are near 0.
    for place in draw(st.lists(_integers(-3, longest), min_size=1 if only else 2, max_size=most)):
        context[place % len(context)] = query
    every = 1 if only else _one_of(draw, (1, 1, 2, 9))
    if every > 1:
        numbers = _numbers(draw, longest)
        context = [query if numbers[at] % every == 1 else x for at, x in enumerate(context)]
        # Where the occurrence that is asked for would have no neighbour; most draws would be lost.
        context[0 if form.task.direction == "left" else -1] = others[0]
    return (*context, query)


def _arranged(
    draw: Draw, form: Form | Language, longest: int, alphabet: Word | None
) -> tuple[Word, Word]:
    """Draw distinct symbols in any order, over an alphabet that has a few more."""
    fillers = (FILLER,) * (strides(form) - 1)
    if alphabet is None:
        length = _length(draw, 1, longest)
        symbols = letters(length + draw(_integers(0, SPARE)))
    else:
        symbols = inputs(form, alphabet)
        length = _length(draw, 1, min(longest, len(symbols)))
    left, numbers = list(symbols), _numbers(draw, longest)
    arranged = [left.pop(number % len(left)) for number in numbers[:length]]
    return (*fillers, *arranged), alphabet or (*symbols, *fillers[:1])


def _shuffled(draw: Draw, string: Sequence[str], longest: int) -> Word:
    keys = _numbers(draw, longest)
    order = sorted(range(len(string)), key=lambda place: keys[place])
    return tuple(string[place] for place in order)


def _close_majority(draw: Draw, symbols: Word, longest: int) -> Word:
    """Draw a string; mostly each of some symbols equally often, and one of them once more."""
    from hypothesis import strategies as st

    if draw(st.booleans()):
        return _string(draw, symbols, longest)
    kinds = draw(_integers(1, len(symbols)))
    times = draw(_integers(0, max(0, longest - 1) // kinds))
    one_more = symbols[draw(_integers(0, kinds - 1))]
    return _shuffled(draw, [*symbols[:kinds] * times, one_more], longest)


def _interleaved(draw: Draw, symbols: Word, longest: int) -> Word:
    """Draw three streams of one odd length, each a close majority or any string, and merge them."""
    half = draw(_integers(0, (longest // 3 - 1) // 2))
    streams = [_odd(draw, symbols, half) for _ in range(3)]
    return tuple(symbol for step in zip(*streams, strict=True) for symbol in step)


def _odd(draw: Draw, bits: Word, half: int) -> Word:
    """Draw 2 · half + 1 bits; mostly half of each, in any order, and one more."""
    from hypothesis import strategies as st

    length = 2 * half + 1
    if draw(st.booleans()):
        return tuple(bits[number % 2] for number in _numbers(draw, length))
    return _shuffled(draw, [*bits * half, bits[draw(_integers(0, 1))]], length)


def _sum(draw: Draw, symbols: Word, longest: int) -> Word:
    """Draw x+y=."""
    left = draw(_integers(1, longest - 3))
    right = draw(_integers(1, longest - 2 - left))
    numbers = [draw(_integers(0, 2**bits - 1)) for bits in (left, right)]
    return tuple(f"{numbers[0]:b}+{numbers[1]:b}=")


def _word(draw: Draw, language: Language, longest: int) -> Word:
    """Draw a word: any, a repeated one, or one whose prefixes allow it; change some symbols."""
    symbols = language.alphabet
    shapes = (_any_word, _repeated, _followed)[: 2 if language.automaton is None else 3]
    shape = shapes[draw(_integers(0, len(shapes) - 1))]
    word = list(shape(draw, language, longest))
    for _ in range(_one_of(draw, (0, 1, 1, 3))):
        place, number = draw(_integers(0, longest - 1)), draw(_integers(0, len(symbols) - 1))
        word[place % len(word)] = symbols[number]
    return tuple(word)


def _any_word(draw: Draw, language: Language, longest: int) -> Word:
    return _string(draw, language.alphabet, longest)


def _repeated(draw: Draw, language: Language, longest: int) -> Word:
    """Draw a short word, often a member, and repeat it, also behind something short."""
    members = _short_members(language.name)
    short = members[draw(_integers(0, len(members))) :][:1]
    word = short[0] if short else _string(draw, language.alphabet, min(6, longest))
    # A fault that is far back is missed where its traces do not stay.
    start = _string(draw, language.alphabet, 4) if _one_of(draw, (0, 0, 1)) else ()
    length = _length(draw, 1, longest)
    return (start + word * (length // len(word) + 1))[:length]


@cache
def _short_members(name: str) -> tuple[Word, ...]:
    """Return the first few members of a language that are not empty."""
    language = LANGUAGES[name]
    listed = (word for length in range(1, 6) for word in words(language, length))
    return tuple(islice(filter(language.contains, listed), 4))


def _followed(draw: Draw, language: Language, longest: int) -> Word:
    """Draw a word all of whose prefixes can still become members."""
    follow = language.may_follow
    assert follow is not None
    length, word = _length(draw, 1, longest), list[str]()
    for number in _numbers(draw, longest)[:length]:
        onward = sorted(follow(word))
        word.append(onward[number % len(onward)])
    return tuple(word)
