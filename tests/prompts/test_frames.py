import pytest

from claimkit.errors import InvalidInput, Unsupported
from claimkit.prompts.frames import frame_for
from claimkit.prompts.wording import (
    COMMAS,
    COPYING_TEMPLATES,
    RETRIEVAL_TEMPLATES,
    templates_of,
)
from claimkit.tasks import (
    ALL_TASKS,
    UB,
    UF,
    UL,
    UR,
    Group,
    NLFirst,
    NLLast,
    Retrieval,
    Setting,
    Task,
    task_name,
)

SOLVED = [("bacdef", "a", "c"), ("xyzuvw", "y", "z")]
COPIED = [("ab", None, "ba"), ("cd", None, "dc")]


def setting(template, **changes):
    """The headline setting with a template, changed."""
    return Setting(**{"length": 6, "symbols": 26, "template": template, **changes})


class Beside(Retrieval):
    """A task of one's own that is written in claimkit's way."""

    name, group, direction = "Beside", Group.UNIQUE_RETRIEVAL, "right"
    occurrence = "only"
    wording = {"rule": "Say what is beside it .", "verse": "Roses are red ."}  # noqa: RUF012


class Echo(Task):
    """A task of one's own that is written in a way of its own."""

    name, group, direction = "Echo", Group.UNIQUE_RETRIEVAL, "right"
    wording = {"rule": "Say the query again ."}  # noqa: RUF012

    def answers(self, strings):
        """Return the query."""
        return strings.queries[:, None]


class Mirror(Echo):
    """A task of one's own among the copying tasks, without words."""

    name, group, wording = "Mirror", Group.UNIQUE_COPYING, {}


@pytest.mark.parametrize(
    "task, template, solved, expected",
    [
        (UR, "bare", SOLVED, " b a c d e f | a: c\n x y z u v w | y: z"),
        (
            UL,
            "rule",
            SOLVED[1:],
            "Rule : answer with the symbol directly to the left of the appearance of the query .\n"
            " x y z u v w | y: z",
        ),
        (
            UR,
            "formal+example",
            SOLVED,
            "Rule : let i be the only position with x [ i ] = query . The answer is x [ i + 1 ] .\n"
            "Example : in b a c d e f the appearance of a is at position 2 , so the answer is c .\n"
            " x y z u v w | y: z",
        ),
        (UB, "hint", COPIED, "Hint : backward .\n<bos> a b : b a <eos>\n<bos> c d : d c"),
        (
            UF,
            "rule",
            COPIED[:1],
            "Rule : write the symbols of the line again in the same order .\n<bos> a b : b a",
        ),
        (UB, "commas", COPIED, " a b, b a. c d, d c"),
    ],
    ids=["bare", "rule", "example", "hint", "copy rule", "commas"],
)
def test_a_prompt_is_opening_worked_example_and_lines(task, template, solved, expected):
    """Each ends with a line break, and prompts that are bare or have commas are lines alone."""
    assert frame_for(task, setting(template)).text(solved) == expected


@pytest.mark.parametrize(
    "task, expected",
    [
        (UR, "Line(begin='', middle=' |', colon=':', end='', has_query=True)"),
        (UB, "Line(begin='<bos>', middle=' :', colon='', end=' <eos>', has_query=False)"),
    ],
    ids=task_name,
)
def test_a_bare_frame_is_named_as_ever(task, expected):
    """Stores find what they remember of a tokenizer by this name."""
    name = str(frame_for(task, setting("bare")))

    assert name == f"Frame(opening='', example=None, line={expected})"


@pytest.mark.parametrize("template", ["bare", "commas"])
def test_the_vocabularies_have_names_of_their_own(template):
    """The same marks around words are remembered beside those around characters."""
    names = [
        str(frame_for(UB, setting(template, vocabulary=vocabulary)))
        for vocabulary in ("characters", "words")
    ]

    assert names[0] != names[1]
    assert "WordLine(begin=" in names[1]


def test_no_two_templates_share_a_name():
    """What a store remembers of one is never taken for another."""
    frames = {str(frame_for(UB, setting(template))) for template in templates_of(UB)}

    assert len(frames) == 4


@pytest.mark.parametrize("task, place", [(NLFirst, 3), (NLLast, 5)], ids=task_name)
def test_a_worked_example_tells_the_place_of_the_occurrence_that_counts(task, place):
    """The first appearance or the last one, counted from 1."""
    solved = [("xyabaz", "a", "b"), ("xyabaz", "a", "b")]
    text = frame_for(task, setting("rule+example")).text(solved)

    assert f"the {task.occurrence} appearance of a is at position {place} ," in text


@pytest.mark.parametrize("group", Group)
def test_a_group_has_the_templates_of_the_paper(group):
    """Five for retrieval, four for copying, and so has every published task of the group."""
    expected = RETRIEVAL_TEMPLATES if group.is_retrieval else (*COPYING_TEMPLATES, COMMAS)
    tasks = [task for task in ALL_TASKS.values() if task.group is group]

    assert {templates_of(asked) for asked in (group, *tasks)} == {expected}


@pytest.mark.parametrize(
    "task, expected",
    [
        (Beside(), ("bare", "rule", "verse", "rule+example", "verse+example")),
        (Echo(), ("bare", "rule")),
        (Mirror(), ("bare",)),
    ],
    ids=repr,
)
def test_a_task_of_ones_own_has_the_templates_that_it_words(task, expected):
    """Worked examples come with retrieval tasks that say which occurrence counts."""
    assert templates_of(task) == expected


def test_a_task_of_ones_own_is_opened_with_its_own_sentence():
    """Its words stand where those of the papers would."""
    text = frame_for(Beside(), setting("verse+example")).text(SOLVED)

    assert text.startswith("Roses are red .\nExample : in b a c d e f the appearance of a is")


@pytest.mark.parametrize(
    "task, template, error, words",
    [
        (UR, "poem", Unsupported, "UR has no template 'poem', it has 'bare', 'rule', 'formal', "),
        (UR, "hint", Unsupported, "UR has no template 'hint'"),
        (UR, "bare+example", Unsupported, r"UR has no template 'bare\+example'"),
        (UF, "rule+example", Unsupported, "it has 'bare', 'rule', 'hint', 'commas'$"),
        (UR, "commas", Unsupported, "UR has no template 'commas'"),
        (Mirror(), "commas", Unsupported, "Mirror has no template 'commas', it has 'bare';"),
        (Mirror(), "rule", Unsupported, "it has 'bare'; .* goes into wording of Mirror"),
        (Echo(), "rule+example", Unsupported, "derived from Retrieval whose occurrence is 'only'"),
    ],
    ids=str,
)
def test_a_template_that_a_task_lacks_is_refused(task, template, error, words):
    """The message names the templates that there are."""
    with pytest.raises(error, match=words):
        frame_for(task, setting(template))


def test_a_worked_example_needs_a_demonstration():
    """Without demonstrations there is nothing to be worked."""
    with pytest.raises(InvalidInput, match=r"demonstrations=0; give at least 1, or template 'rule"):
        frame_for(UR, setting("rule+example", demonstrations=0))


@pytest.mark.parametrize("name", ["bare", "commas", "rule+example"])
def test_wording_that_would_never_be_said_is_refused(name):
    """Bare and commas have no sentence, and a worked example none but its rule's."""
    odd = type("Odd", (Echo,), {"name": "Odd", "wording": {name: "Never ."}})()

    with pytest.raises(InvalidInput, match="wording of Odd holds a sentence for"):
        frame_for(odd, setting("bare"))
