"""Exact match from one teacher-forced pass."""

import copy

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from claimkit.errors import InvalidInput, ModelError, NotApplicable
from claimkit.evaluation.forward import ask
from claimkit.evaluation.precise import in_float32
from claimkit.evaluation.scoring import score
from claimkit.models.language_model import LanguageModel


def test_scoring_agrees_with_greedy_decoding(language_model, lab):
    """A string is right, or first wrong where one token was changed, exactly as generate says."""
    episodes = lab.draw(32, width=6)
    own = lab.greedy(language_model, episodes)
    odd = np.arange(1, len(episodes), 2)
    answers, changed = lab.change_one(own, odd)

    scores = score(language_model, lab.with_answers(episodes, answers))

    expected = np.full(len(episodes), -1)
    expected[odd] = changed
    assert scores.first_wrong.tolist() == expected.tolist()
    assert scores.right.tolist() == (expected == -1).tolist()


def reference(language_model, episodes):
    """Score as slowly and plainly as can be: one string, all logits, float64, a loop."""
    model, margins = copy.deepcopy(language_model.model).double(), []
    for tokens, length in zip(episodes.tokens, episodes.lengths, strict=True):
        logits = model(torch.from_numpy(tokens[None, :length])).logits[0]
        for position in range(length - episodes.width, length):
            gold, others = tokens[position], logits[position - 1].clone()
            others[gold] = -torch.inf
            margins.append(float(logits[position - 1, gold] - others.max()))
    return np.array(margins).reshape(len(episodes), episodes.width)


def test_scoring_agrees_with_the_plain_reference(language_model, lab):
    """Verdict, first wrong position and margin are those of a loop over all logits in float64."""
    episodes = lab.draw(24, width=4)
    answers, _ = lab.change_one(lab.greedy(language_model, episodes), np.arange(0, 24, 3))
    episodes = lab.with_answers(episodes, answers)

    scores = score(language_model, episodes, batch_size=5)

    expected = reference(language_model, episodes)
    wrong = [np.flatnonzero(row <= 0)[:1].tolist() or [-1] for row in expected]
    assert scores.first_wrong.tolist() == [position for (position,) in wrong]
    assert scores.margin == pytest.approx(expected.min(axis=1), abs=1e-4)


@pytest.fixture(scope="session")
def alone(llama, lab):
    """Sixteen strings, half of them right, and what each scores in a batch of its own."""
    episodes = lab.draw(16, width=3)
    answers, _ = lab.change_one(lab.greedy(llama, episodes), np.arange(0, 16, 2))
    episodes = lab.with_answers(episodes, answers)
    return episodes, [score(llama, episodes[i : i + 1]) for i in range(16)]


@settings(max_examples=25, deadline=None)
@given(
    order=st.permutations(range(16)),
    batch_size=st.integers(1, 17) | st.none(),
    padding=st.integers(0, 9),
    pad=st.integers(0, 60),
)
def test_order_batches_and_padding_change_no_outcome(
    llama, lab, alone, order, batch_size, padding, pad
):
    """The outcome of a string depends on nothing but the string."""
    episodes, expected = alone
    tokens = np.pad(episodes.tokens, ((0, 0), (0, padding)))
    tokens[np.arange(tokens.shape[1]) >= episodes.lengths[:, None]] = pad
    shuffled = lab.rows_of(tokens, episodes.lengths, 3)[np.array(order)]

    scores = score(llama, shuffled, batch_size=batch_size)

    assert scores.right.tolist() == [bool(expected[i].right[0]) for i in order]
    assert scores.first_wrong.tolist() == [int(expected[i].first_wrong[0]) for i in order]
    assert scores.margin == pytest.approx([expected[i].margin[0] for i in order], abs=1e-4)


def test_random_guessing_scores_chance(llama, lab):
    """A model that knows nothing of the answers names one token of the vocabulary in V."""
    strings = 4000
    low, high = stats.binom(strings, 1 / lab.VOCABULARY).ppf([1e-6, 1 - 1e-6])

    scores = score(llama, lab.draw(strings, width=1, longest=8))

    assert low <= scores.right.sum() <= high


def test_ten_percent_of_answers_changed_scores_ninety(llama, lab):
    """Exact matches of which one in ten is changed score 0.90 exactly."""
    episodes = lab.draw(100, width=3, longest=12)
    answers, _ = lab.change_one(lab.greedy(llama, episodes), np.arange(0, 100, 10))

    assert score(llama, lab.with_answers(episodes, answers)).right.mean() == 0.9


def test_a_tie_is_wrong(llama, lab):
    """A model that prefers no token to any other is never right."""

    def tamper(ids, logits):
        # Another height for every string: equal logits for all of them would be no model at all.
        return torch.zeros_like(logits) + ids[:, :1, None]

    indifferent = lab.sabotage(llama, tamper)

    scores = score(indifferent, lab.rows_of(lab.draw(12, width=1).tokens, np.full(12, 24), 1))

    assert not scores.right.any()
    assert (scores.first_wrong == 0).all()
    assert (scores.margin == 0).all()


def test_not_a_number_in_a_later_batch_is_an_error_of_the_model(llama, lab):
    """NaN wins every arg max, so one NaN must end the scoring and name its batch."""
    episodes = lab.draw(12, width=2)
    poison = episodes.tokens[np.argsort(episodes.lengths, kind="stable")[5], 0]
    # The probe asks about the first string, the first batch holds four others.
    assert poison not in episodes.tokens[np.argsort(episodes.lengths, kind="stable")[:4], 0]

    def tamper(ids, logits):
        return torch.where((ids[:, :1] == poison)[..., None], torch.nan, logits)

    broken = lab.sabotage(llama, tamper)
    with pytest.raises(ModelError, match=r"saboteur gave NaN or infinite logits for 1 .*batch 2"):
        score(broken, episodes, batch_size=4)


@pytest.mark.parametrize("value", [torch.inf, torch.nan], ids=str)
def test_an_infinite_logit_is_an_error_of_the_model(llama, lab, value):
    """Infinity at one token of the vocabulary is found wherever it stands."""

    def tamper(ids, logits):
        logits = logits.clone()
        logits[..., 7] = value
        return logits

    with pytest.raises(ModelError, match="NaN or infinite logits"):
        score(lab.sabotage(llama, tamper), lab.draw(4, width=2))


def test_a_right_answer_that_is_ruled_out_is_an_error_of_the_model(llama, lab):
    """A model whose logit of the very answer is minus infinity cannot be asked."""
    episodes = lab.draw(4, width=2)
    gold = episodes.answers[2, 1]

    def tamper(ids, logits):
        return logits.index_fill(-1, torch.tensor([gold]), -torch.inf)

    with pytest.raises(ModelError, match="NaN or infinite logits"):
        score(lab.sabotage(llama, tamper), episodes)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"),
    ],
    ids=["gpu", "cpu"],
)
def test_batches_are_halved_until_they_fit(llama, lab, error):
    """Running out of memory costs time and no outcome."""
    episodes, sizes = lab.draw(20, width=2), []

    def tamper(ids, logits):
        sizes.append(len(ids))
        if len(ids) > 3:
            raise error
        return logits

    scores = score(lab.sabotage(llama, tamper), episodes, batch_size=16)

    expected = score(llama, episodes)
    assert scores.right.tolist() == expected.right.tolist()
    assert scores.first_wrong.tolist() == expected.first_wrong.tolist()
    assert [size for size in sizes if size > 3] == [16, 8, 4]


def test_a_string_that_never_fits_is_an_error_of_the_model(llama, lab):
    """Where even one string runs out of memory, the error says how long it was."""

    def tamper(ids, logits):
        raise torch.OutOfMemoryError("CUDA out of memory.")

    with pytest.raises(ModelError, match=r"single string of \d+ tokens does not fit .* of cpu"):
        score(lab.sabotage(llama, tamper), lab.draw(4, width=2))


def test_no_room_for_float32_is_told_apart(lab):
    """Where near ties cannot be scored again, the sentence says what for and what to do."""
    mild = LanguageModel.of(lab.build_mild().model.to(torch.bfloat16))
    episodes = lab.draw(50, width=1)
    episodes = lab.with_answers(episodes, ask(mild, episodes).choices[:, None])

    def tamper(ids, logits):
        if logits.dtype == torch.float32:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return logits

    with pytest.raises(ModelError, match=r"again in float32.*too small beside saboteur .*--dtype"):
        score(lab.sabotage(mild, tamper), episodes)


def test_other_runtime_errors_are_not_taken_for_lack_of_memory(llama, lab):
    """A bug in a model shows as itself."""

    def tamper(ids, logits):
        raise RuntimeError("shapes do not match")

    with pytest.raises(RuntimeError, match="shapes do not match"):
        score(lab.sabotage(llama, tamper), lab.draw(4, width=2))


def test_progress_counts_every_string_once(llama, lab):
    """The numbers that progress is given add up to the strings."""
    seen = []
    score(llama, lab.draw(11, width=2), batch_size=4, progress=seen.append)

    assert seen == [4, 4, 3]


def test_nothing_asked_is_nothing_scored(llama, lab):
    """No episodes give no scores."""
    scores = score(llama, lab.draw(3, width=2)[:0])

    assert len(scores) == 0


@pytest.mark.parametrize("batch_size", [0, -1])
def test_a_batch_holds_at_least_one_string(llama, lab, batch_size):
    """A batch size that cannot be meant is refused."""
    with pytest.raises(InvalidInput, match=f"got batch_size={batch_size}"):
        score(llama, lab.draw(3, width=2), batch_size=batch_size)


def test_token_ids_beyond_the_vocabulary_are_refused(llama, lab):
    """A tokenizer that knows more tokens than the model is named as the likely cause."""
    tokens = np.full((1, 5), lab.VOCABULARY)

    with pytest.raises(InvalidInput, match="ids 0 to 60, but the strings hold 61 to 61"):
        score(llama, lab.rows_of(tokens, np.array([5]), 1))


def test_a_string_longer_than_the_window_is_not_applicable(llama, lab):
    """The window must hold every token but the last, which is never fed."""
    fits, longer = (lab.rows_of(np.ones((1, n), int), np.array([n]), 1) for n in (65, 66))

    assert len(score(llama, fits)) == 1
    with pytest.raises(NotApplicable, match="takes 65 tokens and the window has 64"):
        score(llama, longer)


def test_near_ties_in_bfloat16_get_the_verdict_of_float32(lab):
    """Of answers that bfloat16 cannot tell apart, the verdict is that of float32."""
    coarse = LanguageModel.of(lab.build_mild().model.to(torch.bfloat16), name="coarse")
    episodes = lab.draw(300, width=1, longest=12)
    with in_float32(coarse) as precise:
        episodes = lab.with_answers(episodes, lab.greedy(precise, episodes))

    scores = score(coarse, episodes)

    assert (ask(coarse, episodes).margins <= 0).any()
    assert scores.right.all()


def test_only_the_logits_of_answers_are_computed(llama, lab):
    """Strings of equal length get logits at their answers and nowhere else."""
    shapes = []

    def tamper(ids, logits):
        shapes.append(tuple(logits.shape))
        return logits

    tokens = lab.draw(8, width=3).tokens
    score(lab.sabotage(llama, tamper), lab.rows_of(tokens, np.full(8, 20), 3), batch_size=4)

    assert {shape[1:] for shape in shapes[2:]} == {(3, lab.VOCABULARY)}
    assert [shape[0] for shape in shapes].count(4) == 2


def test_a_model_without_logits_to_keep_scores_the_same(llama, lab):
    """A forward that knows only token ids is asked for all logits."""

    class Plain(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = llama.model

        def forward(self, input_ids):
            return self.inner(input_ids=input_ids)

    episodes = lab.draw(10, width=2)

    scores = score(LanguageModel.of(Plain()), episodes)
    assert scores.first_wrong.tolist() == score(llama, episodes).first_wrong.tolist()


def test_a_model_that_passes_on_its_arguments_scores_the_same(llama, lab):
    """A forward that names nothing is still given the ids and what of them is real."""

    class Wrapped(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = llama.model

        def forward(self, **kwargs):
            assert "attention_mask" in kwargs
            return self.inner(**kwargs)

    episodes = lab.draw(10, width=2)

    scores = score(LanguageModel.of(Wrapped()), episodes)
    assert scores.first_wrong.tolist() == score(llama, episodes).first_wrong.tolist()
