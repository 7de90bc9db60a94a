"""The mutation check of the claims: what they say of models of which it is known what they can do.

A test of a claim is worth something if it can come out both ways. Prints Markdown, most of it from
the snapshots of the bundled models; about half a minute on one core:

    python benchmarks/controls.py > docs/claims-on-controls.md
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from claimkit.auditing.audit import Audit
from claimkit.auditing.natural.audit import TextAudit
from claimkit.auditing.natural.requests import TextAccuracy
from claimkit.auditing.requests import HeadlineRequest
from claimkit.auditing.subject import Subject
from claimkit.evidence.snapshots import ClaimSnapshot, read_folder
from claimkit.evidence.verdicts import Verdict, number
from claimkit.models.spec import ModelSpec
from claimkit.tasks import NB, NF, UF, UR, NRLastFar
from claimkit.tasks.natural import CHERRY_PICK_ORDER, HASH_COPY, UUID_COPY

ROOT = Path(__file__).parents[1]
CONTROLS = ("forward-born", "even-born", "backward-born")
CHATS = ("forward-chat", "even-chat", "backward-chat")


@dataclass(frozen=True)
class Special:
    """Tests that have controls of their own.

    Attributes:
        title: Of their table.
        tests: Patterns, one of which each test's name begins with.
        controls: Theirs.
        also: Whether the three controls of all other tests are asked, too.
    """

    title: str
    tests: tuple[str, ...]
    controls: tuple[str, ...]
    also: bool = False

    def has(self, test: str) -> bool:
        """Whether a test is one of them."""
        return any(re.match(pattern, test) for pattern in self.tests)


SPECIAL = (
    Special(
        "Circuits",
        (r"test_circuits\.py::",),
        ("both-born", "lines-born", "position-born"),
        also=True,
    ),
    Special("Paragraphs", (r"test_natural_copying\.py::",), ("echo-born", "noisy-born")),
    Special(
        "Commits and exact strings",
        (r"test_commit_history\.py::", r"test_risks\.py::\w+\[R[56]"),
        ("history-born", "log-born"),
    ),
    Special("Words", (r"test_words\.py::",), CHATS),
    Special("Conversations", (r"test_instructed\.py::",), CHATS),
)
SETTING = re.compile(r"-(?:template|length)=[^-\]]+|-(?:echo|verbatim|repeat)-\d+")
DRAWN = "_at_drawn_settings"
RELIABILITY = 0.9
INTRODUCTION = """# The claims on the controls

`python benchmarks/controls.py > docs/claims-on-controls.md`

A claim that no model can pass, or none can fail, tests nothing. The bundled controls were trained
so that it is known what they can do: forward-born mostly on rules that point right, backward-born
on rules that point left, even-born on both. For every claim one of them should hold, and another
should fail. Claims about circuits have three more: both-born copies both ways, each over a path of
its own, lines-born over paths that help each other, position-born by position. Claims about texts
have controls that know nothing else: echo-born copies paragraphs by induction, noisy-born is a copy
of it that goes wrong anywhere, history-born lists commits in both orders, and log-born as they are
shown only; it copies hashes, DNA strings and UUIDs, too. forward-chat, even-chat and backward-chat
are the first three after some more training: they know words, and hold conversations. This page is
made of the snapshots in `claims/__snapshots__`, and a test of claimkit checks that it is what they
say.

Controls are small. They copy repeated symbols up to about length 40 and no further, so a claim on
longer strings cannot hold on any of them; a comparison of tasks that a control does not do is not
applicable to it. Settings without a control on either side are listed with the reason."""
REACH = f"""## Claims within reach of the controls

No control is right on 99 % of the strings at the lengths of R2 and R4, nor on NB. UF > UR holds of
one and fails of another, but not at one length of the claim. So these are asked once more, at
lengths that the controls learned and with `--reliability {RELIABILITY}`."""

TEXTS_REACH = f"""The same of texts: what their controls do at lengths shorter than those of claims,
or with `--reliability {RELIABILITY}`."""
LISTERS, RELIABLE = ("history-born", "log-born"), {"at_least": RELIABILITY}
REACHABLE = (
    ("R5", TextAccuracy(CHERRY_PICK_ORDER, 10), RELIABLE, LISTERS),
    ("R6", TextAccuracy(HASH_COPY, 16), RELIABLE, LISTERS),
    ("R6", TextAccuracy(UUID_COPY, 1), RELIABLE, LISTERS),
)
"""A claim's number, what is requested, what it needs, and of which controls."""

ONE_SIDED = {
    ("A15", "UR − NRFirst"): "holds on two controls, and none is surely no better at UR",
    ("A16", "UL − NLFirst"): "holds on two controls, and none is surely no better at UL",
    ("A16", "UR − NRLast"): "holds on forward-chat at length 30, and fails there at length 10",
    ("A18", "accuracy of ProseCopy"): "echo-born, made to have glitches, has them in prose, too",
    ("R6", "accuracy of DNACopy"): "no control learned to copy four letters in random order",
}
"""Comparisons that no two controls show both sides of, each with the reason."""


@dataclass(frozen=True)
class Row:
    """One test of a claim, on every control.

    Attributes:
        test: File name and test name.
        found: Snapshot by control; a control without one is left out.
    """

    test: str
    found: Mapping[str, ClaimSnapshot]

    @property
    def claim(self) -> str:
        """The claim's number."""
        return next(iter(self.found.values())).claim

    @property
    def label(self) -> str:
        """What was measured, as far as that is the same on every control."""
        return min((each.label for each in self.found.values()), key=len)

    @property
    def needs(self) -> str:
        """What the claim needs; the same on every control."""
        return max(each.needs for each in self.found.values())

    @property
    def comparison(self) -> str:
        """The test without its template and length, drawn settings like the others."""
        return SETTING.sub("", self.test).replace(DRAWN, "")

    def on(self, verdict: Verdict) -> list[str]:
        """Return the controls on which the test came out so."""
        return [name for name, each in self.found.items() if each.verdict is verdict]

    @property
    def missing(self) -> str:
        """What no control shows of this test, with the reason; empty if one holds and one fails."""
        if not self.on(Verdict.HOLDS):
            return f"none holds; {self._reason(max)}"
        return "" if self.on(Verdict.FAILS) else f"none fails; {self._reason(min)}"

    def _reason(self, extreme) -> str:
        """Return how near any control comes, or why it cannot be asked."""
        effects = {n: e.effect for n, e in self.found.items() if _asked(e)}
        if self.found and not effects:
            return next(each.reason for each in self.found.values())
        # "At most" is met by small values.
        sign = -1 if "≤" in self.needs else 1
        name = extreme(effects, key=lambda name: sign * effects[name].value)
        return f"nearest is {name}, {cell(self.found[name])}"


def _asked(snapshot: ClaimSnapshot) -> bool:
    return snapshot.effect is not None and snapshot.verdict is not Verdict.NOT_APPLICABLE


def cell(snapshot: ClaimSnapshot | None) -> str:
    """Return what a table says of a test on one control."""
    if snapshot is None:
        return "no snapshot"
    if snapshot.verdict is Verdict.NOT_APPLICABLE:
        return "n/a"
    value = number(snapshot.effect.value, 2, signed=snapshot.effect.signed)
    return f"{snapshot.verdict.value} ({value})"


def natural(text: str) -> list[tuple[int, str]]:
    """Return a key that sorts numbers in texts by value."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", text)]


def read_rows(snapshots: Path) -> list[Row]:
    """Return every test that a control has a snapshot of, by claim, comparison and setting.

    Raises:
        SystemExit: If a snapshot is damaged, or there is none.
    """
    controls = {}
    more = dict.fromkeys(name for special in SPECIAL for name in special.controls)
    for name in (*CONTROLS, *(name for name in more if (snapshots / name).is_dir())):
        found, damaged = read_folder(snapshots / name)
        controls[name] = {test: each for test, each in found.items() if name in asked_of(test)}
        if damaged or not controls[name]:
            raise SystemExit(
                str(damaged[0]) if damaged else f"no snapshots of {name} in {snapshots}"
            )
    tests = dict.fromkeys(test for found in controls.values() for test in found)
    rows = [
        Row(test, {name: found[test] for name, found in controls.items() if test in found})
        for test in tests
    ]
    return sorted(rows, key=lambda r: (*map(natural, (r.claim, r.comparison, r.label)), r.test))


def asked_of(test: str) -> tuple[str, ...]:
    """Return the controls of a test."""
    for special in SPECIAL:
        if special.has(test):
            return (*CONTROLS, *special.controls) if special.also else special.controls
    return CONTROLS


def by_comparison(rows: list[Row]) -> list[tuple[str, list[Row]]]:
    """Return the rows of each comparison of each claim."""
    return [(name, list(found)) for name, found in groupby(rows, lambda row: row.comparison)]


def table(head: tuple[str, ...], body: list[tuple[object, ...]]) -> str:
    """Return a Markdown table."""
    lines = [head, ("---",) * len(head), *body]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def overview(rows: list[Row]) -> str:
    """Return how many settings of each comparison show that it can come out both ways."""
    head = ("claim", "test", "settings", "one holds and one fails", "none holds", "none fails")
    body = []
    for name, found in by_comparison(rows):
        said = [row.missing.partition(";")[0] for row in found]
        counts = (said.count(what) for what in ("", "none holds", "none fails"))
        test = name.partition("::")[2].replace(f"{found[0].claim}-", "")
        body.append((found[0].claim, f"`{test}`", len(found), *counts))
    return table(head, body)


def listed(rows: list[Row]) -> str:
    """Return every setting that does not come out both ways, with the reason."""
    return "\n".join(f"- {row.claim}, {row.label}: {row.missing}" for row in rows if row.missing)


def every(rows: list[Row], controls: tuple[str, ...]) -> str:
    """Return the verdicts on some controls, one row per test."""
    body = [
        (row.claim, row.label, row.needs, *(cell(row.found.get(name)) for name in controls))
        for row in rows
    ]
    return table(("claim", "what was measured", "needs", *controls), body)


def within_reach() -> str:
    """Measure what no two controls show of the claims as they stand, at settings where they do."""
    with tempfile.TemporaryDirectory() as folder:
        audits = [opened(name, Path(folder)) for name in CONTROLS]
        body = [
            (claim, request.label, *(judged(audit, request, bound) for audit in audits))
            for claim, request, bound in reachable(audits[0])
        ]
    return table(("claim", "what was measured", *CONTROLS), body)


def reachable(audit: Audit):
    """Yield a claim's number, what it requests of each control and what it needs of that."""
    reliable = {"at_least": RELIABILITY}
    yield "R2", audit.accuracy(NRLastFar, length=30), reliable
    yield "R3", audit.accuracy(NB, length=10), reliable
    yield "R4", audit.accuracy(NF, length=10), reliable
    yield "A14", audit.unpaired_gap(UF, UR, length=45), {"above": 0.0}


def texts_within_reach() -> str:
    """Measure claims about texts likewise, on their controls."""
    names = tuple(dict.fromkeys(name for _, _, _, on in REACHABLE for name in on))
    with tempfile.TemporaryDirectory() as folder:
        audits = {name: texts_of(name, Path(folder)) for name in names}
        body = []
        for claim, request, bound, on in REACHABLE:
            found = (judged(audits[n], request, bound) if n in on else "" for n in names)
            body.append((claim, request.label, *found))
    return table(("claim", "what was measured", *names), body)


def texts_of(name: str, evidence: Path) -> TextAudit:
    """Open the audit of what a control writes."""
    prepared = Subject.prepare(ModelSpec(str(ROOT / "fixtures" / "models" / name)), evidence)
    subject = Subject.open(prepared, evidence)
    return TextAudit.open(subject, alpha=0.001, margin=0.02, max_samples=512, thinking=1)


def opened(name: str, evidence: Path) -> Audit:
    """Open the audit of a control, with as many strings as the rates here need."""
    prepared = Subject.prepare(ModelSpec(str(ROOT / "fixtures" / "models" / name)), evidence)
    return Audit.open(prepared, evidence=evidence, alpha=0.001, margin=0.02, max_samples=512)


def judged(
    audit: Audit | TextAudit, request: HeadlineRequest | TextAccuracy, bound: dict[str, float]
) -> str:
    """Return the verdict on one control, as a cell."""
    return cell(ClaimSnapshot.of("", "", audit.decide(request, **bound), ()))


def main():
    """Print the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    place = ROOT / "claims" / "__snapshots__"
    parser.add_argument("--snapshots", type=Path, default=place, help="folder of snapshot folders")
    rows = read_rows(parser.parse_args().snapshots)
    print(INTRODUCTION)
    print(f"\n## Which claims can come out both ways\n\n{overview(rows)}")
    print(f"\n{REACH}\n\n{within_reach()}\n\n{TEXTS_REACH}\n\n{texts_within_reach()}")
    print("\nThese come out one way only:\n")
    print("\n".join(f"- {claim}, {what}: {why}." for (claim, what), why in ONE_SIDED.items()))
    print(f"\n## Settings without a control on either side\n\n{listed(rows)}")
    for special in SPECIAL:
        found = [row for row in rows if special.has(row.test)]
        print(f"\n## {special.title}\n\n{every(found, asked_of(found[0].test))}")
    others = [row for row in rows if asked_of(row.test) == CONTROLS]
    print(f"\n## Every other test\n\n{every(others, CONTROLS)}")


if __name__ == "__main__":
    main()
