"""Batched decoding writes what each prompt gets alone, up to where its answer ends."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import GenerationConfig

from claimkit.errors import CheckTripped, InvalidInput, ModelError, NotApplicable
from claimkit.evaluation.generation.generating import generate
from claimkit.evaluation.generation.rows import end_markers
from claimkit.evaluation.greedy import greedy
from claimkit.models.language_model import LanguageModel

PROMPTS, LONGEST, CAP = 10, 24, 24
# Below it another batch may choose another token; logits are of size 1 to 10 here.
CLEAR = 1e-3


def build(lab, architecture):
    """Return a tiny model, whose window slides over 8 tokens if it has one."""
    model = lab.build(architecture)
    if architecture == "mistral":
        model.model.config.sliding_window = 8
    return model


def drawn(vocabulary, strings=PROMPTS):
    """Return prompts of several lengths, the shortest of one token."""
    generator = np.random.default_rng(3)
    lengths = [1, LONGEST, *generator.integers(2, LONGEST, size=strings - 2).tolist()]
    return [generator.integers(1, vocabulary, size=length).tolist() for length in lengths]


@pytest.fixture(scope="module", params=["gpt2", "llama", "mistral", "opt", "mamba"])
def asked(request, lab):
    """A model, prompts, and what it writes after each alone."""
    model, prompts = build(lab, request.param), drawn(lab.VOCABULARY)
    return model, prompts, [greedy(model, prompt, CAP) for prompt in prompts]


@pytest.fixture(scope="module")
def written(llama, lab):
    """Prompts, and what the Llama writes after each alone."""
    prompts = drawn(lab.VOCABULARY)
    return prompts, [greedy(llama, prompt, CAP) for prompt in prompts]


def cut(tokenizer, written, cap, stop, ends):
    """Return tokens, text and end of an answer, looking at every beginning as a whole."""
    said = ""
    for size in range(1, cap + 1):
        if written[size - 1] in ends:
            return written[:size], said, "end"
        said = tokenizer.decode(
            written[:size], skip_special_tokens=False, clean_up_tokenization_spaces=False
        )
        found = [said.index(string) for string in stop if string in said]
        if found:
            return written[:size], said[: min(found)], "stop"
    return written[:cap], said, "cap"


def plain(answer):
    """Return what is compared."""
    return answer.tokens, answer.text, answer.ended


@settings(max_examples=10)
@given(data=st.data())
def test_each_answer_is_that_of_its_prompt_alone(asked, bytes_tokenizer, data):
    """Whatever else is in the batch, and whatever ends the others."""
    model, prompts, written = asked
    chosen = data.draw(st.lists(st.integers(0, PROMPTS - 1), min_size=1, max_size=PROMPTS))
    caps = [data.draw(st.integers(1, CAP)) for _ in chosen]
    strings = st.sampled_from(["\n", "a", "é", " the", ".\n", "ab", "xyz"])
    stop = data.draw(st.lists(strings, max_size=3))
    ends = data.draw(st.sets(st.integers(0, 60), max_size=2))
    efforts = []

    answers = generate(
        model,
        [prompts[i] for i in chosen],
        caps,
        tokenizer=bytes_tokenizer,
        stop=stop,
        ends=ends,
        batch_size=data.draw(st.none() | st.integers(1, 5)),
        progress=efforts.append,
    )

    for i, cap, answer in zip(chosen, caps, answers, strict=True):
        if answer.margin >= CLEAR:
            assert plain(answer) == cut(bytes_tokenizer, written[i], cap, stop, ends)
    effort = sum(efforts[1:], efforts[0])
    assert effort.strings == len(chosen)
    assert effort.tokens - effort.wasted == sum(len(answer.tokens) for answer in answers)
    assert effort.share_wasted < 1 / 8


def test_prompts_of_all_lengths_go_together(asked, bytes_tokenizer):
    """Most answers are clear, and the same as alone; so the law above is no empty word."""
    model, prompts, written = asked
    efforts = []

    answers = generate(
        model, prompts, [CAP] * PROMPTS, tokenizer=bytes_tokenizer, progress=efforts.append
    )

    clear = [i for i, answer in enumerate(answers) if answer.margin >= CLEAR]
    assert [answers[i].tokens for i in clear] == [written[i] for i in clear]
    assert 2 * len(clear) >= PROMPTS
    assert [effort.batching for effort in efforts] == ["padded"]
    assert len({answer.tokens for answer in answers}) > 1


class Careless(torch.nn.Module):
    """A model that cannot be told what is padding."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, input_ids, past_key_values=None, use_cache=False, logits_to_keep=0):
        """Count positions from the first column."""
        return self.inner(
            input_ids=input_ids,
            past_key_values=past_key_values,
            use_cache=use_cache,
            logits_to_keep=logits_to_keep,
        )


class Forgetful(Careless):
    """A model that keeps a cache and does not look at it."""

    def forward(self, input_ids, past_key_values=None, use_cache=False, logits_to_keep=0):
        """Read only what is new."""
        return super().forward(input_ids, None, use_cache, logits_to_keep)


class Stubborn(Careless):
    """A model that takes a cache and returns none."""

    def forward(self, input_ids, past_key_values=None, use_cache=False, logits_to_keep=0):
        """Read only what is new."""
        return super().forward(input_ids, None, False, logits_to_keep)


@pytest.mark.parametrize(
    "kind, batching",
    [(Careless, "equal lengths"), (Forgetful, "alone"), (Stubborn, "alone"), (None, "alone")],
    ids=["no padding", "no use of the cache", "no cache returned", "no cache"],
)
def test_what_a_model_cannot_is_found_out(llama, lab, written, bytes_tokenizer, kind, batching):
    """Then fewer prompts go together, and the answers are the same."""
    prompts, expected = written
    prompts, expected = [*prompts[:4], prompts[2]], [*expected[:4], expected[2]]
    bare = lab.sabotage(llama, lambda tokens, logits: logits)
    model = bare if kind is None else LanguageModel.of(kind(llama.model))
    efforts = []

    answers = generate(model, prompts, [9] * 5, tokenizer=bytes_tokenizer, progress=efforts.append)

    assert [answer.tokens for answer in answers] == [tokens[:9] for tokens in expected]
    assert {effort.batching for effort in efforts} == {batching}
    assert all(answer.margin >= CLEAR for answer in answers)


def test_a_batch_that_takes_too_much_memory_is_halved(lab, written, bytes_tokenizer):
    """The answers are the same."""
    model, (prompts, expected), efforts = lab.build("llama"), written, []

    def run_out(module, args, kwargs):
        if len(kwargs["input_ids"]) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory")

    model.model.register_forward_pre_hook(run_out, with_kwargs=True)
    answers = generate(
        model, prompts[:8], [6] * 8, tokenizer=bytes_tokenizer, progress=efforts.append
    )

    assert [answer.tokens for answer in answers] == [tokens[:6] for tokens in expected[:8]]
    assert [effort.strings for effort in efforts] == [2, 2, 2, 2]


def test_a_prompt_that_does_not_fit_into_memory_is_an_error(lab, bytes_tokenizer):
    """The sentence says how long it is with its answer."""
    model = lab.build("llama")

    def run_out(module, args):
        raise torch.OutOfMemoryError("CUDA out of memory")

    model.model.register_forward_pre_hook(run_out)

    with pytest.raises(ModelError, match="its answer of 8 tokens do not fit into the memory of"):
        generate(model, [[1, 2, 3]], [5], tokenizer=bytes_tokenizer)


def test_logits_that_are_no_numbers_are_refused(lab, llama, bytes_tokenizer):
    """In a batch and alone; of masked tokens they are fine."""
    broken, masking = lab.build("llama"), lab.build("llama")

    def spoil(module, args, output):
        output.logits[...] = float("nan")

    def mask(module, args, output):
        output.logits[..., 20:] = -float("inf")

    broken.model.register_forward_hook(spoil)
    masking.model.register_forward_hook(mask)
    bare = lab.sabotage(llama, lambda tokens, logits: logits * float("nan"))
    question = {"prompts": [[1, 2], [3]], "caps": [4, 4], "tokenizer": bytes_tokenizer}

    for model in (broken, bare):
        with pytest.raises(CheckTripped, match="gave NaN or infinite logits"):
            generate(model, **question)
    assert all(max(answer.tokens) < 20 for answer in generate(masking, **question))


def test_every_end_marker_that_is_named_ends_an_answer(lab, written, bytes_tokenizer):
    """In the configuration, the generation settings, alone or among others; none is text."""
    model, (prompts, expected) = lab.build("llama"), written
    first, second = expected[1][0], expected[1][5]
    model.model.config.eos_token_id = 59
    model.model.generation_config = GenerationConfig(
        eos_token_id=[second, 58], do_sample=True, temperature=9.0, repetition_penalty=9.0
    )
    size = expected[1].index(second) + 1

    (answer,) = generate(model, prompts[1:2], [CAP], tokenizer=bytes_tokenizer)
    (other,) = generate(model, prompts[1:2], [CAP], tokenizer=bytes_tokenizer, ends=[first])

    assert end_markers(model, bytes_tokenizer) == {second, 58, 59}
    assert plain(answer) == cut(bytes_tokenizer, expected[1], CAP, (), {second})
    assert len(answer.tokens) == size
    assert plain(other) == ((first,), "", "end")


def test_the_window_holds_all_but_the_last_token(llama, bytes_tokenizer):
    """So one more than the window holds is the most; beside it a short prompt goes on."""
    prompts = [(np.arange(60) % 50 + 1).tolist(), [5, 6]]

    long, short = generate(llama, prompts, [5, 63], tokenizer=bytes_tokenizer, ends=())

    assert (len(long.tokens), len(short.tokens)) == (5, 63)
    with pytest.raises(NotApplicable, match="up to 6 take 65 tokens and the window has 64"):
        generate(llama, prompts, [6, 5], tokenizer=bytes_tokenizer)


@pytest.mark.parametrize(
    "prompts, caps, options, words",
    [
        ([[1], [2]], [1], {}, "got 2 prompts and 1 caps"),
        ([[]], [1], {}, "got 0 tokens of prompt and a cap of 1"),
        ([[1]], [0], {}, "got 1 tokens of prompt and a cap of 0"),
        ([[1, 61]], [1], {}, "knows token ids 0 to 60, but a prompt holds 1 to 61"),
        ([[1]], [1], {"batch_size": 0}, "got batch_size=0"),
        ([[1]], [1], {"stop": [""]}, "text that a model can write, got ''"),
    ],
    ids=["caps", "no prompt", "no answer", "unknown token", "batch size", "stop"],
)
def test_what_cannot_be_asked_is_refused(llama, bytes_tokenizer, prompts, caps, options, words):
    """The sentence quotes it."""
    with pytest.raises(InvalidInput, match=words):
        generate(llama, prompts, caps, tokenizer=bytes_tokenizer, **options)


def test_nothing_asked_is_nothing_answered(llama, bytes_tokenizer):
    """No model is needed for it."""
    assert generate(llama, [], [], tokenizer=bytes_tokenizer) == ()
