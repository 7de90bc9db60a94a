"""Which words may be symbols."""

from hashlib import sha256

import pytest

from claimkit.prompts.alphabet import PROBE_VERSION
from claimkit.prompts.frames import frame_for
from claimkit.prompts.lines import CANDIDATES
from claimkit.prompts.word_symbols import MOST_WORDS, template_words, word_candidates
from claimkit.prompts.wording import templates_of
from claimkit.tasks import ALL_TASKS, Setting, task_name
from claimkit.tasks.natural.words import common_words


def test_symbols_are_common_words_of_two_letters_or_more():
    """In the order of the list, each once, and none that is a character of the other vocabulary."""
    found = word_candidates()

    assert list(found) == [word for word in common_words() if word in set(found)]
    assert len(found) == len(set(found)) >= MOST_WORDS
    assert not set(found) & set(CANDIDATES)


@pytest.mark.parametrize("task", ALL_TASKS.values(), ids=task_name)
def test_no_template_says_a_word_that_may_be_a_symbol(task):
    """What is written around other symbols holds none of the words, in whatever case."""
    for template in templates_of(task):
        text = frame_for(task, Setting(9, 20, template=template)).probing_text("é", places=3)

        assert not {*text.lower().replace(":", " ").split()} & {*word_candidates()}


def test_only_words_of_templates_and_single_letters_are_left_out():
    """The list loses no more than it has to."""
    lost = set(common_words()) - set(word_candidates())

    assert {"the", "right", "first", "answer", "appearance"} <= template_words()
    assert all(word in template_words() or len(word) == 1 for word in lost)


def test_another_list_of_words_is_another_version_of_the_probe():
    """Stores remember alphabets by the version; raise PROBE_VERSION with the digest."""
    digest = sha256(" ".join(word_candidates()).encode()).hexdigest()[:16]

    assert (PROBE_VERSION, digest) == (2, "ff92c579ffab36f6")
