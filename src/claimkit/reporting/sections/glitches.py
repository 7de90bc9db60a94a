"""Glitches: where copies of texts first went wrong, and what the paper reports of such copies.

The published score counts glitches against the unambiguous token types of a paragraph; verdicts
count them against the tokens that were copied, see :mod:`claimkit.evaluation.glitches.rates`.

Source: arXiv:2505.21785, §4.2, Tables 7 and 8.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar, final

from claimkit.evidence.glimpses import Glimpse
from claimkit.evidence.verdicts import Judgement
from claimkit.reporting import glimpses
from claimkit.reporting.records import ClaimRecord, RunRecord
from claimkit.reporting.sections.section import Data, Filter, Section
from claimkit.reporting.sections.verdicts import effect_of
from claimkit.shipped import shipped


def as_lines(glimpse: Data) -> str:
    """Return a glimpse as lines of plain text."""
    return "\n".join(glimpses.plain_lines(Glimpse.from_dict(glimpse)))


def place(glimpse: Data) -> str:
    """Return where in its text it is, in words."""
    return glimpses.place_of(Glimpse.from_dict(glimpse))


@final
class GlitchesSection(Section):
    """The first glitch of one output for each verdict that shows one."""

    name: ClassVar[str] = "glitches"
    title: ClassVar[str] = "First glitches"
    filters: ClassVar[Mapping[str, Filter]] = {
        "glimpse_lines": as_lines,
        "glimpse_place": place,
        "piece": glimpses.visible_piece,
    }

    def data(self, run: RunRecord) -> Data | None:
        """Return a card for each, in the order of the claims, and the published figures."""
        cards = [
            _card(record, judgement, judgement.glimpse)
            for record in run.claims
            for judgement in record.judgements
            if judgement.glimpse is not None
        ]
        return {"cards": cards, "published": published()} if cards else None


def _card(record: ClaimRecord, judgement: Judgement, glimpse: Glimpse) -> Data:
    return {
        "test": record.test,
        "claim": record.claim,
        "verdict": judgement.verdict.value,
        "label": judgement.label,
        "effect": effect_of(judgement),
        "needs": judgement.needs,
        "reason": judgement.reason,
        "glimpse": glimpse.to_dict(),
    }


def published() -> Data:
    """Return the paper's scores of such copies, model by model, and the token types it counts."""
    found = _figures()
    easy, hard = (found["success_rate"][kind] for kind in ("unambiguous", "ambiguous"))
    return {
        "source": found["source"],
        "rows": [
            {"model": model, "size": size, "unambiguous": rate, "ambiguous": hard[model][size]}
            for model, rates in easy.items()
            for size, rate in rates.items()
        ],
        "types": [
            {"tokenizer": name, **counts}
            for name, counts in found["token_types_per_paragraph"].items()
        ],
    }


@lru_cache(maxsize=1)
def _figures() -> dict[str, Any]:
    path = shipped("published") / "born_lorem.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
