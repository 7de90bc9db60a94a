"""The options of a run, read once into one frozen value.

Hooks and fixtures never look at ``config.option``; they are given a :class:`Settings`. Options
arrive here as the words that were typed, so that every wrong one is answered by one sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, final

import claimkit
from claimkit.errors import InvalidInput
from claimkit.evidence.looks import ALPHA_BELOW, Looks
from claimkit.models.dtypes import DTYPE_NAMES

if TYPE_CHECKING:
    import argparse

DEFAULT_MODEL: Final = "forward-born"
DTYPES: Final = ("auto", *DTYPE_NAMES)
DEVICES: Final = re.compile(r"auto|cpu|mps|cuda(:[0-9]+)?")
EVIDENCE: Final = Path(".claimkit") / "evidence"


@final
@dataclass(frozen=True)
class Settings:
    """What the command line asks for.

    Attributes:
        model: Folder or hub id of the model under test; None stands for the bundled one.
        revision: Branch, tag or commit of a hub model; None unless a model is named.
        device: What :data:`DEVICES` matches; whether it is there, torch will tell.
        dtype: One of :data:`DTYPES`.
        alpha: Error rate of one verdict, in (0, ``ALPHA_BELOW``).
        margin: A claim "x > 0" fails below this effect; a fraction in [0, 1).
        max_samples: The last look of a verdict, in strings.
        lengths: Replaces the lengths of the claims; None keeps them.
        evidence: Absolute path of the folder that keeps the evidence.
        expect: File of expected verdicts; None expects nothing.
        record: File to write the verdicts to, or None.
        strict: Whether an undecided claim fails the run.
        trust_remote_code: Whether code that comes with a checkpoint may run.
    """

    model: str | None
    revision: str | None
    device: str
    dtype: str
    alpha: float
    margin: float
    max_samples: int
    lengths: tuple[int, ...] | None
    evidence: Path
    expect: Path | None
    record: Path | None
    strict: bool
    trust_remote_code: bool

    @property
    def checkpoint(self) -> str:
        """The folder or hub id to load: what was asked for, else the bundled model."""
        return str(bundled_models() / DEFAULT_MODEL) if self.model is None else self.model


def read_settings(options: argparse.Namespace, folder: Path, cwd: Path) -> Settings:
    """Turn the typed options into a checked value.

    Args:
        options: Pytest's parsed options.
        folder: The project's folder; evidence is kept below it unless ``--evidence`` is given.
        cwd: The folder that relative paths on the command line start from.

    Raises:
        InvalidInput: If an option has a value that cannot be meant.
    """
    evidence = _word("--evidence", options.claimkit_evidence)
    alpha = _fraction("--alpha", options.claimkit_alpha, example="0.001", below=ALPHA_BELOW)
    max_samples = _whole("--max-samples", options.claimkit_max_samples, example="2048")
    # Refuses what no schedule of looks can have.
    Looks(max_samples=max_samples, alpha=alpha)
    model = _word("--model", options.claimkit_model)
    return Settings(
        model=model,
        revision=_revision(options.claimkit_revision, model),
        device=_device(options.claimkit_device),
        dtype=_dtype(options.claimkit_dtype),
        alpha=alpha,
        margin=_fraction("--margin", options.claimkit_margin, example="0.02", zero=True),
        max_samples=max_samples,
        lengths=_lengths(options.claimkit_lengths),
        evidence=folder / EVIDENCE if evidence is None else cwd / Path(evidence).expanduser(),
        expect=_file("--expect", options.claimkit_expect, cwd),
        record=_file("--record", options.claimkit_record, cwd),
        strict=options.claimkit_strict,
        trust_remote_code=options.claimkit_trust_remote_code,
    )


def bundled_models() -> Path:
    """The folder of the control checkpoints, in an installed package or in a working tree."""
    package = Path(claimkit.__file__).resolve().parent
    installed = package / "fixtures" / "models"
    return installed if installed.is_dir() else package.parents[1] / "fixtures" / "models"


def _word(option: str, text: str | None) -> str | None:
    if text is not None and not text.strip():
        raise InvalidInput(f"{option} is empty; give it a value or leave it out")
    return text


def _file(option: str, text: str | None, cwd: Path) -> Path | None:
    word = _word(option, text)
    return None if word is None else cwd / Path(word).expanduser()


def _revision(text: str | None, model: str | None) -> str | None:
    if text is not None and model is None:
        raise InvalidInput(
            f"--revision names a version of a hub model, got {text!r} without --model; "
            "name the model too"
        )
    return _word("--revision", text)


def _device(text: str) -> str:
    _word("--device", text)
    if not DEVICES.fullmatch(text):
        raise InvalidInput(f"--device is one of auto, cpu, mps, cuda, cuda:0, …, got {text!r}")
    return text


def _dtype(text: str) -> str:
    if text not in DTYPES:
        raise InvalidInput(f"--dtype is one of {', '.join(DTYPES)}, got {text!r}")
    return text


def _fraction(
    option: str, text: str, *, example: str, zero: bool = False, below: float = 1
) -> float:
    least = "[0" if zero else "(0"
    advice = (
        f"{option} is a fraction in {least}, {below}), got {text!r}; write for example {example}"
    )
    try:
        value = float(text)
    except ValueError:
        raise InvalidInput(advice) from None
    if not 0 <= value < below or (value == 0 and not zero):
        raise InvalidInput(advice)
    return value


def _whole(option: str, text: str, *, example: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise InvalidInput(
            f"{option} takes whole numbers from 1 on, got {text!r}; write for example {example}"
        )
    return value


def _lengths(text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    lengths = tuple(_whole("--lengths", word, example="10,20,30") for word in text.split(","))
    if len(set(lengths)) < len(lengths):
        raise InvalidInput(f"--lengths names a length twice, got {text!r}")
    return lengths
