"""How many strings go into one batch."""

import numpy as np
import pytest
import torch

from claimkit.evaluation.batching import BatchTooLargeError
from claimkit.evaluation.memory import find_limits, running_out


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
