"""Questions about symbols in a user's words: word for word, and against an obvious reference."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimkit.errors import Unsupported
from claimkit.prompts.chat import read_reply
from claimkit.prompts.lines import line_for
from claimkit.prompts.told import TOLD, told_line, told_questions, told_templates, told_words
from claimkit.prompts.wording import opening
from claimkit.tasks import NB, NF, TASKS, UB, UF, UL, UR, NRFirst, Setting, Without
from claimkit.tasks.questions import ABSENT, draw_questions

SYMBOLS = tuple("abcdefghijklmnopqrstuvwxyz")
SOLVED = ("abc", "b", "c"), ("bca", "c", "a")


def setting(template="bare", length=10, **options):
    """Return a setting over letters."""
    return Setting(length=length, symbols=len(SYMBOLS), template=template, **options)


def test_retrieval_word_for_word():
    """A sentence, what is to be done, solved lines between tags, and a line to complete."""
    assert told_words(UR, setting("rule"), SOLVED, ("cab", "a")) == (
        "Rule : answer with the symbol directly to the right of the appearance of the query .\n"
        "Complete the last line as the lines before it are complete .\n"
        "\n"
        " a b c | b: <target> c </target>\n"
        " b c a | c: <target> a </target>\n"
        " c a b | a:"
    )


def test_copying_word_for_word():
    """Special tokens are not written as text; without words the demand stands alone."""
    assert told_words(UB, setting("bare"), [("abc", None, "cba")], ("bc", None)) == (
        "Complete the last line as the lines before it are complete .\n"
        "\n"
        " a b c : <target> c b a </target>\n"
        " b c :"
    )


def test_other_templates_and_no_separator_word_for_word():
    """One word for copying; without the mark between context and query."""
    assert told_words(NF, setting("hint"), [], ("aab", None)) == (
        f"Hint : forward .\n{TOLD}\n\n a a b :"
    )
    assert told_line(UL, setting(separator=False), "abc", "b") == " a b c b:"
    words = told_words(UL, setting("formal", separator=False), [("abc", "b", "a")], ("cb", "b"))
    assert words.endswith("x [ i - 1 ] .\n" + TOLD + "\n\n a b c b: <target> a </target>\n c b b:")


def test_words_as_symbols_are_written_alike():
    """A symbol is whatever stands for it."""
    asked = told_words(
        UF, setting(vocabulary="words"), [(["red", "sun"], None, ["red", "sun"])], (["day"], None)
    )

    assert asked.endswith("\n red sun : <target> red sun </target>\n day :")


@given(
    st.sampled_from(sorted(TASKS)),
    st.sampled_from([5, 3, 0]),
    st.booleans(),
    st.sampled_from(["short", "same"]),
    st.data(),
)
def test_questions_are_put_as_the_slow_reference_puts_them(name, shown, separator, length, data):
    """Symbol by symbol, for every task and template; the gold answer is the task's."""
    task = TASKS[name]
    template = data.draw(st.sampled_from(told_templates(task)))
    how = setting(template, demonstrations=shown, separator=separator, demonstration_length=length)
    questions = draw_questions(task.group, how, 3)
    found = told_questions(task, how, questions, SYMBOLS)

    assert [(one.words, one.gold) for one in found] == [
        slowly(task, how, questions, row) for row in range(3)
    ]


def slowly(task, how, questions, row):
    """Return the words of one question and its gold answer."""
    sentence = opening(task, how.template)
    text = (sentence + "\n" if sentence else "") + TOLD + "\n\n"
    for part in (*questions.demonstrations, questions.strings):
        one = part[row : row + 1]
        for number in one.contexts[0]:
            if number != ABSENT:
                text += " " + SYMBOLS[number]
        if task.group.is_retrieval:
            text += " |" if how.separator else ""
            text += " " + SYMBOLS[one.queries[0]] + ":"
        else:
            text += " :"
        gold = " ".join(SYMBOLS[number] for number in task.answers(one)[0])
        if part is not questions.strings:
            text += " <target> " + gold + " </target>\n"
    return text, gold


def test_a_shown_answer_reads_as_an_answer():
    """What stands between the tags of a demonstration is what would be right there."""
    for task in TASKS.values():
        how = setting(demonstrations=2)
        questions = draw_questions(task.group, how, 1)
        (one,) = told_questions(task, how, questions, SYMBOLS)
        shown = one.words.split("\n\n")[1].split("\n")[:-1]
        gold = [
            " ".join(SYMBOLS[i] for i in task.answers(part)[0]) for part in questions.demonstrations
        ]

        assert [read_reply(line).answer for line in shown] == gold


def test_lines_are_those_of_scored_questions():
    """Up to ``<bos>``; so claims about both are about the same lines."""
    for task in (UR, NRFirst, UF, NB):
        line = line_for(task.group, setting())
        query = "b" if task.group.is_retrieval else None

        assert line.begin + told_line(task, setting(), "abc", query) == line.question("abc", query)


def test_templates_that_only_a_text_to_go_on_with_has_are_refused():
    """In one sentence, with those that there are."""
    assert told_templates(UF) == ("bare", "rule", "hint")
    with pytest.raises(Unsupported, match=r"no template 'rule\+example' in conv.*'formal'$"):
        told_words(UR, setting("rule+example"), SOLVED, ("cab", "a"))
    with pytest.raises(Unsupported, match="no template 'commas' in conversations"):
        told_words(UF, setting("commas"), [], ("abc", None))
    with pytest.raises(Unsupported, match="UF has no template 'formal', it has"):
        told_words(UF, setting("formal"), [], ("abc", None))


def test_a_removed_path_changes_no_word():
    """The question is that of the task itself."""
    told = told_words(Without(UF, "induction"), setting("rule"), [], ("abc", None))

    assert told == told_words(UF, setting("rule"), [], ("abc", None))
