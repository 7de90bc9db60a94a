"""A model that is asked one prompt at a time ends where it would in a batch."""

import pytest

from claimkit.errors import ModelError
from claimkit.evaluation.generation.alone import write_alone
from claimkit.evaluation.generation.rows import Ending, Row
from claimkit.evaluation.generation.stopping import StopStrings
from claimkit.evaluation.greedy import greedy

PROMPT = (3, 1, 4, 1, 5, 9, 2, 6)


def test_an_end_behind_the_first_few_tokens_is_found(llama, bytes_tokenizer):
    """Its own decoding is asked for 16 tokens, then for as many as the cap leaves."""
    expected = greedy(llama, PROMPT, 20)
    size = next(i for i in range(17, 21) if expected[i - 1] not in expected[: i - 1])
    row = Row(PROMPT, 30)
    ending = Ending(StopStrings(bytes_tokenizer, ()), frozenset({expected[size - 1]}))

    decoded, wasted = write_alone(llama, row, ending)

    assert tuple(row.tokens) == expected[:size]
    assert (row.ended, decoded, wasted) == ("end", 30, 30 - size)


def test_the_margin_is_that_of_the_closest_choice(llama, bytes_tokenizer):
    """A pass over the whole says it, and it grows only with fewer tokens."""
    margins = []
    for cap in (2, 12):
        row = Row(PROMPT, cap)
        write_alone(llama, row, Ending(StopStrings(bytes_tokenizer, ()), frozenset()))
        margins.append(row.margin)

    assert 0 <= margins[1] <= margins[0] < float("inf")


def test_decoding_that_does_not_follow_the_logits_is_an_error(lab, bytes_tokenizer):
    """Old code for decoding may run on a new release, and write something else."""
    model = lab.build("llama")
    own = model.model.generate

    def astray(*arguments, **options):
        written = own(*arguments, **options)
        written[:, -1] = (written[:, -1] + 1) % lab.VOCABULARY
        return written

    model.model.generate = astray
    ending = Ending(StopStrings(bytes_tokenizer, ()), frozenset())

    with pytest.raises(ModelError, match="writes what its logits do not choose"):
        write_alone(model, Row(PROMPT, 4), ending)
