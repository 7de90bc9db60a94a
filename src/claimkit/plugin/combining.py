"""Options that bear on each other: which go together, and which contradict each other.

Like :mod:`claimkit.plugin.values`, each wrong combination is answered by one sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from claimkit.errors import InvalidInput
from claimkit.models.choices import ATTENTIONS, DEVICE_MAPS, DEVICES
from claimkit.plugin.values import choice, word

if TYPE_CHECKING:
    import argparse

UPDATE: Final = "update_snapshots"
UPDATE_NEW: Final = "update_new_snapshots_only"
"""Where syrupy, which has the options, keeps ``--snapshot-update`` and ``…-new-only``."""


def beside_model(option: str, text: str | None, model: str | None) -> str | None:
    """Return an option of the model's, which needs ``--model``.

    Raises:
        InvalidInput: If it cannot be meant.
    """
    if text is not None and model is None:
        raise InvalidInput(
            f"{option} goes with the model that --model names, got {text!r} without --model; "
            "name the model too"
        )
    return word(option, text)


def device_name(text: str) -> str:
    """Return the name of a device, as torch has them.

    Raises:
        InvalidInput: If it cannot be meant.
    """
    word("--device", text)
    if not DEVICES.fullmatch(text):
        raise InvalidInput(f"--device is one of auto, cpu, mps, cuda, cuda:0, …, got {text!r}")
    return text


def device_map(text: str | None, device: str) -> str | None:
    """Return how a model is spread over devices; None puts it on one.

    Raises:
        InvalidInput: If it cannot be meant.
    """
    if text is not None and device != "auto":
        raise InvalidInput(
            f"--device-map {text} spreads the model over devices and --device {device} puts it on "
            "one; give one of the two"
        )
    return None if text is None else choice("--device-map", text, DEVICE_MAPS)


def attention(text: str | None) -> str | None:
    """Return how attention runs; None leaves it to transformers.

    Raises:
        InvalidInput: If it cannot be meant.
    """
    # A kernel's hub id is for the models' own check, which knows what one looks like.
    if text is None or "/" in text:
        return text
    return choice("--attn-implementation", text, ATTENTIONS)


def refuse_contradictions(options: argparse.Namespace) -> None:
    """Refuse options of which one leaves the other nothing to do.

    Raises:
        InvalidInput: If it cannot be meant.
    """
    asked = {
        "--gate": options.claimkit_gate,
        "--report": options.claimkit_report,
        "--snapshot-update": getattr(options, UPDATE, False),
        "--snapshot-update-new-only": getattr(options, UPDATE_NEW, False),
        "--budget": options.claimkit_budget,
    }
    given = [name for name, value in asked.items() if value]
    if options.claimkit_plan and given:
        raise InvalidInput(
            f"--plan measures nothing, so {given[0]} has nothing to do; leave one of them out"
        )
    updating = [name for name in given if name.startswith("--snapshot-update")]
    if asked["--gate"] and updating:
        raise InvalidInput(
            f"--gate compares with the snapshots that {updating[0]} records; give one of the two"
        )
