"""Where things stand in a prompt, against a search through its tokens."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.circuits.layout import Layout
from claimkit.errors import InvalidInput, Unsupported
from claimkit.prompts.tokens import FrameTokens
from claimkit.tasks import NF, UB, UF, UL, UR, NRLast

MARK = 90
PAD = 0


def frame(middle=1, colon=0, between=()):
    """A frame whose marks have so many tokens."""
    return FrameTokens(("a", "b"), (1, 2), (), between, (MARK,) * middle, (MARK,) * colon, (MARK,))


def copy_rows(task, strings, middle, before):
    """Fed tokens of copies, each behind some demonstrations; the last answer token is not fed."""
    rows = []
    for source, shown in zip(strings, before, strict=True):
        answer = source if task is UF else source[::-1]
        rows.append([*shown, *source, *[MARK] * middle, *answer[:-1]])
    return padded(rows)


def padded(rows):
    """Rows as a matrix padded on the right, and their lengths."""
    fed = np.array([len(row) for row in rows])
    tokens = np.full((len(rows), fed.max()), PAD)
    for row, found in zip(tokens, rows, strict=True):
        row[: len(found)] = found
    return tokens, fed


def edges(layout, path, tokens, fed, **options):
    """Edges as a set of (batch, query, key)."""
    return set(map(tuple, layout.edges(path, tokens, fed, **options).rows().tolist()))


def searched(tokens, fed, length, middle, step):
    """Edges of copies, found by comparing each fed answer token with each source token."""
    found = set()
    for row, end in enumerate(fed.tolist()):
        first = end - (length - 1) - middle - length
        for query in range(end - (length - 1), end):
            for place in range(length):
                same = tokens[row, query] == tokens[row, first + place]
                if same and place + step < length:
                    found.add((row, query, first + place + step))
    return found


@st.composite
def copies(draw):
    """A task, its length, its mark's width, and fed tokens of some strings."""
    task, length = draw(st.sampled_from([UF, UB])), draw(st.integers(3, 7))
    middle, strings = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    symbols = st.permutations(range(1, 20)).map(lambda found: list(found[:length]))
    shown = st.lists(st.integers(1, 20), min_size=1, max_size=6)
    drawn = [draw(symbols) for _ in range(strings)]
    tokens, fed = copy_rows(task, drawn, middle, [draw(shown) for _ in range(strings)])
    return task, length, middle, tokens, fed


@given(copies())
def test_an_anti_induction_edge_leads_to_the_same_token_in_the_source(asked):
    """All answer tokens that ask have one, and there are no others."""
    task, length, middle, tokens, fed = asked
    found = edges(Layout.of(task, length, frame(middle)), "anti-induction", tokens, fed)

    assert found == searched(tokens, fed, length, middle, step=0)
    assert len(found) == len(fed) * (length - 1)


@given(copies())
def test_an_induction_edge_leads_to_the_token_after_it_in_the_source(asked):
    """The last source token has none after it: the mark behind it is no source token."""
    task, length, middle, tokens, fed = asked
    found = edges(Layout.of(task, length, frame(middle)), "induction", tokens, fed)

    assert found == searched(tokens, fed, length, middle, step=1)


def test_the_edges_of_a_copy_are_as_in_the_paper():
    """``x a b c , a b``: a at 5 looks at b (2), b at 6 at c (3); themselves stand at 1 and 2."""
    tokens, fed = copy_rows(UF, [[1, 2, 3]], 1, [[9]])
    layout = Layout.of(UF, 3, frame())

    assert edges(layout, "induction", tokens, fed) == {(0, 5, 2), (0, 6, 3)}
    assert edges(layout, "anti-induction", tokens, fed) == {(0, 5, 1), (0, 6, 2)}


def test_the_edges_of_a_backward_copy_are_mirrored():
    """``x a b c , c b``: c at 5 has no source token after it, b at 6 looks at c (3)."""
    tokens, fed = copy_rows(UB, [[1, 2, 3]], 1, [[9]])
    layout = Layout.of(UB, 3, frame())

    assert edges(layout, "induction", tokens, fed) == {(0, 6, 3)}
    assert edges(layout, "anti-induction", tokens, fed) == {(0, 5, 3), (0, 6, 2)}


@given(
    task=st.sampled_from([UR, UL]),
    context=st.permutations(range(1, 12)).map(lambda found: list(found[:6])),
    place=st.integers(0, 5),
    middle=st.integers(0, 2),
    colon=st.integers(0, 2),
)
def test_the_query_and_the_marks_behind_it_look_where_it_stood(task, context, place, middle, colon):
    """From the query on every fed column asks; the last one alone predicts the answer."""
    row = [9, *context, *[MARK] * middle, context[place], *[MARK] * colon]
    tokens, fed = padded([row])
    layout = Layout.of(task, 6, frame(middle, colon))
    asking = range(len(row) - 1 - colon, len(row))

    found = edges(layout, "anti-induction", tokens, fed)
    after = edges(layout, "induction", tokens, fed, last_only=True)

    assert found == {(0, query, 1 + place) for query in asking}
    assert after == ({(0, len(row) - 1, 2 + place)} if place < 5 else set())


@given(copies(), st.data())
def test_pass_1_drops_what_is_read_from_the_token_before(asked, data):
    """In the whole prompt up to the end of the source, or inside the source only."""
    task, length, middle, _, fed = asked
    layout = Layout.of(task, length, frame(middle))
    row = data.draw(st.integers(0, len(fed) - 1))
    end = fed[row] - (length - 1) - middle

    everywhere = [e[1:] for e in layout.previous(fed).rows().tolist() if e[0] == row]
    inside = [e[1:] for e in layout.previous(fed, "source").rows().tolist() if e[0] == row]

    assert everywhere == [[c, c - 1] for c in range(1, end)]
    assert inside == [[c, c - 1] for c in range(end - length + 1, end)]


def test_a_tokenizer_with_spaces_of_their_own_is_refused():
    """A symbol's neighbour is then not the symbol before it."""
    with pytest.raises(Unsupported, match="puts 1 tokens between two symbols"):
        Layout.of(UF, 3, frame(between=(7,)))


@pytest.mark.parametrize("task", [NF, NRLast])
def test_a_task_with_repeats_is_refused(task):
    """An answer token is then equal to several source tokens."""
    with pytest.raises(Unsupported, match=f"{task.name} is not one of UF, UB, UR and UL"):
        Layout.of(task, 6, frame())


@pytest.mark.parametrize("task", [UF, UB, UR, UL])
def test_questions_in_which_a_path_has_no_edge_are_refused(task):
    """Removing it would remove nothing, and look harmless."""
    with pytest.raises(Unsupported, match=f"{task.name} at length 2 is too short for both paths"):
        Layout.of(task, 2, frame())


def test_a_string_that_is_too_short_is_refused():
    """Columns before its beginning do not exist."""
    with pytest.raises(InvalidInput, match="takes 6 tokens, and a string of 5 is fed"):
        Layout.of(UF, 3, frame()).edges("induction", np.ones((1, 5), np.int64), np.array([5]))


def test_a_query_that_is_not_in_its_context_is_refused():
    """So is one that stands there twice: which of both is meant is not said."""
    layout = Layout.of(UR, 3, frame(colon=1))

    with pytest.raises(InvalidInput, match="string 1 stands 2 times"):
        layout.edges(
            "induction",
            np.array([[1, 2, 3, MARK, 2, MARK], [2, 2, 3, MARK, 2, MARK]]),
            np.array([6, 6]),
        )


def test_an_unknown_scope_is_refused():
    """The message names both."""
    with pytest.raises(InvalidInput, match="scope is 'prompt' or 'source', got 'all'"):
        Layout.of(UF, 3, frame()).previous(np.array([9]), "all")
