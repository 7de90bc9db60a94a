"""Words as symbols: those that a prompt in English can be written around.

A template is written in words, too. Were its words among the symbols, one would stand in a context
and mean itself, and in a sentence or a worked example and mean something else; so no symbol is a
word of any published template, whichever template is used. The candidates are therefore the same
under all of them. Words of one letter are left to the characters.

Source: arXiv:2505.21785, §4.1: the word vocabulary, of more than 300 common English words.
Differs: the words are ours.
"""

from __future__ import annotations

from functools import cache

from claimkit.prompts.wording import WITH_EXAMPLE, example_words, opening, templates_of
from claimkit.tasks import ALL_TASKS, Retrieval
from claimkit.tasks.natural.words import common_words

LEAST_WORDS = 300
"""Fewer words than the source's are another experiment, most of all those few that a tokenizer of
letters and digits happens to know."""

MOST_WORDS = 400
"""Enough for strings of 300 different words. Most tokenizers keep more, and so are asked about
equally many, as strings have to be that two models are compared on; probing takes the square."""


@cache
def word_candidates() -> tuple[str, ...]:
    """Return common English words that no published template is written in, the commonest first.

    Another list is another alphabet: whoever changes one raises
    :data:`claimkit.prompts.alphabet.PROBE_VERSION`.
    """
    said = template_words()
    return tuple(word for word in common_words() if len(word) > 1 and word not in said)


@cache
def template_words() -> frozenset[str]:
    """Return the words and marks of all sentences and worked examples, in lower case."""
    said: list[str] = []
    for task in ALL_TASKS.values():
        for template in templates_of(task):
            said.append(opening(task, template))
            if template.endswith(WITH_EXAMPLE) and isinstance(task, Retrieval):
                said += example_words(task)
    return frozenset(" ".join(said).lower().split())
