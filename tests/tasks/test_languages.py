import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.errors import InvalidQuestion, UnknownTask
from claimkit.tasks import LANGUAGES, language_named, task_name
from claimkit.tasks.examples_length_generalization import LANGUAGE_EXAMPLES, MAY_FOLLOW_EXAMPLES

KEYS = {
    **{f"Tomita-{n}": f"tomita-{n}" for n in range(1, 8)},
    **{f"D_{n}": f"d-{n}" for n in (2, 3, 4, 12)},
    "aa*bb*cc*dd*ee*": "aabbccddee",
    "{a,b}*d{b,c}*": "adbc",
    "{0,1,2}*02*": "012",
    "(aa)*": "aa",
    "(aaaa)*": "aaaa",
    "(abab)*": "abab",
}
LABELLED_BY_MEMBERSHIP = ["Tomita-5", "Tomita-6", "{0,1,2}*02*", "(aa)*", "(aaaa)*", "(abab)*"]
LABELLED_BY_FOLLOWERS = [
    one for name, one in LANGUAGES.items() if name not in LABELLED_BY_MEMBERSHIP
]

every_language = pytest.mark.parametrize("language", LANGUAGES.values(), ids=task_name)
every_follower_label = pytest.mark.parametrize("language", LABELLED_BY_FOLLOWERS, ids=task_name)

# By the size of the alphabet: the longest prefixes that are tried, and the most symbols added.
TRIED = {2: (7, 8), 4: (5, 2), 5: (3, 4)}


def words_of(language, length):
    """All strings over the language's alphabet of a length, in order."""
    return map("".join, product(language.alphabet, repeat=length))


def depths(text):
    """How many brackets are open after every symbol."""
    return [text[:end].count("a") - text[:end].count("b") for end in range(1, len(text) + 1)]


def second_definition(name, text):
    """Membership, said in another way than in the source."""
    match name:
        case "Tomita-1":
            return "0" not in text
        case "Tomita-2":
            return text == "10" * (len(text) // 2)
        case "Tomita-3":
            return not re.search("(^|0)1(11)*0(00)*(1|$)", text)
        case "Tomita-4":
            return all(len(run) < 3 for run in text.split("1"))
        case "Tomita-5":
            return re.fullmatch("(00|11|(01|10)(00|11)*(01|10))*", text) is not None
        case "Tomita-6":
            return sum(1 if symbol == "0" else 2 for symbol in text) % 3 == 0
        case "Tomita-7":
            kept = re.sub("0+", "0", re.sub("1+", "1", text))
            return kept in ("", "0", "1", "01", "10", "010", "101", "0101")
        case "aa*bb*cc*dd*ee*":
            return "".join(sorted(text)) == text and set(text) == set("abcde")
        case "{a,b}*d{b,c}*":
            before, *after = text.split("d")
            return len(after) == 1 and "c" not in before and "a" not in after[0]
        case "{0,1,2}*02*":
            return text.rstrip("2").endswith("0")
        case "(abab)*":
            return text == "abab" * (len(text) // 4)
        case "(aa)*" | "(aaaa)*":
            return len(text) % (len(name) - 3) == 0
    found = depths(text)
    return all(0 <= depth <= int(name[2:]) for depth in found) and found[-1:] in ([], [0])


def test_there_are_the_papers_languages():
    """The languages have the paper's names, and keys that are file names and words of the shell."""
    assert {name: language.key for name, language in LANGUAGES.items()} == KEYS
    assert all(re.fullmatch("[a-z0-9-]+", key) for key in KEYS.values())


@pytest.mark.parametrize("name, members, others", LANGUAGE_EXAMPLES)
def test_worked_members_are_members_and_the_others_are_not(name, members, others):
    """The definition agrees with the examples written by hand."""
    found = LANGUAGES[name].contains

    assert [text for text in members.split(" ") if not found(text)] == []
    assert [text for text in others.split(" ") if found(text)] == []


@pytest.mark.parametrize("name, prefix, expected", MAY_FOLLOW_EXAMPLES)
def test_worked_followers_may_follow(name, prefix, expected):
    """What may follow agrees with the examples written by hand."""
    assert LANGUAGES[name].may_follow(prefix) == frozenset(expected)


@every_language
def test_every_language_has_examples(language):
    """No language is left out of the tables."""
    assert language.name in [row[0] for row in LANGUAGE_EXAMPLES]
    followed = language.name in [row[0] for row in MAY_FOLLOW_EXAMPLES]
    assert followed == (language.may_follow is not None)


def test_labels_are_membership_where_the_paper_says_so():
    """Six languages are labelled by membership of the prefix, the others by what may follow."""
    found = [name for name, language in LANGUAGES.items() if language.may_follow is None]

    assert found == LABELLED_BY_MEMBERSHIP


@every_language
def test_a_definition_means_what_it_says(language):
    """On all short strings, membership is what a second definition says."""
    longest = {1: 40, 2: 13, 3: 8, 4: 7, 5: 7}[len(language.alphabet)]
    words = [word for length in range(longest + 1) for word in words_of(language, length)]

    assert [w for w in words if language.contains(w) != second_definition(language.name, w)] == []


@every_follower_label
def test_the_automaton_accepts_the_language(language):
    """On all short strings, the automaton and the definition agree."""
    longest = {2: 13, 4: 7, 5: 6}[len(language.alphabet)]
    words = [word for length in range(longest + 1) for word in words_of(language, length)]

    assert [w for w in words if language.contains(w) != language.automaton.accepts(w)] == []


@every_follower_label
def test_a_symbol_may_follow_if_and_only_if_some_extension_is_a_member(language):
    """For all short prefixes, what may follow is what some member goes on with."""
    longest, more = TRIED[len(language.alphabet)]
    lengths = range(longest + more + 2)
    members = (w for length in lengths for w in words_of(language, length) if language.contains(w))
    prefixes = {word[:end] for word in members for end in range(len(word) + 1)}

    for length in range(longest + 1):
        for prefix in words_of(language, length):
            expected = {s for s in language.alphabet if prefix + s in prefixes}
            assert language.may_follow(prefix) == expected, prefix


@every_follower_label
def test_automata_have_no_dead_states(language):
    """Every state is reached by some string, and leads to an accepting one."""
    steps = language.automaton.steps
    reached = {next(iter(steps))}
    for _ in steps:
        reached |= {target for state in reached for target in steps[state].values()}

    assert reached == set(steps) == language.automaton.live


@every_follower_label
def test_few_symbols_more_make_a_member(language):
    """Whatever the prefixes above lead to is as near to an accepting state as the test supposes."""
    longest, more = TRIED[len(language.alphabet)]
    steps = language.automaton.steps
    reached = set(next(iter(steps.values())).values())
    near = set(language.automaton.accepting)
    for _ in range(longest):
        reached |= {target for state in reached for target in steps[state].values()}
    for _ in range(more):
        near |= {state for state in steps if not near.isdisjoint(steps[state].values())}

    assert reached <= near


@given(st.sampled_from([2, 3, 4, 12]), st.text(alphabet="aaab", max_size=60))
def test_brackets_may_open_up_to_the_depth_and_close_what_is_open(depth, text):
    """In D_n, a may follow below depth n and b above depth 0, unless the prefix broke a rule."""
    found = depths(text)
    now = found[-1] if found else 0
    sound = all(0 <= each <= depth for each in found)

    expected = "a" * (sound and now < depth) + "b" * (sound and now > 0)

    assert LANGUAGES[f"D_{depth}"].may_follow(text) == set(expected)


@given(st.data())
def test_following_what_may_follow_never_leaves_the_language(data):
    """From a prefix of a member, a step that may follow leads to a prefix of a member."""
    language = data.draw(st.sampled_from(LABELLED_BY_FOLLOWERS))
    prefix = ""
    for _ in range(data.draw(st.integers(0, 60))):
        prefix += data.draw(st.sampled_from(sorted(language.may_follow(prefix))))

        assert language.may_follow(prefix)


def test_a_mendable_run_of_zeros_is_not_dead():
    """Tomita-3 after 1 0: one more 0 makes a member; the published code calls this dead."""
    language = LANGUAGES["Tomita-3"]

    assert not language.contains("10")
    assert language.contains("100")
    assert language.may_follow("10") == {"0"}


def test_a_zero_at_the_end_is_enough():
    """A string of {0,1,2}*02* may end in 0; the published label waits for a 2."""
    assert LANGUAGES["{0,1,2}*02*"].contains("10")


@every_language
def test_a_language_is_found_by_name_and_by_key(language):
    """A key leads where the name leads."""
    assert language_named(language.name) is language_named(language.key) is language


def test_a_near_miss_is_offered_the_language_that_was_meant():
    """The message suggests the nearest name and lists all of them."""
    words = r"no language 'tomita 4'; did you mean 'Tomita-4'\? There are: Tomita-1, Tomita-2"
    with pytest.raises(UnknownTask, match=words):
        language_named("tomita 4")


@every_language
def test_a_symbol_of_another_alphabet_is_refused(language):
    """Neither membership nor followers are answered for it, and the message quotes it."""
    words = re.escape(f"{language.name} has the symbols {' '.join(language.alphabet)}, got 'x'")
    first = language.alphabet[0]

    with pytest.raises(InvalidQuestion, match=words):
        language.contains([first, "x"])
    if language.may_follow is not None:
        with pytest.raises(InvalidQuestion, match=words):
            language.may_follow([first, "x"])
