"""A slow reader works every document out again from its text."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.prompts.wording import COPYING_TEMPLATES, RETRIEVAL_TEMPLATES, opening
from claimkit.tasks import TASKS, Group, Retrieval
from claimkit.training import vocabulary
from claimkit.training.documents import DocumentStream
from claimkit.training.recipe import shares
from claimkit.training.retrieval_documents import pick_queries
from claimkit.training.rows import NOTHING, Rows

SYMBOLS = set(vocabulary.SYMBOLS)
WINDOW = 500
PAD = vocabulary.ids()["<pad>"]


@dataclass
class Read:
    """What the reader found in one document.

    Attributes:
        task: The document's stated task.
        opening: Its words before the first line.
        answered: (context, query or None, answer) of every answer that is there in full.
        learned: How many learned symbols were read, how many there are.
        marks: The separators seen.
    """

    task: object
    opening: list
    answered: list
    learned: tuple
    marks: set


def documents(batches=12, rows=20, right=0.5, seed=5, window=WINDOW):
    """Documents as (task, words, learned flags)."""
    words = np.array(vocabulary.words(), dtype=object)
    stream = DocumentStream(shares(right), seed)
    for number in range(batches):
        batch = stream.batch(number, rows, window)
        for name, tokens, learned in zip(batch.tasks, batch.tokens, batch.learned, strict=True):
            real = tokens != PAD
            yield TASKS[name], words[tokens[real]].tolist(), learned[real].tolist()


def read(task, words, learned):
    """Read a document line by line, from its text and the learned flags alone."""
    cut = len(preamble(task, words))
    reader = read_retrieval if isinstance(task, Retrieval) else read_copies
    answered, marks, symbols = reader(words[cut:], learned[cut:])
    flagged = sum(flag and word in SYMBOLS for word, flag in zip(words, learned, strict=True))
    return Read(task, words[:cut], answered, (symbols, flagged), marks)


def preamble(task, words):
    """The document's begin and its template's sentences, up to their last line break."""
    templates = RETRIEVAL_TEMPLATES if isinstance(task, Retrieval) else COPYING_TEMPLATES
    begin = 1 if isinstance(task, Retrieval) and words[0] == "<bos>" else 0
    start = words[1:] if words[0] == "<bos>" else words
    for template in templates:
        sentence = opening(task, template).split()
        if sentence and start[: len(sentence)] == sentence:
            end = words.index("\n") + 1
            if words[end : end + 1] == ["Example"]:
                end = words.index("\n", end) + 1
            return words[:end]
    return words[:begin]


def read_retrieval(words, learned):
    """Answers are the learned symbols; their query stands two before, their context in the line."""
    answered, marks, symbols, context = [], set(), 0, None
    start = 0
    for i, word in enumerate(words):
        if word == "\n":
            start, context = i + 1, None
        elif word in SYMBOLS and learned[i]:
            assert words[i - 1] == ":"
            if context is None:
                before = words[start : i - 2]
                marks |= {w for w in before if w not in SYMBOLS} or {""}
                context = [w for w in before if w in SYMBOLS]
            answered.append((context, words[i - 2], [word]))
            symbols += 1
    return answered, marks, symbols


def read_copies(words, learned):
    """A source is a run of unlearned symbols, its answer the run of learned ones behind a mark."""
    answered, marks, symbols, source, answer = [], set(), 0, [], []
    for i, word in enumerate(words):
        if word in SYMBOLS and not learned[i]:
            source.append(word)
        elif word in SYMBOLS:
            if not answer:
                marks.add(words[i - 1])
            answer.append(word)
            symbols += 1
        elif answer:
            assert learned[i], "the end of an answer is learned"
            answered.append((source, None, answer))
            source, answer = [], []
    return answered, marks, symbols


@pytest.fixture(scope="module")
def documents_read():
    """240 documents, read once."""
    return [read(*document) for document in documents()]


def test_every_answer_follows_the_one_rule_of_its_document(documents_read):
    """No document mixes rules: each answer, worked out again from its line, is its task's."""
    for found in documents_read:
        for context, query, answer in found.answered:
            if query is None:
                assert found.task.answer(context) == answer
            else:
                assert [found.task.answer(context, query)] == answer


def test_every_learned_symbol_belongs_to_an_answer(documents_read):
    """The reader accounts for all symbols that are learned, so nothing random is."""
    assert all(read_ == flagged for read_, flagged in (found.learned for found in documents_read))


def test_every_document_has_enough_answers_to_infer_its_rule(documents_read):
    """A document of 500 tokens answers at least four questions, and on average many more."""
    counts = [len(found.answered) for found in documents_read]

    assert min(counts) >= 4
    assert np.mean(counts) > 15


def test_lengths_run_from_the_shortest_to_forty(documents_read):
    """Contexts of 6 to 40 symbols, sources of 5 to 40."""
    retrieval, copying = set(), set()
    for found in documents_read:
        for context, query, _ in found.answered:
            (copying if query is None else retrieval).add(len(context))

    assert (min(retrieval), min(copying)) == (6, 5)
    assert max(retrieval | copying) == 40
    assert len(retrieval) > 20
    assert len(copying) > 20


def test_separators_and_templates_vary(documents_read):
    """All separators, no separator, and all templates occur."""
    retrieval = [found for found in documents_read if isinstance(found.task, Retrieval)]
    copying = [found for found in documents_read if not isinstance(found.task, Retrieval)]
    worded = sum("Rule" in found.opening or "Hint" in found.opening for found in documents_read)

    assert set().union(*(found.marks for found in retrieval)) == {"|", "||", ">", ""}
    assert set().union(*(found.marks for found in copying)) == {":", ",", ">"}
    assert any("Example" in found.opening for found in retrieval)
    # A quarter of 240, four standard deviations of 6.7 either way.
    assert abs(worded - 60) < 27


def test_each_document_keeps_one_separator(documents_read):
    """A document looks alike from its first line to its last."""
    assert all(len(found.marks) == 1 for found in documents_read)


def test_some_contexts_have_several_queries(documents_read):
    """Several questions behind one context, all different."""
    asked = [
        Counter((id(context), query) for context, query, _ in found.answered)
        for found in documents_read
        if isinstance(found.task, Retrieval)
    ]
    contexts = Counter(key for found in asked for key, _ in found)

    assert max(contexts.values()) > 3
    assert all(count == 1 for found in asked for count in found.values())


def test_worked_examples_are_right():
    """The example in a document's opening says a query, its place and its answer truly."""
    seen = 0
    for task, words, _ in documents(batches=60, rows=10, seed=9, window=120):
        if "Example" in words and words.index("Example") < 40:
            some = words[words.index("Example") :]
            context = some[some.index("in") + 1 : some.index("the")]
            query = some[some.index("of") + 1]
            place, answer = int(some[some.index("position") + 1]), some[some.index("answer") + 2]
            assert context[place - 1] == query
            assert answer == task.answer(context, query)
            seen += 1

    assert seen > 20


@settings(max_examples=10)
@given(seed=st.integers(0, 2**32), number=st.integers(0, 10**6), rows=st.integers(1, 6))
def test_a_batch_depends_on_seed_and_number_alone(seed, number, rows):
    """A run that was killed continues as if it had not been."""
    one = DocumentStream(shares(0.9), seed)
    one.batch(number + 1, rows, 90)
    again = one.batch(number, rows, 90)
    fresh = DocumentStream(shares(0.9), seed).batch(number, rows, 90)

    assert again.tasks == fresh.tasks
    assert again.tokens.tolist() == fresh.tokens.tolist()
    assert again.learned.tolist() == fresh.learned.tolist()


def test_batches_of_other_numbers_and_seeds_are_other_documents():
    """Nothing is seen twice in a row."""
    found = [
        DocumentStream(shares(0.9), seed).batch(number, 4, 90).tokens.tolist()
        for seed in (0, 1)
        for number in (0, 1)
    ]

    assert all(one != two for i, one in enumerate(found) for two in found[:i])


@pytest.mark.parametrize("right", [0.9, 0.5, 0.1])
def test_every_batch_holds_the_tasks_in_nearly_their_shares(right):
    """Batches are stratified: row i falls into the i-th part of the shares.

    A task's share covers whole parts, one row each, and at most two parts in part: so its rows
    differ from their expectation by less than two.
    """
    stated, rows = shares(right), 50
    for number in range(20):
        counts = Counter(DocumentStream(stated, seed=1).batch(number, rows, 30).tasks)

        assert sum(counts.values()) == rows
        assert all(abs(counts[name] - rows * share) < 2 for name, share in stated.items())


def test_over_many_batches_shares_are_exact():
    """Over 200 batches of 8 rows a task's mean share is the stated one."""
    stated = shares(0.9)
    stream = DocumentStream(stated, seed=2)
    counts = Counter(name for number in range(200) for name in stream.batch(number, 8, 12).tasks)

    # Four standard deviations of stratified draws, at most 0.5 rows a batch: 4 · 0.5 · √200 / 1600.
    assert all(abs(counts[name] / 1600 - share) < 0.0177 for name, share in stated.items())


@pytest.mark.parametrize("window", [30, 256, 512])
def test_documents_fill_their_window_and_never_overflow_it(window):
    """Every row has the window's width; padding is rare, at the end, and never learned."""
    batch = DocumentStream(shares(0.5), seed=4).batch(0, 40, window)
    empty = batch.tokens == PAD

    assert batch.tokens.shape == batch.learned.shape == (40, window)
    assert 0 <= batch.tokens.min() <= batch.tokens.max() < len(vocabulary.words())
    assert empty.mean() < 0.2
    assert not (empty[:, :-1] & ~empty[:, 1:]).any()
    assert not (empty & batch.learned).any()


def test_every_learned_token_has_something_before_it():
    """The first token of a document cannot be predicted."""
    batch = DocumentStream(shares(0.5), seed=4).batch(0, 40, 256)

    assert not batch.learned[:, 0].any()


def test_retrieval_documents_begin_with_bos():
    """So do the copying documents whose lines have none of their own."""
    begins = {words[0] for _, words, _ in documents(batches=4)}

    assert begins == {"<bos>"}


@settings(max_examples=60)
@given(
    context=st.lists(st.integers(0, 4), min_size=6, max_size=10),
    unique=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_queries_are_all_that_every_task_of_the_group_can_answer(context, unique, seed):
    """Picked queries are distinct, and none that could be asked is missing below the limit."""
    keys = np.random.default_rng(seed).random((1, len(context)))
    found = pick_queries(np.array([context]), np.array([unique]), keys)[0].tolist()
    group = Group.UNIQUE_RETRIEVAL if unique else Group.NON_UNIQUE_RETRIEVAL
    inner = set(context[1:-1]) - {context[0], context[-1]}
    askable = {s for s in inner if (context.count(s) == 1) == unique}

    assert sorted(q for q in found if q != NOTHING) == sorted(askable)
    for task in TASKS.values():
        for query in askable:
            assert task.group is not group or task.answer(context, query) in context


def test_cells_that_hold_nothing_vanish():
    """Pieces of different widths are squeezed together, row by row, and cut at the window."""
    rows = Rows(2)
    rows.add(np.array([[7, NOTHING], [8, 9]]))
    rows.add(5, learned=True)
    batch = rows.join(window=3)

    assert batch.tokens.tolist() == [[7, 5, PAD], [8, 9, 5]]
    assert batch.learned.tolist() == [[False, True, False], [False, False, True]]
    assert rows.join(window=1).tokens.tolist() == [[7], [8]]
