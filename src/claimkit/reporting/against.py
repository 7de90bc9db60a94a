"""Against the snapshot: what became better or worse, and what else is no longer as it was.

Everything here is a pure function of the records; nothing is printed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import final

from rich.console import Group
from rich.text import Text

from claimkit.evidence.comparison import Change, Compared, sentence
from claimkit.evidence.verdicts import Verdict, number
from claimkit.reporting.console import as_text
from claimkit.reporting.notes import EXPECTED, note_of
from claimkit.reporting.records import ClaimRecord
from claimkit.tasks.setting import plural


@final
@dataclass(frozen=True)
class Against:
    """A run beside a snapshot.

    Attributes:
        name: What the snapshot is called.
        compared: Every comparison, decided.
        records: What became of every claim.
        missing: How many judged tests have no snapshot.
        uncompared: Why streams were not compared, once for each test of which that is so.
    """

    name: str
    compared: Sequence[Compared]
    records: Sequence[ClaimRecord]
    missing: int = 0
    uncompared: Sequence[str] = ()

    def lines(self) -> Iterator[str]:
        """What a summary says, line by line: the counts first, then what is worse."""
        yield f"compared with snapshot {self.name}: {', '.join(self._counts())}"
        for change in (Change.WORSE, Change.BETTER):
            yield from (sentence(one) for one in self._of(change))
        yield from self._notes()
        for reason, count in Counter(self.uncompared).items():
            yield f"{plural(count, 'test')} not compared: {reason}"
        if self.missing:
            without = plural(self.missing, "test")
            yield f"{without} without a snapshot; record one with --snapshot-update"

    def _of(self, change: Change) -> list[Compared]:
        return [one for one in self.compared if one.change is change]

    def _counts(self) -> Iterator[str]:
        same = self._of(Change.SAME)
        if not self.compared:
            yield "no accuracy"
        if same:
            yield f"{len(same)} same within noise ({_shown(same)})"
        for change in (Change.BETTER, Change.WORSE):
            if found := self._of(change):
                yield f"{len(found)} {change}"

    def _notes(self) -> Iterator[str]:
        for record in self.records:
            note = note_of(record)
            if note and note != EXPECTED:
                yield f"{record.claim} {record.test}: {_NOW[record.status]}; {note}".lstrip()


def render(lines: Sequence[str], *, width: int, color: bool) -> str:
    """The lines as text of at most ``width`` columns, folded, what is worse in red."""
    styled = (
        Text(line, style="bold red" if f"; {Change.WORSE} (" in line else "") for line in lines
    )
    return as_text(Group(*styled), width=width, color=color)


_NOW = {
    Verdict.HOLDS.value: "holds now",
    Verdict.FAILS.value: "fails now",
    Verdict.UNDECIDED.value: "is undecided now",
    Verdict.NOT_APPLICABLE.value: "is not applicable now",
}


def _shown(same: Sequence[Compared]) -> str:
    """The drop that would have shown in any of them, but for those that show none at all."""
    seeing = [one for one in same if one.detectable is not None]
    if not seeing:
        return "no drop would have shown"
    # Where most strings were wrong before, even losing all the others is no evidence.
    blind = f" in {len(seeing)} and none in {len(same) - len(seeing)}" if seeing != same else ""
    least = max(seeing, key=lambda one: one.detectable or 0.0)
    drop, strings = least.detectable or 0.0, least.comparison.new_strings
    return f"a drop of {number(drop)} of {strings} strings would have shown{blind}"
