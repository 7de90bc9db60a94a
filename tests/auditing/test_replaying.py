"""The command that replays a question is one line that a shell reads back."""

import shlex
from dataclasses import replace

import numpy as np
import pytest

from claimkit.auditing.replaying import behind_demonstrations, command
from claimkit.models.bundled import bundled_models
from claimkit.models.spec import ModelSpec
from claimkit.tasks import NB, UL, Setting, Strings, Task
from claimkit.tasks.questions import SHORT_LENGTHS

USUAL = Setting(length=30, symbols=62)
BUNDLED = ModelSpec(str(bundled_models() / "forward-born"))


def test_the_usual_goes_without_saying():
    """Only what is not the default is written, and a bundled model goes by its name."""
    line = command(BUNDLED, UL, USUAL, "b a c", "a")

    assert line == "claimkit replay --model forward-born --task UL --context 'b a c' --query a"


def test_whatever_is_unusual_is_written():
    """All that decides the prompt and the arithmetic is in the line, quoted for a shell."""
    spec = ModelSpec(
        "my models/it's", revision="v1", tokenizer="t", device="cpu", dtype="bfloat16",
        attn_implementation="eager", trust_remote_code=True,
    )  # fmt: skip
    setting = replace(
        USUAL, template="rule", separator=False, demonstrations=3, demonstration_length="same"
    )

    words = shlex.split(command(spec, NB, setting, "a a b", ""))

    assert words == [
        "claimkit", "replay", "--model", "my models/it's", "--revision", "v1", "--tokenizer", "t",
        "--device", "cpu", "--dtype", "bfloat16", "--attn-implementation", "eager",
        "--trust-remote-code", "--task", "NB", "--demonstrations", "3", "--demonstration-length",
        "same", "--template", "rule", "--no-separator", "--length", "30", "--context", "a a b",
    ]  # fmt: skip


def test_a_question_in_words_is_asked_in_words_again():
    """Words with spaces between them are one argument."""
    line = command(BUNDLED, UL, replace(USUAL, vocabulary="words"), "time made house", "made")

    assert line.endswith("--task UL --vocabulary words --context 'time made house' --query made")


def test_a_task_of_ones_own_has_no_command():
    """The command knows tasks by name, and would ask another task or none."""

    class Own(Task):
        name, group, direction = "UL", UL.group, "left"

        def answers(self, strings):
            return strings.contexts[:, :1]

    assert command(BUNDLED, Own(), USUAL, "b a c", "a") == ""


def shown(setting, length):
    """Return the demonstrations in front of two questions of a length."""
    strings = Strings(np.tile(np.arange(length), (2, 1)))
    return [
        part.rows().tolist() for part in behind_demonstrations(NB, setting, strings).demonstrations
    ]


def test_short_demonstrations_do_not_depend_on_the_length():
    """A question found at length 3 is asked as at length 30, where the hunt for it began."""
    assert shown(USUAL, length=30) == shown(replace(USUAL, length=3), length=3)
    assert len(shown(USUAL, 3)) == 5
    assert {len(row) for rows in shown(USUAL, 3) for row in rows} == {*SHORT_LENGTHS[NB.group]}


def test_demonstrations_of_the_same_length_are_those_of_the_claim():
    """They are as long as the claim's strings, and stay so in front of shorter questions."""
    same = replace(USUAL, demonstration_length="same")

    assert shown(same, length=30) == shown(same, length=3)
    assert {len(row) for rows in shown(same, length=3) for row in rows} == {30}


def test_all_questions_of_a_hunt_stand_behind_the_same():
    """Rows differ in the question alone."""
    assert all(first == second for first, second in shown(USUAL, length=10))


@pytest.mark.parametrize("template", ["bare", "rule"])
def test_another_template_shows_other_demonstrations(template):
    """The demonstrations follow from the setting, as those of every stream do."""
    other = replace(USUAL, template=template)

    assert (shown(other, length=5) == shown(USUAL, length=5)) == (template == "bare")
