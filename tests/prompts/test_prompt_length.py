import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimkit.errors import NotApplicable
from claimkit.prompts.prompter import shortest_prompt
from claimkit.tasks import TASKS, UB, UR, Setting, task_name
from claimkit.tasks.questions import draw_questions
from claimkit.tasks.sampling import shortest

NAMES = ["bpe", "bpe / idle BOS", "bpe / added BOS", "bpe / literal BOS", "words"]
every_tokenizer = pytest.mark.parametrize("name", NAMES)
every_task = pytest.mark.parametrize("task", TASKS.values(), ids=task_name)
drawn_settings = st.builds(
    Setting,
    length=st.integers(6, 14),
    symbols=st.integers(14, 40),
    demonstrations=st.integers(0, 5),
    demonstration_length=st.sampled_from(["short", "same"]),
    separator=st.booleans(),
)


def asked(prompter, task, setting, stop=8):
    """Questions and their episodes."""
    questions = draw_questions(task.group, setting, stop)
    return questions, prompter.episodes(task, questions)


@every_tokenizer
@settings(max_examples=25)
@given(task=st.sampled_from(list(TASKS.values())), setting=drawn_settings)
def test_no_prompt_is_longer_than_the_longest(prompter_of, name, task, setting):
    """The stated bound holds for every string."""
    prompter = prompter_of(name, task, setting)
    _, episodes = asked(prompter, task, setting, stop=30)

    assert episodes.lengths.max() <= prompter.longest(task, setting)


@every_tokenizer
@every_task
def test_some_prompt_is_as_long_as_the_longest(prompter_of, name, task):
    """The bound is reached; five short demonstrations are all long in 1 of 32 prompts."""
    setting = Setting(length=9, symbols=20)
    prompter = prompter_of(name, task, setting)
    _, episodes = asked(prompter, task, setting, stop=400)

    assert episodes.lengths.max() == prompter.longest(task, setting)


@every_task
def test_what_lies_behind_a_string_is_padding(prompter_of, task):
    """Beyond its length every row holds id 0, and no column is padding alone."""
    _, episodes = asked(prompter_of("words", task, Setting(9, 20)), task, Setting(9, 20), stop=60)
    behind = np.arange(episodes.tokens.shape[1]) >= episodes.lengths[:, None]

    assert not episodes.tokens[behind].any()
    assert episodes.lengths.max() == episodes.tokens.shape[1]


def test_a_prompt_that_does_not_fit_the_window_is_not_applicable(prompter_of):
    """The message gives the tokens needed and the window."""
    setting = Setting(length=30, symbols=36)
    prompter = prompter_of("words", UB, setting)
    # Begin 1, five lines of 5 + 5 symbols with ':' <eos> line break <bos>, 30 + 30 symbols and ':'.
    needed = 1 + 5 * (10 + 4) + 61

    assert prompter.longest(UB, setting) == needed == 132
    # The last answer token is compared and never fed.
    prompter.check_window(UB, setting, window=needed - 1)
    prompter.check_window(UB, setting, window=None)
    with pytest.raises(
        NotApplicable,
        match=r"window too short: UB at length 30 with 5 demonstrations takes 131 .* is 130",
    ):
        prompter.check_window(UB, setting, window=130)


def test_the_shortest_prompt_is_a_bound_for_every_task(prompter_of):
    """Five demonstrations of 6 + 2 symbols, 3 context symbols and a query: 5 · 8 + 4 = 44."""
    lengths = {task: shortest(task.group) for task in TASKS.values()}
    fed = []
    for task, length in lengths.items():
        setting = Setting(length=length, symbols=36, separator=False)
        _, episodes = asked(prompter_of("word piece", task, setting), task, setting, stop=300)
        fed.append(int(episodes.lengths.min()) - 1)

    assert shortest_prompt() == 44
    assert min(fed) >= 44


def test_the_words_around_a_prompt_count(prompter_of):
    """The message counts the opening sentence and the worked example."""
    setting = Setting(length=30, symbols=36, template="rule+example")
    prompter = prompter_of("words", UR, setting)
    # BOS; the rule's 16 words; the example's 7 + 2 symbols in 17 words and its two line breaks;
    # four lines of 7 + 2 symbols with '|', ':' and line break; 30 + 2 symbols with '|' and ':'.
    needed = 1 + 16 + (9 + 17 + 2) + 4 * 12 + 34

    assert prompter.longest(UR, setting) == needed
    with pytest.raises(NotApplicable, match=f"takes {needed - 1} tokens, the window is 90"):
        prompter.check_window(UR, setting, window=90)
