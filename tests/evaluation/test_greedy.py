"""Greedy decoding gives what teacher forcing says it gives, whatever a checkpoint would like."""

import numpy as np
import pytest
import torch
from transformers import GenerationConfig

from claimkit.errors import InvalidInput, ModelError, NotApplicable
from claimkit.evaluation.greedy import greedy
from claimkit.evaluation.scoring import score
from claimkit.models.bundled import bundled_models
from claimkit.models.checkpoint import Checkpoint
from claimkit.models.language_model import LanguageModel, load
from claimkit.models.spec import ModelSpec
from claimkit.models.tokenizer import load_tokenizer
from claimkit.prompts.frames import frame_for
from claimkit.prompts.prompter import Prompter
from claimkit.tasks import NB, NF, UL, UR, NLLast, Setting
from claimkit.tasks.questions import draw_questions

PROMPT = [3, 1, 4, 1, 5, 9, 2, 6]


@pytest.fixture(scope="module")
def forward_born():
    spec = ModelSpec(str(bundled_models() / "forward-born"), device="cpu")
    checkpoint = Checkpoint.find(spec)
    return load(checkpoint, spec), load_tokenizer(checkpoint)


@pytest.mark.parametrize(
    "task, length, strings",
    [(UR, 10, 100), (UL, 6, 100), (NLLast, 10, 100), (NF, 6, 50), (NB, 5, 50)],
    ids=["UR", "UL", "NLLast", "NF", "NB"],
)
def test_greedy_decoding_confirms_teacher_forcing(forward_born, task, length, strings):
    """On hundreds of strings, some right and some wrong, both say the same."""
    model, tokenizer = forward_born
    setting = Setting(length=length, symbols=62)
    prompter = Prompter.of(tokenizer, frame_for(task, setting))
    episodes = prompter.episodes(task, draw_questions(task.group, setting, strings))

    right = [
        greedy(model, tokens[:start].tolist(), episodes.width) == tuple(answer)
        for tokens, start, answer in zip(
            episodes.tokens, episodes.starts, episodes.answers.tolist(), strict=True
        )
    ]

    assert right == score(model, episodes).right.tolist()


def arg_maxes(model, width):
    """Return the highest logits' tokens, computed by feeding everything anew at each place."""
    tokens = list(PROMPT)
    for _ in range(width):
        with torch.inference_mode():
            logits = model.model(input_ids=torch.tensor([tokens])).logits[0, -1]
        tokens.append(int(logits.argmax()))
    return tuple(tokens[len(PROMPT) :])


def test_it_is_the_most_likely_token_at_every_place(language_model):
    """A cache changes nothing, on any architecture."""
    assert greedy(language_model, PROMPT, 6) == arg_maxes(language_model, 6)


def test_a_model_that_cannot_generate_writes_token_by_token(llama, lab):
    """Of a bare module the same answer comes out."""
    bare = lab.sabotage(llama, lambda tokens, logits: logits)

    assert greedy(bare, PROMPT, 6) == greedy(llama, PROMPT, 6)


def test_what_a_checkpoint_would_like_is_set_aside(llama):
    """Penalties, sampling and end markers would change what is right; afterwards they are back."""
    plain = greedy(llama, PROMPT, 6)
    own, wanted = (
        llama.model.generation_config,
        GenerationConfig(
            do_sample=True, temperature=9.0, repetition_penalty=9.0, eos_token_id=plain[0]
        ),
    )
    llama.model.generation_config = wanted
    try:
        found = greedy(llama, PROMPT, 6)
        kept = llama.model.generation_config
    finally:
        llama.model.generation_config = own

    assert found == plain
    assert kept is wanted


@pytest.mark.parametrize("prompt, width", [([], 1), ([1], 0)], ids=["no prompt", "no answer"])
def test_nothing_to_decode_is_refused(llama, prompt, width):
    """There is nothing to go on from, or nothing to write."""
    with pytest.raises(InvalidInput, match="needs a prompt and at least one token to write"):
        greedy(llama, prompt, width)


def test_what_does_not_fit_the_window_is_not_applicable(llama):
    """The last token written is not fed, so one more than the window holds is the most."""
    prompt = (np.arange(60) % 50).tolist()

    assert len(greedy(llama, prompt, llama.window - 59)) == llama.window - 59
    with pytest.raises(NotApplicable, match="take 65 tokens and the window has 64"):
        greedy(llama, prompt, llama.window - 58)


class Mute(torch.nn.Module):
    """A model whose own code for decoding is broken."""

    generation_config = GenerationConfig()

    def can_generate(self):
        """Say that it can."""
        return True

    def generate(self, *arguments, **options):
        """Fail as old code does on a new release."""
        raise AttributeError("'DynamicCache' object has no attribute 'seen_tokens'")


def test_broken_decoding_is_an_error_of_the_model():
    """The sentence tells it from a wrong answer."""
    mute = LanguageModel.of(Mute(), name="mute")

    with pytest.raises(
        ModelError, match=r"mute answers when it is fed, but its generate\(\) fails"
    ):
        greedy(mute, PROMPT, 2)
