"""How many strings go into one batch."""

import numpy as np
import pytest
import torch

from claimkit.evaluation.batching import BatchTooLargeError
from claimkit.evaluation.distrust import require_trustworthy
from claimkit.evaluation.forward import ask
from claimkit.evaluation.memory import find_limits, running_out
from claimkit.evaluation.scoring import score
from claimkit.models.language_model import LanguageModel


def test_a_given_batch_size_is_kept(llama, lab):
    """Strings count, however long they are."""
    limits = find_limits(llama, lab.draw(9, width=2, longest=40), batch_size=3)

    assert limits.strings == 3
    assert limits.tokens >= 3 * 40


@pytest.mark.parametrize("longest", [8, 60, 5000, 10**6])
def test_a_found_batch_size_shrinks_with_the_strings(llama, lab, longest):
    """Batches hold about the same number of tokens, and at least one string."""
    row = np.ones((1, longest), np.int64)

    limits = find_limits(llama, lab.rows_of(row, np.array([longest]), 1), batch_size=None)

    assert limits.strings == max(1, 2048 // longest)


def test_memory_running_out_leaves_no_trace_of_the_batch():
    """The error keeps no cause, whose traceback would keep the tensors of the batch alive."""
    with pytest.raises(BatchTooLargeError, match="out of memory") as caught, running_out():
        raise torch.OutOfMemoryError("CUDA out of memory.\nTried to allocate")

    assert caught.value.__cause__ is None


def wide(vocabulary):
    """Return a model of hardly more than a vocabulary."""
    from transformers import LlamaConfig, LlamaForCausalLM

    shape = {"hidden_size": 4, "intermediate_size": 4, "num_hidden_layers": 1}
    shape |= {"num_attention_heads": 1, "pad_token_id": 0, "eos_token_id": None}
    return LanguageModel.of(LlamaForCausalLM(LlamaConfig(vocab_size=vocabulary, **shape)))


@pytest.mark.parametrize(
    "vocabulary, largest", [(1000, 24), (50_000, 22), (150_000, 12), (400_000, 6), (800_000, 4)]
)
def test_logits_on_a_cpu_stay_small_however_large_the_vocabulary(lab, vocabulary, largest):
    """No batch of two or more strings gets more than 64 MiB of logits, but as much as goes."""
    model, sizes = wide(vocabulary), []
    episodes = lab.draw(24, width=4, longest=20)

    def tamper(ids, logits):
        sizes.append((len(ids), logits.numel() * 4))
        return logits

    sabotaged = lab.sabotage(model, tamper)
    named = LanguageModel.of(Named(sabotaged.model, model.model))
    require_trustworthy(named, episodes)
    trusted = len(sizes)
    score(named, episodes)

    assert all(rows == 1 or taken <= 64 * 2**20 for rows, taken in sizes)
    # The first two ask whether the model looks ahead.
    assert max(rows for rows, _ in sizes[trusted + 2 :]) == largest


class Named(torch.nn.Module):
    """A model behind another that still tells its vocabulary."""

    def __init__(self, outer, inner):
        super().__init__()
        self.outer, self.get_input_embeddings = outer, inner.get_input_embeddings

    def forward(self, input_ids, attention_mask, use_cache, logits_to_keep):
        """Pass everything on."""
        return self.outer(input_ids, attention_mask, use_cache, logits_to_keep)


def test_a_single_string_is_projected_in_slices(language_model, lab):
    """Answer positions a few at a time have the margins that they have together."""
    episodes = lab.draw(1, width=7)

    whole, sliced = ask(language_model, episodes), ask(language_model, episodes, most_positions=3)

    assert sliced.margins == pytest.approx(whole.margins, abs=1e-5)
    assert sliced.choices.tolist() == whole.choices.tolist()


def test_a_batch_that_ran_out_teaches_the_next_call(llama, lab):
    """What did not fit at one call is not tried again at the next."""
    sizes = []

    def tamper(ids, logits):
        sizes.append(len(ids))
        if len(ids) > 5:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return logits

    model, episodes = lab.sabotage(llama, tamper), lab.draw(40, width=2)
    score(model, episodes)
    failed = max(sizes)
    sizes.clear()
    score(model, episodes)

    assert failed > 5
    assert max(sizes) <= 5


def test_room_for_one_string_at_a_time_is_room_enough(llama, lab):
    """A model that runs out of memory for more than one string is trusted and scored."""

    def tamper(ids, logits):
        if len(ids) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return logits

    model, episodes = lab.sabotage(llama, tamper), lab.draw(12, width=2)
    require_trustworthy(model, episodes)

    assert score(model, episodes).right.tolist() == score(llama, episodes).right.tolist()
