"""What each of the processes that a test launches does."""

import sys
from dataclasses import replace
from pathlib import Path

from claimkit.models.checkpoint import Checkpoint
from claimkit.models.spec import ModelSpec
from claimkit.training.finetuning.distributed import finetune_spread
from claimkit.training.finetuning.presets import preset
from claimkit.training.finetuning.running import course_of


def recipe_of(base):
    """Return the recipe of a short run."""
    found = preset("small", "NB", base, "f" * 64)
    learning = replace(found.learning, steps=3, batch=8, exam_every=3, warmup=1, cooldown=1)
    return replace(found, lengths=(6, 12), learning=learning)


if __name__ == "__main__":
    base = Checkpoint.find(ModelSpec(sys.argv[1]))
    course = course_of(recipe_of(base), base)
    finetune_spread(course, Path(sys.argv[2]), lambda line: None)
