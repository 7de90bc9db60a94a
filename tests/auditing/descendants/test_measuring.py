"""What is measured of descendants against slow and obvious references, on a real tiny model."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from claimkit.auditing.descendants.strings import (
    CLAIM,
    COUNTS,
    DOUBLED,
    HEADS,
    TRAINED,
    evenly,
    exam_of,
    part_of,
)
from claimkit.errors import NotApplicable
from claimkit.evidence.head_scores import ANTI_INDUCTION, INDUCTION
from claimkit.models.spec import ModelSpec
from claimkit.tasks import NF, UB, UF, UR
from claimkit.training.finetuning.writing import Writing

COUNT = 80


@pytest.fixture
def few(monkeypatch):
    """Fewer strings: more than one piece of a stream, still."""
    monkeypatch.setitem(COUNTS, CLAIM, COUNT)
    monkeypatch.setitem(COUNTS, HEADS, COUNT)


@pytest.fixture(scope="module")
def model(base):
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(str(base), attn_implementation="eager")


@pytest.fixture(scope="module")
def tokenizer(base):
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(str(base))


def texts(task, tokenizer, recipe, place, purpose):
    """The strings of an exam as texts with their answers, put together from symbols."""
    writing = Writing.of(tokenizer, task)
    drawn = exam_of(recipe, writing, place, purpose).drawn
    for row, length in enumerate(drawn.lengths):
        context = [writing.letters[i] for i in drawn.contexts[row, :length]]
        if drawn.queries is None:
            source, answer = " ".join(context), " ".join(context[:: task.step])
            yield f"<bos> {source} >", f"{answer} <eos>"
        else:
            query = context[drawn.queries[row, 0]]
            yield f"<bos> {' '.join(context)} || {query} >", task.answer(context, query)


@torch.inference_mode()
def answered(model, tokenizer, prompt, answer):
    """The first wrong position and the smallest margin of one string, asked alone."""
    ids, gold = (tokenizer.encode(text, add_special_tokens=False) for text in (prompt, answer))
    logits = model(torch.tensor([ids + gold])).logits[0, len(ids) - 1 : -1]
    best = [
        row[token] - max(row[:token].max(), row[token + 1 :].max())
        for row, token in zip(logits, gold, strict=True)
    ]
    wrong = [place for place, margin in enumerate(best) if margin <= 0]
    return (wrong or [-1])[0], float(min(best))


@pytest.mark.parametrize("task", [UR, NF, UB], ids=str)
@pytest.mark.parametrize("place", [TRAINED, DOUBLED])
def test_answers_are_those_of_each_string_alone(house, few, model, tokenizer, task, place):
    """Position and margin of a line of text, in the order in which strings were drawn."""
    recipe = house.recipe(task)
    lines = list(texts(task, tokenizer, recipe, place, CLAIM))[::5]
    expected = [answered(model, tokenizer, *line) for line in lines]

    found = house.measurer.outcomes(None, recipe, place)

    assert len(found) == COUNT
    assert found.first_wrong[::5].tolist() == [place for place, _ in expected]
    assert np.allclose(found.margin[::5], [margin for _, margin in expected], atol=1e-3)


@torch.inference_mode()
def attended(model, tokenizer, prompt, answer, step):
    """Mean attention of each head to each answer token's own source token and the one after."""
    copy = answer.removesuffix(" <eos>")
    ids = tokenizer.encode(f"{prompt} {copy}", add_special_tokens=False)
    weights = torch.stack(model(torch.tensor([ids]), output_attentions=True).attentions)[:, 0]
    n = len(copy.split())
    places = range(n) if step > 0 else range(n - 1, -1, -1)
    found = {INDUCTION: [], ANTI_INDUCTION: []}
    # The last token of the copy asks for nothing but the end mark.
    for asking, place in list(enumerate(places))[:-1]:
        row = weights[:, :, 1 + n + 1 + asking]
        found[ANTI_INDUCTION].append(row[:, :, 1 + place])
        if place + 1 < n:
            found[INDUCTION].append(row[:, :, 1 + place + 1])
    return [torch.stack(found[kind]).mean(dim=0).numpy() for kind in (INDUCTION, ANTI_INDUCTION)]


@pytest.mark.parametrize("task", [UF, UB], ids=str)
def test_heads_attend_as_their_weights_say(house, few, model, tokenizer, task):
    """Eager attention, string by string, edge by edge."""
    recipe = house.recipe(task)
    lines = list(texts(task, tokenizer, recipe, TRAINED, HEADS))[::8]
    expected = [attended(model, tokenizer, *line, task.step) for line in lines]

    found = house.measurer.head_scores(None, recipe)

    assert found.values.shape == (COUNT, 2, 4, 4)
    assert np.allclose(found.values[::8], np.array(expected), atol=1e-3)
    assert expected[0][INDUCTION].max() > 0.05


def test_tasks_of_a_pair_are_asked_about_the_same_strings(house, few):
    """UF and UB have the same sources, in answers and in heads; bins have others."""
    measurer = house.measurer
    forward, backward = house.recipe(UF), house.recipe(UB)
    doubled = [measurer.outcomes(None, one, DOUBLED).digests for one in (forward, backward)]
    heads = [measurer.head_scores(None, one).digests for one in (forward, backward)]

    assert np.array_equal(*doubled)
    assert np.array_equal(*heads)
    assert not np.isin(doubled[0], heads[0]).any()


def test_parts_hold_every_string_once(house, few, tokenizer):
    """Cut anywhere, each string is in one part, with its own prompt."""
    recipe = house.recipe(UB)
    exam = exam_of(recipe, Writing.of(tokenizer, UB), DOUBLED, CLAIM)
    whole = exam.by_string(lambda episodes: episodes.lengths)
    seen = []
    for start, stop in ((0, 33), (33, 34), (34, COUNT)):
        for numbers, episodes in part_of(exam, start, stop):
            seen += (start + numbers).tolist()
            assert np.array_equal(episodes.lengths, whole[start + numbers])

    assert sorted(seen) == list(range(COUNT))


def test_even_attention_is_the_mean_share_of_a_source(house):
    """Sources have 3 to 15 symbols, each length as often."""
    assert evenly(house.recipe(UF)) == pytest.approx(np.mean([1 / n for n in range(3, 16)]))


def test_a_short_window_is_told_before_anything_is_scored(house, few):
    """Strings that do not fit make a claim not applicable."""
    recipe = house.recipe(UR)
    object.__setattr__(recipe, "lengths", (6, 90))

    with pytest.raises(NotApplicable, match="window too short: UR at length 180 takes"):
        house.measurer.outcomes(None, recipe, DOUBLED)


WARM = """
import sys
from pathlib import Path
from claimkit.auditing.descendants import strings
from claimkit.auditing.descendants.audit import Descendants
from claimkit.models.spec import ModelSpec
from claimkit.tasks import UF

strings.COUNTS.update(claim={count}, heads={count})
audit = Descendants.open(
    spec=ModelSpec({base!r}, device="cpu"), root=Path({root!r}), evidence=Path({evidence!r}),
    alpha=0.001, margin=0.02,
)
print(audit.decide(audit.accuracy(UF, when="before"), at_most=0.1).verdict.value)
print(audit.family.heads_before(UF).values.shape)
print("torch" in sys.modules, "transformers" in sys.modules)
"""


def test_what_is_stored_is_told_without_the_model(house, few):
    """A second process needs neither torch nor transformers."""
    audit = house.audit()
    audit.decide(audit.accuracy(UF, when="before"), at_most=0.1)
    house.measurer.head_scores(None, house.recipe(UF))
    script = WARM.format(
        count=COUNT, base=str(house.base), root=str(house.root), evidence=str(house.evidence)
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "False False"


def test_a_device_is_that_of_the_base(house):
    """A descendant is run as its base is, with its own tokenizer and weights."""
    measurer = house.audit(spec=ModelSpec(str(house.base), device="cpu", dtype="float64")).family
    folder = house.add(UR)

    subject = measurer.measurer.subject(folder)

    assert (subject.spec.dtype, subject.spec.device) == ("float64", "cpu")
    assert subject.checkpoint.folder == folder
