"""Snapshots: what a model did on one claim, in a file for people, tools and version control.

A snapshot is one JSON file per claim and setting, in one folder per model. It holds the verdict
with its effect, for people; and the first strings of every stream that the claim reads with right
or wrong for each, which is what a later run is compared with.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar, final

from claimkit.errors import SnapshotError
from claimkit.evidence.samples import Sample
from claimkit.evidence.snapshot_names import files_in
from claimkit.evidence.tolerance import same
from claimkit.evidence.verdicts import Estimate, Interval, Judgement, Verdict
from claimkit.tasks.sampling import SAMPLER_VERSION

FORMAT: Final = "claimkit.snapshot/1"
_DECIMALS: Final = 9
_SHOWN: Final = ("context", "query", "expected", "actual")
_TEXTS: Final = ("test", "claim", "label", "needs", "reason")
_AGAIN: Final = "restore it from version control, or record it anew with --snapshot-update"
_T = TypeVar("_T")


@final
@dataclass(frozen=True, kw_only=True)
class ClaimSnapshot:
    """What one model did on one test of a claim.

    Attributes:
        test: File name and test name, such as ``test_bias.py::test_x[A10-UR-UL-length=30]``.
        claim: The claim's number; empty if the test has none.
        verdict: What the evidence licensed.
        label: What was measured, e.g. ``UR − UL at length 30``.
        needs: What the claim needed, e.g. ``> 0``.
        effect: The measured value with its interval; None if nothing was observed.
        reason: Why, where the numbers do not say it.
        streams: The first strings of each stream that the claim reads, as many of each.
        counterexample: Context, query, expected and actual answer of a minimal question that shows
            why a risk fails; None without one.
        sampler_version: Version of the sampler that drew the strings.
    """

    test: str
    claim: str
    verdict: Verdict
    label: str
    needs: str
    effect: Estimate | None = None
    reason: str = ""
    streams: tuple[Sample, ...] = ()
    counterexample: Mapping[str, str] | None = None
    sampler_version: int = SAMPLER_VERSION

    @staticmethod
    def of(test: str, claim: str, judgement: Judgement, streams: Sequence[Sample]) -> ClaimSnapshot:
        """Return the snapshot of a judgement.

        Args:
            test: File name and test name.
            claim: The claim's number.
            judgement: What was judged.
            streams: The streams it read, at the size that snapshots have.
        """
        found = judgement.counterexample
        return ClaimSnapshot(
            test=test,
            claim=claim,
            verdict=judgement.verdict,
            label=judgement.label,
            needs=judgement.needs,
            effect=judgement.estimate and _rounded(judgement.estimate),
            reason=judgement.reason,
            streams=tuple(streams),
            counterexample=found and {name: getattr(found, name) for name in _SHOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-safe primitives, in the order in which a file has them."""
        return {
            "format": FORMAT,
            "test": self.test,
            "claim": self.claim,
            "verdict": self.verdict.value,
            "label": self.label,
            "needs": self.needs,
            "effect": self.effect and _effect_to_dict(self.effect),
            "reason": self.reason,
            "sampler_version": self.sampler_version,
            "streams": [sample.to_dict() for sample in self.streams],
            "counterexample": self.counterexample and dict(self.counterexample),
        }

    def to_text(self) -> str:
        """Return the file's text, which :meth:`from_text` reads back."""
        text = json.dumps(self.to_dict(), indent=1, ensure_ascii=False, allow_nan=False)
        return f"{text}\n"

    @staticmethod
    def from_text(text: str, where: str) -> ClaimSnapshot:
        """Read what :meth:`to_text` wrote.

        Args:
            text: The file's text.
            where: The file's path, for the error's sentence.

        Raises:
            SnapshotError: If the text is damaged, something else, or of another format.
        """
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise SnapshotError(f"the snapshot {where} is damaged ({error}); {_AGAIN}") from error
        _refuse_other_formats(found, where)
        try:
            return _read(found)
        except (KeyError, TypeError, ValueError, ArithmeticError) as error:
            what = f"{type(error).__name__}: {error}"
            raise SnapshotError(f"the snapshot {where} is damaged ({what}); {_AGAIN}") from error


def equal(a: ClaimSnapshot, b: ClaimSnapshot) -> bool:
    """Return whether two snapshots say the same, numbers up to the last digits."""
    return same(a.to_dict(), b.to_dict())


def comparable(a: ClaimSnapshot, b: ClaimSnapshot) -> bool:
    """Return whether two snapshots are of the same strings, wherever they name the same stream."""
    prompts = {sample.stream: sample.prompt for sample in a.streams}
    return a.sampler_version == b.sampler_version and all(
        prompts.get(sample.stream, sample.prompt) == sample.prompt for sample in b.streams
    )


def read_snapshot(path: Path) -> ClaimSnapshot:
    """Read one file.

    Raises:
        SnapshotError: If it cannot be read, or holds no snapshot of this format.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SnapshotError(
            f"cannot read the snapshot {path}: {error.strerror or error}; make it readable"
        ) from error
    except UnicodeDecodeError as error:
        raise SnapshotError(f"the snapshot {path} is damaged ({error}); {_AGAIN}") from error
    return ClaimSnapshot.from_text(text, str(path))


def read_folder(folder: Path) -> tuple[dict[str, ClaimSnapshot], tuple[SnapshotError, ...]]:
    """Read a model's folder.

    Returns:
        The snapshots by the test they name, and what is wrong with each file that holds none.
    """
    snapshots, damaged = dict[str, ClaimSnapshot](), list[SnapshotError]()
    for path in files_in(folder):
        try:
            snapshot = read_snapshot(path)
        except SnapshotError as error:
            damaged.append(error)
        else:
            snapshots[snapshot.test] = snapshot
    return snapshots, tuple(damaged)


def check_versions(folder: Path) -> None:
    """Refuse a folder with snapshots of strings that this claimkit does not draw.

    Raises:
        SnapshotError: If a snapshot is of another sampler version; damaged ones are left out.
    """
    snapshots, _ = read_folder(folder)
    others = [each for each in snapshots.values() if each.sampler_version != SAMPLER_VERSION]
    if others:
        raise SnapshotError(
            f"{len(others)} of {len(snapshots)} snapshots in {folder} are of strings of sampler "
            f"version {others[0].sampler_version}, this claimkit draws those of version "
            f"{SAMPLER_VERSION}; record them anew with --snapshot-update, or compare with the "
            "claimkit that wrote them"
        )


def _refuse_other_formats(found: object, where: str) -> None:
    name = found.get("format") if isinstance(found, dict) else None
    if not isinstance(name, str) or not name.startswith(FORMAT.partition("/")[0]):
        raise SnapshotError(
            f"{where} is no snapshot of a claim; move it out of the folder of snapshots"
        )
    if name != FORMAT:
        raise SnapshotError(
            f"the snapshot {where} has format {name!r}, this claimkit reads {FORMAT!r}; install "
            "the claimkit that wrote it, or record it anew with --snapshot-update"
        )


def _read(found: Mapping[str, Any]) -> ClaimSnapshot:
    """Return what a file of this format holds; ValueError and the like where it does not."""
    shown, effect = found["counterexample"], found["effect"]
    snapshot = ClaimSnapshot(
        **{name: _typed(found[name], str) for name in _TEXTS},
        verdict=Verdict(found["verdict"]),
        effect=None if effect is None else _effect_from_dict(effect),
        streams=tuple(map(Sample.from_dict, _typed(found["streams"], list))),
        counterexample=None if shown is None else {n: _typed(shown[n], str) for n in _SHOWN},
        sampler_version=_typed(found["sampler_version"], int),
    )
    versions = {sample.sampler_version for sample in snapshot.streams}
    if not same(snapshot.to_dict(), dict(found)) or versions - {snapshot.sampler_version}:
        raise ValueError("fields are unknown or contradict each other")
    return snapshot


def _typed(value: object, kind: type[_T]) -> _T:
    if type(value) is not kind:
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value


def _effect_to_dict(effect: Estimate) -> dict[str, Any]:
    return {
        "value": float(effect.value),
        "low": float(effect.interval.low),
        "high": float(effect.interval.high),
        "strings": int(effect.samples),
        "unit": effect.unit,
        "signed": effect.signed,
    }


def _effect_from_dict(record: Mapping[str, Any]) -> Estimate:
    value = float(record["value"])
    if not math.isfinite(value):
        raise ValueError(f"the effect {value} is no number")
    return Estimate(
        value=value,
        interval=Interval(float(record["low"]), float(record["high"])),
        samples=_typed(record["strings"], int),
        unit=_typed(record["unit"], str),
        signed=_typed(record["signed"], bool),
    )


def _rounded(effect: Estimate) -> Estimate:
    """Return an effect with as many decimals as anyone reads."""
    ends = (round(end, _DECIMALS) for end in (effect.interval.low, effect.interval.high))
    value = round(effect.value, _DECIMALS)
    return Estimate(value, Interval(*ends), effect.samples, effect.unit, effect.signed)
