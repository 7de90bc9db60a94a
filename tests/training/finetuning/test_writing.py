"""Lines of fine-tuning are the tokenizer's own tokens, and rows with several questions are fair."""

import numpy as np
import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from claimkit.tasks import TASKS, Group, task_named
from claimkit.tasks.sampling import Uniforms
from claimkit.training.finetuning.loading import load_base
from claimkit.training.finetuning.strings import asked_strings, training_strings
from claimkit.training.finetuning.writing import Writing, rows_of
from claimkit.training.scratch.strings import NOTHING, Drawn, answers


def line(writing, task, drawn, row):
    """Return a string with its answer as text."""
    letters = writing.letters
    context = [letters[i] for i in drawn.contexts[row] if i != NOTHING]
    right = [letters[i] for i in answers(task, drawn)[row] if i != NOTHING]
    if drawn.queries is None:
        return " ".join([*context, ">", *right])
    return " ".join([*context, "||", context[drawn.queries[row, 0]], ">", *right])


@pytest.mark.parametrize("name", TASKS)
def test_rows_are_what_the_tokenizer_makes_of_the_text(tokenizer, name):
    """BOS in front, the line, the end of the text behind a copy; the answer alone is learned."""
    task = task_named(name)
    writing = Writing.of(tokenizer, task)
    drawn = asked_strings(task.group, Uniforms(3, 0), 30, (6, 15), writing.symbols, 5)
    batch = rows_of(writing, task, drawn)

    for row in range(30):
        wanted = tokenizer.encode(line(writing, task, drawn, row))
        answer = 1
        if not task.group.is_retrieval:
            wanted.append(tokenizer.eos_token_id)
            answer = int(drawn.lengths[row]) + 1
        found = batch.tokens[row, : len(wanted)].tolist()
        assert found == wanted
        learned = np.flatnonzero(batch.learned[row])
        assert learned.tolist() == list(range(len(wanted) - answer, len(wanted)))
        assert writing.tokens_of(task, int(drawn.lengths[row])) == len(wanted)


class Spelling:
    """A tokenizer of characters, with a space as a token of its own and no special tokens."""

    bos_token_id = eos_token_id = unk_token_id = None

    def encode(self, text, *, add_special_tokens=True):
        """Return the code of every character."""
        return [ord(letter) for letter in text]


@pytest.mark.parametrize("name", ["UL", "UB"])
def test_a_tokenizer_of_characters_writes_its_spaces(name):
    """What stands between symbols is kept; where there is no EOS a line break ends a copy."""
    task = task_named(name)
    writing = Writing.of(Spelling(), task)
    drawn = training_strings(task.group, Uniforms(3, 0), 8, (6, 9), writing.symbols, 5)
    batch = rows_of(writing, task, drawn)

    for row in range(8):
        length = int(np.flatnonzero(batch.learned[row])[-1]) + 1
        found = "".join(map(chr, batch.tokens[row, :length]))
        end = "" if task.group.is_retrieval else "\n"
        assert found == f" {line(writing, task, drawn, row)}{end}"


def alone(drawn, question):
    """Return the strings with one of their questions, and which strings have it."""
    there = np.flatnonzero(drawn.queries[:, question] != NOTHING)
    asked = drawn.queries[there, question : question + 1]
    return Drawn(drawn.contexts[there], drawn.lengths[there], asked), there


def rotary():
    """Return a Llama of random weights."""
    torch.manual_seed(1)
    sizes = {"hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 2}
    config = LlamaConfig(**sizes, num_attention_heads=2, vocab_size=512, initializer_range=0.3)
    return LlamaForCausalLM(config).eval()


@pytest.mark.parametrize("name", ["UR", "NLLast"])
@pytest.mark.parametrize("tokens", ["words", "characters"])
@pytest.mark.parametrize("positions", ["absolute", "rotary"])
def test_questions_of_one_row_are_as_if_asked_alone(base, tokenizer, name, tokens, positions):
    """The logits of every answer are those of a row that holds its question alone."""
    task = task_named(name)
    model = (rotary() if positions == "rotary" else load_base(base)).double()
    # Characters have larger ids than the words of the base.
    model.resize_token_embeddings(512, mean_resizing=False)
    writing = Writing.of(tokenizer if tokens == "words" else Spelling(), task)
    group: Group = task.group
    drawn = training_strings(group, Uniforms(6, 0), 12, (6, 14), writing.symbols, 5, 4)
    many = rows_of(writing, task, drawn)
    assert many.questions == int((drawn.queries != NOTHING).sum()) > 12

    with torch.no_grad():
        together = model(
            input_ids=torch.from_numpy(many.tokens),
            position_ids=torch.from_numpy(many.positions),
            attention_mask=torch.from_numpy(many.seen),
        ).logits
        seen = 0
        for question in range(4):
            single, strings = alone(drawn, question)
            if not len(strings):
                break
            batch = rows_of(writing, task, single)
            logits = model(input_ids=torch.from_numpy(batch.tokens)).logits
            for row, string in enumerate(strings):
                # Questions come in order, so an absent one leaves only later ones out.
                column = int(np.flatnonzero(many.learned[string])[question])
                own = int(np.flatnonzero(batch.learned[row])[0])
                assert many.tokens[string, column] == batch.tokens[row, own]
                torch.testing.assert_close(together[string, column - 1], logits[row, own - 1])
                seen += 1

    assert seen == many.questions
