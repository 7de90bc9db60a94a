"""Risks: what a user must be able to rely on, with the smallest question that shows otherwise."""

from __future__ import annotations

import math
from typing import ClassVar, final

from claimkit.evidence.counterexamples import Counterexample
from claimkit.evidence.verdicts import Verdict
from claimkit.reporting.records import ClaimRecord, RunRecord
from claimkit.reporting.sections.section import Data, Section
from claimkit.reporting.sections.verdicts import verdict_rows


@final
class RisksSection(Section):
    """A card for every test of a risk, those that fail first."""

    name: ClassVar[str] = "risks"
    title: ClassVar[str] = "Risks"

    def data(self, run: RunRecord) -> Data | None:
        """Return the cards; within one verdict they keep the order of the claims."""
        cards = [_card(record) for record in run.claims if record.risk]
        return {"cards": sorted(cards, key=_rank)} if cards else None


def _card(record: ClaimRecord) -> Data:
    *_, row = verdict_rows(record)
    found = [judgement.counterexample for judgement in record.judgements]
    example = next((one for one in reversed(found) if one is not None), None)
    return {**row, "counterexample": None if example is None else _shown(example)}


def _shown(example: Counterexample) -> Data:
    """Return a counterexample; JSON has no number for a margin that is not finite."""
    given = example.margin
    margin = given if given is not None and math.isfinite(given) else None
    return {**example.to_dict(), "margin": margin}


def _rank(card: Data) -> int:
    order = (Verdict.FAILS, "error", Verdict.UNDECIDED, Verdict.NOT_APPLICABLE)
    if card["verdict"] == Verdict.HOLDS:
        return len(order) + 1
    return order.index(card["verdict"]) if card["verdict"] in order else len(order)
