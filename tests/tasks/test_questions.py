from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.errors import NotApplicable
from claimkit.tasks import ALL_TASKS, Group, Setting, Strings
from claimkit.tasks.questions import (
    ABSENT,
    Questions,
    check_askable,
    demonstration_lengths,
    draw_questions,
)

every_group = pytest.mark.parametrize("group", Group)
groups = st.sampled_from(list(Group))
shown_settings = st.builds(
    Setting,
    length=st.integers(6, 20),
    symbols=st.integers(20, 62),
    demonstrations=st.integers(0, 4),
    demonstration_length=st.sampled_from(["short", "same"]),
    separator=st.booleans(),
)

GOLDEN = {
    Group.UNIQUE_RETRIEVAL: "7a60f05cf26639e5",
    Group.NON_UNIQUE_RETRIEVAL: "4ee7bf2a1b8f621b",
    Group.FAR_RETRIEVAL: "83a680ed0ec8e891",
    Group.UNIQUE_COPYING: "6e3984f045cc6584",
    Group.NON_UNIQUE_COPYING: "994aa2d0bd7dd11d",
}


def all_rows(questions):
    """Every symbol shown, ``(string, …)``."""
    parts = (*questions.demonstrations, questions.strings)
    return np.concatenate([part.rows() for part in parts], axis=1)


def context_lengths(strings):
    """The number of real symbols of each context."""
    return (strings.contexts != ABSENT).sum(axis=1)


@settings(max_examples=30)
@given(group=groups, setting=shown_settings, stop=st.integers(1, 600), more=st.integers(1, 300))
def test_asking_for_more_changes_no_earlier_question(group, setting, stop, more):
    """Question i and its demonstrations do not depend on how many are asked for."""
    few = draw_questions(group, setting, stop)
    many = draw_questions(group, setting, stop + more)

    assert np.array_equal(all_rows(few), all_rows(many)[:stop])
    assert np.array_equal(few.digests(), many.digests()[:stop])


@settings(max_examples=30)
@given(group=groups, setting=shown_settings, start=st.integers(0, 500), width=st.integers(1, 60))
def test_a_range_of_questions_is_a_slice_of_the_whole(group, setting, start, width):
    """Question i and its demonstrations do not depend on where the asking starts."""
    part = draw_questions(group, setting, start + width, start)
    whole = draw_questions(group, setting, 560)

    assert np.array_equal(all_rows(part), all_rows(whole)[start : start + width])


@every_group
def test_a_sampler_version_pins_its_demonstrations(group):
    """If this fails, stored evidence is about other prompts: raise SAMPLER_VERSION."""
    digests = draw_questions(group, Setting(length=10, symbols=62), stop=300).digests()

    assert sha256(digests.astype("<u8").tobytes()).hexdigest()[:16] == GOLDEN[group]


@settings(max_examples=20)
@given(group=groups, setting=shown_settings)
def test_every_task_of_a_group_can_answer_its_questions_and_demonstrations(group, setting):
    """All that is shown is well-formed for all tasks that share it."""
    questions = draw_questions(group, setting, stop=40)

    assert len(questions.demonstrations) == setting.demonstrations
    for task in ALL_TASKS.values():
        for part in (*questions.demonstrations, questions.strings):
            if task.group is group:
                assert (task.answers(one_length(part)) != ABSENT).all()


def one_length(strings):
    """The strings of the first string's length, without the filling."""
    lengths = context_lengths(strings)
    some = strings[np.flatnonzero(lengths == lengths[0])]
    return Strings(some.contexts[:, : lengths[0]], some.queries)


@every_group
def test_demonstrations_are_drawn_afresh_for_every_string(group):
    """No two strings share a demonstration, and no string shows one twice."""
    questions = draw_questions(group, Setting(length=10, symbols=62), stop=600)
    shown = np.concatenate([part.rows() for part in questions.demonstrations])

    assert len(shown) == 3000
    # Of 3000 random demonstrations a pair is alike with probability below 3000² / 62⁵ = 0.01.
    assert len(np.unique(shown, axis=0)) == 3000


@every_group
def test_demonstrations_of_the_same_length_are_not_the_questions(group):
    """Demonstrations come from streams of their own."""
    setting = Setting(length=10, symbols=62, demonstration_length="same")
    questions = draw_questions(group, setting, stop=300)
    rows = np.concatenate([p.rows() for p in (*questions.demonstrations, questions.strings)])

    assert len(np.unique(rows, axis=0)) == 6 * 300


@pytest.mark.parametrize("group, lengths", [(g, (6, 7) if g.is_retrieval else (5,)) for g in Group])
def test_short_demonstrations_have_the_published_lengths_equally_often(group, lengths):
    """6 or 7 symbols for retrieval, 5 for copying."""
    questions = draw_questions(group, Setting(length=30, symbols=62), stop=4000)
    found = np.concatenate([context_lengths(part) for part in questions.demonstrations])
    counts = {length: int((found == length).sum()) for length in np.unique(found).tolist()}

    assert tuple(counts) == lengths
    # 20,000 draws: half of them ± 4 standard deviations of 71.
    assert all(abs(count - 20_000 / len(lengths)) < 284 for count in counts.values())


def test_lengths_of_demonstrations_in_one_prompt_are_independent():
    """Two demonstrations are of the same length in half of the prompts."""
    setting = Setting(length=10, symbols=62, demonstrations=2)
    one, two = draw_questions(Group.UNIQUE_RETRIEVAL, setting, stop=10_000).demonstrations
    alike = (context_lengths(one) == context_lengths(two)).mean()

    # 4 standard deviations of 0.5 / √10000.
    assert abs(alike - 0.5) < 0.02


@every_group
def test_demonstrations_of_the_same_length_are_as_long_as_the_question(group):
    """*Same* means the question's length."""
    setting = Setting(length=13, symbols=62, demonstrations=2, demonstration_length="same")

    assert demonstration_lengths(group, setting) == ((13,), (13,))
    for part in draw_questions(group, setting, stop=5).demonstrations:
        assert part.length == 13


@pytest.mark.parametrize("demonstration_length", ["short", "same"])
def test_far_retrieval_is_shown_as_non_unique_retrieval_is(demonstration_length):
    """Only the question is far back: demonstrations hold their queries wherever others do."""
    setting = Setting(length=30, symbols=62, demonstration_length=demonstration_length)
    far, near = (
        draw_questions(group, setting, stop=2000)
        for group in (Group.FAR_RETRIEVAL, Group.NON_UNIQUE_RETRIEVAL)
    )

    assert shown_places(far.demonstrations) == shown_places(near.demonstrations)
    assert max(shown_places([far.strings])) == (30, 14)


def shown_places(parts):
    """All (length of a context, place at which it holds its query)."""
    found = set()
    for part in parts:
        rows, places = np.nonzero(part.contexts == part.queries[:, None])
        lengths = context_lengths(part)[rows]
        found |= set(zip(lengths.tolist(), places.tolist(), strict=True))
    return found


@pytest.mark.parametrize("template", ["rule+example", "formal+example"])
@pytest.mark.parametrize("group", [g for g in Group if g.is_retrieval])
def test_a_worked_example_is_short_whatever_the_others_are(group, template):
    """The first demonstration has 6 or 7 symbols, the others are as long as the question."""
    setting = Setting(13, 62, demonstrations=3, demonstration_length="same", template=template)
    first, *others = draw_questions(group, setting, stop=200).demonstrations

    assert demonstration_lengths(group, setting) == ((6, 7), (13,), (13,))
    assert set(context_lengths(first).tolist()) == {6, 7}
    assert [part.length for part in others] == [13, 13]


@pytest.mark.parametrize("template", ["bare", "rule", "rule+example"])
def test_without_demonstrations_there_are_no_lengths(template):
    """No demonstration, no length."""
    setting = Setting(13, 62, demonstrations=0, template=template)

    assert demonstration_lengths(Group.UNIQUE_RETRIEVAL, setting) == ()


@settings(max_examples=40)
@given(group=groups, data=st.data())
def test_a_digest_changes_with_every_symbol_shown(group, data):
    """Another symbol anywhere, in a demonstration or its query too, is another question."""
    questions = draw_questions(group, Setting(length=6, symbols=62, demonstrations=2), stop=3)
    parts = [*questions.demonstrations, questions.strings]
    which = data.draw(st.integers(0, 2))
    contexts = parts[which].contexts.copy()
    queries = None if parts[which].queries is None else parts[which].queries.copy()
    if queries is not None and data.draw(st.booleans()):
        queries[1] += 1
    else:
        contexts[1, data.draw(st.integers(0, contexts.shape[1] - 1))] += 1
    parts[which] = Strings(contexts, queries)
    changed = Questions(parts[-1], tuple(parts[:-1]))

    assert (changed.digests() != questions.digests()).tolist() == [False, True, False]


def test_another_purpose_asks_other_questions():
    """Fresh strings for a confirmation share no question with those of the verdict."""
    setting = Setting(length=10, symbols=62)
    one = draw_questions(Group.UNIQUE_COPYING, setting, stop=200)
    two = draw_questions(Group.UNIQUE_COPYING, setting, stop=200, purpose="confirmation")

    assert not set(one.digests().tolist()) & set(two.digests().tolist())


@pytest.mark.parametrize(
    "setting, words",
    [
        (Setting(length=10, symbols=9), "length 10 needs an alphabet of 10, found 9"),
        (Setting(length=3, symbols=4), "length 5 needs an alphabet of 5, found 4"),
    ],
    ids=["question", "demonstration"],
)
def test_an_alphabet_too_small_for_question_or_demonstration_is_not_applicable(setting, words):
    """Both the question and its demonstrations have to be drawable."""
    with pytest.raises(NotApplicable, match=words):
        draw_questions(Group.UNIQUE_COPYING, setting, stop=1)


def test_without_demonstrations_only_the_question_has_to_be_drawable():
    """Three distinct symbols of four can be asked for when nothing is shown before."""
    check_askable(Group.UNIQUE_COPYING, Setting(length=3, symbols=4, demonstrations=0))
