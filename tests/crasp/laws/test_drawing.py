import subprocess
import sys

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from claimkit.crasp.laws.drawing import LARGEST, SPARE, drawn_questions
from claimkit.crasp.laws.forms import NAMES, RetrievalForm, form_of
from claimkit.tasks import LANGUAGES

every_task = pytest.mark.parametrize("task", NAMES)


def drawn(task, count, longest=200, alphabet=None):
    """So many questions as Hypothesis draws them."""
    found, form = [], form_of(task)

    @seed(5)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(drawn_questions(form, longest, alphabet or form.alphabet))
    def draw(asked):
        found.append(asked)

    draw()
    return found


@every_task
def test_drawn_questions_are_well_formed(task):
    """Each has an answer over its alphabet and is no longer than asked for."""
    form, found = form_of(task), drawn(task, 25)

    assert len(found) >= 20
    for question, symbols in found:
        extra = 1 if isinstance(form, RetrievalForm) else 2 if "Strided" in task else 0
        assert set(question) <= set(symbols)
        assert len(question) - extra <= 200
        assert task in LANGUAGES or form.answer(question, symbols) is not None


@pytest.mark.parametrize("task", ["UR", "NRFirst", "UB", "Sort", "Majority", "D_3"])
def test_the_longest_questions_are_among_them(task):
    """Some have all 200 symbols, and some are shorter than 200."""
    form = form_of(task)
    lengths = {len(q) - isinstance(form, RetrievalForm) for q, _ in drawn(task, 40)}

    assert max(lengths) == 200
    assert len(lengths) > 3


def test_alphabets_are_of_many_sizes():
    """From one symbol up to the greatest; as large as the question where symbols are distinct."""
    sizes = {len(symbols) for _, symbols in drawn("NF", 60)}
    spare = {len(symbols) - len(question) for question, symbols in drawn("UF", 60)}

    assert min(sizes) < 4
    assert max(sizes) > 26
    assert max(sizes) <= LARGEST
    assert spare == set(range(SPARE + 1))


def _often(context, query):
    return context.count(query) * 2 > len(context)


SHAPES = {
    "a query in last place": lambda c, q: c[-1] == q,
    "a query in first place": lambda c, q: c[0] == q,
    "two queries side by side": lambda c, q: any(c[i : i + 2] == (q, q) for i in range(len(c))),
    "a query almost everywhere": _often,
    "one other symbol only": lambda c, q: len(set(c)) == 2,
    "a long context": lambda c, q: len(c) > 150,
    "many symbols": lambda c, q: len(set(c)) > 10,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_that_hurt_are_drawn(shape):
    """Among the contexts of NRFirst some are of every adversarial shape."""
    found = drawn("NRFirst", 150)

    assert any(SHAPES[shape](question[:-1], question[-1]) for question, _ in found)


def test_majorities_by_one_are_drawn():
    """Binary Majority is asked where one bit decides."""
    close = [q for q, _ in drawn("Binary Majority", 60) if abs(2 * q.count("1") - len(q)) == 1]

    assert any(len(question) > 50 for question in close)


@pytest.mark.parametrize("language", ["D_12", "Tomita-4", "aa*bb*cc*dd*ee*", "(abab)*"])
def test_long_members_are_drawn(language):
    """Words whose long prefixes still are in the language or can still become members."""
    tongue = LANGUAGES[language]
    alive = tongue.may_follow or tongue.contains
    found = [question for question, _ in drawn(language, 100)]

    assert any(alive(word[:end]) for word in found for end in range(51, len(word) + 1))


def test_a_fault_far_back_is_drawn():
    """Words of (abab)* with one wrong symbol, and over 50 as they should be behind it."""
    found = [question for question, _ in drawn("(abab)*", 100)]
    wrong = [[at for at, symbol in enumerate(word) if symbol != "ab"[at % 2]] for word in found]

    assert any(
        len(places) == 1 and len(word) - places[0] > 50
        for word, places in zip(found, wrong, strict=True)
    )


@pytest.mark.parametrize("task", ["NRFirst", "NLFirst"])
def test_queries_that_stand_often_are_drawn(task):
    """Twenty times and more, among other symbols that stand as often."""
    counts = [(c.count(q), len(c) - c.count(q)) for (*c, q), _ in drawn(task, 100)]

    assert sum(min(count) >= 20 for count in counts) >= 3


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_fixed_alphabet_is_kept_to(data):
    """No symbol but those given is drawn, and they are returned as they are."""
    question, symbols = data.draw(drawn_questions(form_of("NF"), 20, ("x", "y")))

    assert symbols == ("x", "y")
    assert set(question) <= {"x", "y"}


def test_the_module_imports_no_hypothesis():
    """Hypothesis is imported when something is drawn."""
    modules = "claimkit.crasp.laws.checks, claimkit.crasp.laws.drawing"
    code = f"import sys, {modules}; print('hypothesis' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
