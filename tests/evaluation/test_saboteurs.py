"""Models and harnesses that go wrong in a known way: each is caught by its own check.

A saboteur behaves on the first 17 columns of a batch, where the causality probe looks, so that the
check it is meant for is the one that finds it.
"""

import numpy as np
import pytest
import torch

from claimkit.errors import CheckTripped
from claimkit.evaluation.distrust import require_trustworthy
from claimkit.evaluation.forward import ask
from claimkit.evaluation.scoring import score

PROBED = 17
WIDTH = 3


def favour(logits, tokens, strength=1e3):
    """Return the logits with one token of each position made the top one."""
    return logits.scatter(-1, tokens[..., None], strength)


def reads_padding(ids, logits, mask):
    """Let the number of padding tokens move the answers."""
    if ids.shape[1] <= PROBED:
        return logits
    return torch.roll(logits, 1, dims=-1) + (1 - mask).sum(1)[:, None, None] * logits


def looks_ahead(ids, logits, mask):
    """Answer with the token that comes next, where there is one."""
    if ids.shape[1] <= PROBED:
        return logits
    following, real = (torch.roll(rows, -1, dims=1) for rows in (ids, mask))
    real[:, -1] = 0
    kept = logits.shape[1]
    seen = favour(logits, following[:, -kept:])
    return torch.where(real[:, -kept:, None] == 1, seen, logits)


def answers_for_the_row_before(ids, logits, mask):
    """Answer with what was fed as the answer of the row above."""
    if len(ids) == 1 or ids.shape[1] <= PROBED:
        return logits
    first_answer = (mask.sum(1) - WIDTH + 1)[:, None]
    leaked = torch.roll(ids.gather(1, first_answer), 1, dims=0)
    return favour(logits, leaked.expand(-1, logits.shape[1]))


def hangs_on_the_batch_size(ids, logits):
    """Answer with another token in larger batches."""
    return torch.roll(logits, len(ids), dims=-1) if ids.shape[1] > PROBED else logits


def equally_long(lab, strings, width):
    """Return strings all beyond the probe."""
    return lab.rows_of(lab.draw(strings, 1).tokens, np.full(strings, 24), width)


def is_constant(ids, logits):
    """Answer one thing, whatever is asked."""
    return torch.linspace(-1, 1, logits.shape[-1]).expand_as(logits)


TRAINED = 50
"""Ids from here on are ruled out by models that mask their vocabulary."""

LEAST = pytest.mark.parametrize("least", [-torch.inf, torch.finfo().min], ids=str)


def masked(logits, least):
    """Return the logits with those of ids that were never trained made the least there is."""
    return logits.index_fill(-1, torch.arange(TRAINED, logits.shape[-1]), least)


def trained_ids(lab, strings, width):
    """Return strings of ids that a masked model knows."""
    drawn = lab.draw(strings, width)
    return lab.rows_of(drawn.tokens % TRAINED, drawn.lengths, width)


@LEAST
def test_an_honest_masked_vocabulary_scores_as_without_the_mask(llama, lab, least):
    """Ids that are ruled out raise no alarm and say nothing of how exact the others are."""
    honest = lab.sabotage(llama, lambda ids, logits: masked(logits, least))
    plain = lab.sabotage(llama, lambda ids, logits: logits[..., :TRAINED])
    episodes = trained_ids(lab, 64, 1)
    golds = ask(plain, episodes).choices
    golds[::2] = (golds[::2] + 1) % TRAINED
    episodes = lab.with_answers(episodes, golds[:, None])

    require_trustworthy(honest, episodes)
    found, expected = score(honest, episodes), score(plain, episodes)

    assert found.right.tolist() == expected.right.tolist() == [False, True] * 32
    assert found.margin == pytest.approx(expected.margin, abs=1e-5)
    scales = ask(plain, episodes).scales
    assert ask(honest, episodes).scales == pytest.approx(scales)


@LEAST
@pytest.mark.parametrize("leak", [reads_padding, looks_ahead])
def test_a_mask_hides_no_leak(llama, lab, leak, least):
    """A saboteur is caught as surely as without the mask."""
    leaky = lab.masked_sabotage(llama, lambda *told: masked(leak(*told), least))

    with pytest.raises(CheckTripped, match=r"otherwise alone than together|it looks ahead"):
        require_trustworthy(leaky, trained_ids(lab, 64, WIDTH))


@LEAST
def test_a_mask_hides_no_leak_into_the_first_tokens(llama, lab, least):
    """Nor where logits after a token depend on the padding that follows it."""

    def tamper(ids, logits):
        moved = logits + (ids == 0).sum(dim=1)[:, None, None] * torch.linspace(0, 1, 61)
        return masked(moved, least)

    with pytest.raises(CheckTripped, match="it is not causal"):
        score(lab.sabotage(llama, tamper), trained_ids(lab, 4, 2))


def test_a_padding_leak_is_caught(llama, lab):
    """A model that reads its padding answers otherwise alone."""
    leaky = lab.masked_sabotage(llama, reads_padding)
    episodes = lab.draw(32, WIDTH)

    with pytest.raises(CheckTripped, match="answers a string otherwise alone than among others"):
        score(leaky, episodes)
    with pytest.raises(CheckTripped, match="otherwise alone than together and padded: 8 of 8"):
        require_trustworthy(leaky, episodes)


def test_looking_ahead_is_caught(llama, lab):
    """A model that reads what follows finds the answers of other strings where they are fed."""
    seer = lab.masked_sabotage(llama, looks_ahead)

    with pytest.raises(CheckTripped, match=r"shuffled answer key .* scored 64 of 64 as right"):
        require_trustworthy(seer, equally_long(lab, 64, WIDTH))


@pytest.mark.parametrize("width", [1, 2])
def test_looking_ahead_at_short_answers_is_caught(llama, lab, width):
    """The last token of an answer is fed, too, so that a model may give itself away."""
    seer = lab.masked_sabotage(llama, looks_ahead)

    with pytest.raises(CheckTripped, match="it looks ahead"):
        require_trustworthy(seer, equally_long(lab, 64, width))


def test_not_a_number_in_the_second_batch_is_caught(llama, lab):
    """No batch is believed because the first one was sound."""
    episodes = lab.draw(40, WIDTH)
    longest = int(episodes.lengths.max())

    def tamper(ids, logits):
        return logits * torch.nan if ids.shape[1] == longest - 1 else logits

    with pytest.raises(CheckTripped, match=r"NaN or infinite logits for .* strings of batch 2"):
        score(lab.sabotage(llama, tamper), episodes, batch_size=36)


@pytest.mark.parametrize("batch_size", [1, 5, None])
def test_constant_logits_are_caught(llama, lab, batch_size):
    """A model that answers every prompt alike is no model, however its prompts are batched."""
    constant = lab.sabotage(llama, is_constant)

    with pytest.raises(CheckTripped, match="answers the same whatever it is asked"):
        score(constant, lab.draw(32, WIDTH), batch_size=batch_size)


@pytest.mark.parametrize("batch_size", [16, 24, None])
def test_answers_of_another_string_are_caught(llama, lab, batch_size):
    """What leaks from row to row makes a shuffled answer key come out right."""
    leaky = lab.masked_sabotage(llama, answers_for_the_row_before)

    with pytest.raises(CheckTripped, match=r"got the answer of the string 1 before .* at most \d"):
        score(leaky, equally_long(lab, 48, WIDTH), batch_size=batch_size)


def test_outcomes_that_hang_on_the_batch_size_are_caught(llama, lab):
    """A string must be answered alone as among others, even if nothing is padded."""
    fickle = lab.sabotage(llama, hangs_on_the_batch_size)
    rows = equally_long(lab, 16, WIDTH)

    with pytest.raises(CheckTripped, match="answers a string otherwise alone than among others"):
        score(fickle, rows, batch_size=8)
    with pytest.raises(CheckTripped, match="otherwise alone than together"):
        require_trustworthy(fickle, rows)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16], ids=str)
@pytest.mark.parametrize("sharp", [False, True], ids=["mild", "sharp"])
@pytest.mark.parametrize("architecture", ["gpt2", "llama", "gemma2", "opt", "mamba"])
def test_honest_models_raise_no_alarm(lab, architecture, sharp, dtype):
    """Models that know nothing are believed, in all numbers, however often they are right."""
    if (architecture, sharp, dtype) == ("mamba", True, torch.float16):
        pytest.skip("sharpened so much, its numbers outgrow float16, which is an error of its own")
    honest = lab.build(architecture, sharp=sharp)
    honest.model.to(dtype)
    honest = type(honest).of(honest.model, window=honest.window, name=architecture)
    episodes = lab.draw(64, WIDTH)

    require_trustworthy(honest, episodes)

    assert len(score(honest, episodes)) == len(score(honest, episodes, batch_size=5)) == 64


@pytest.mark.parametrize("symbols", [1, 2, 3])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_heuristics_over_tiny_alphabets_raise_no_alarm(llama, lab, symbols, place):
    """A model that names a symbol of the prompt is right by chance as often as chance allows."""

    def heuristic(ids, logits):
        return favour(logits, ids[:, place : place + 1].expand(-1, logits.shape[1]))

    generator = np.random.default_rng(symbols)
    tokens = generator.integers(5, 5 + symbols, size=(256, 20))
    # Prompts differ after all, and so does what a model makes of them.
    tokens[:, 3:9] = generator.integers(30, 60, size=(256, 6))
    # Answers that go with the length of their strings.
    lengths = np.sort(generator.integers(12, 21, size=256))
    tokens[np.arange(256), lengths - 1] = tokens[:, place]
    honest = lab.sabotage(llama, heuristic)
    episodes = lab.rows_of(tokens, lengths, 1)

    require_trustworthy(honest, episodes)

    assert score(honest, episodes).right.all()
