import pytest

from claimkit.prompts.lines import line_for
from claimkit.tasks import Group, Setting


def setting(**changes):
    """The headline setting, changed."""
    return Setting(**{"length": 3, "symbols": 26, **changes})


def test_a_retrieval_line_is_the_published_one():
    """Context, separator, query, answer, each symbol with a space before it."""
    line = line_for(Group.UNIQUE_RETRIEVAL, setting())

    assert line.text([("bac", "a", "c"), ("xyz", "y", "z")]) == " b a c | a: c\n x y z | y: z"


def test_a_retrieval_line_without_separator_leaves_out_the_mark_alone():
    """The query follows the context directly."""
    line = line_for(Group.NON_UNIQUE_RETRIEVAL, setting(separator=False))

    assert line.text([("bac", "a", "c")]) == " b a c a: c"


@pytest.mark.parametrize("separator", [True, False])
def test_a_copying_line_is_the_published_one(separator):
    """Source and answer between begin and end; the last answer stays open."""
    line = line_for(Group.UNIQUE_COPYING, setting(separator=separator))
    text = line.text([("ab", None, "ba"), ("cd", None, "dc")])

    assert text == "<bos> a b : b a <eos>\n<bos> c d : d c"


@pytest.mark.parametrize("group", [group for group in Group if not group.is_retrieval])
def test_commas_are_the_published_circuit_prompts(group):
    """A comma behind the source, a full stop behind the answer, then the next line at once."""
    line = line_for(group, setting(template="commas"))
    text = line.text([("abc", None, "abc"), ("def", None, "def"), ("gh", None, "gh")])

    assert text == " a b c, a b c. d e f, d e f. g h, g h"


@pytest.mark.parametrize(
    "group, template, expected",
    [
        (Group.UNIQUE_RETRIEVAL, "bare", " time house made | house: made\n time house"),
        (Group.UNIQUE_COPYING, "rule", "<bos> time house made : made <eos>\n<bos> time house"),
        (Group.UNIQUE_COPYING, "commas", " time house made, made. time house"),
    ],
    ids=["retrieval", "copying", "commas"],
)
def test_a_line_of_words_has_the_same_marks(group, template, expected):
    """Where a character stood there is a word, with a space before it."""
    line = line_for(group, setting(template=template, vocabulary="words"))
    query = "house" if group.is_retrieval else None
    text = line.text([(["time", "house", "made"], query, ["made"])] * 2)

    assert text.startswith(expected)


@pytest.mark.parametrize("group", Group)
def test_a_question_is_a_line_without_its_answer(group):
    """What a model is shown ends where its answer begins."""
    line = line_for(group, setting())
    query = "a" if group.is_retrieval else None

    assert line.text([("bac", query, "c")]) == line.question("bac", query) + " c"
