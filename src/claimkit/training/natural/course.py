"""The course of a control of natural tasks: documents, of which answers are learned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from claimkit.training.llama_course import LlamaCourse
from claimkit.training.natural.documents import Documents
from claimkit.training.natural.recipe import NaturalRecipe
from claimkit.training.rows import Batch


@final
@dataclass(frozen=True)
class NaturalCourse(LlamaCourse):
    """What the loop needs to know of a recipe of natural tasks; it has no exams to pass.

    Attributes:
        recipe: Of the model.
        documents: What is read.
    """

    recipe: NaturalRecipe
    documents: Documents

    def batch(self, step: int) -> Batch:
        """Return the documents of a step."""
        return self.documents.batch(step)
