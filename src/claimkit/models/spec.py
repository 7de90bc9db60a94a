"""What names a model and says how it is to be loaded, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, final

__all__ = ["ModelSpec"]


@final
@dataclass(frozen=True)
class ModelSpec:
    """A model as its user names it; made without looking at any file.

    Attributes:
        model: A checkpoint's folder or a hub id.
        revision: Branch, tag or commit of a hub id.
        tokenizer: A folder or hub id to take the tokenizer from, instead of the checkpoint.
        adapter: A folder or hub id of a peft adapter on top of the checkpoint.
        device: ``auto``, ``cpu``, ``mps``, ``cuda`` or ``cuda:n``.
        device_map: As accelerate names it (``auto``, ``balanced``, ``sequential``); None puts the
            whole model on ``device``.
        dtype: ``auto`` or a key of :data:`claimkit.models.devices.DTYPES`.
        attn_implementation: As transformers names it; None leaves it to transformers.
        trust_remote_code: Whether Python files of the checkpoint may run.
    """

    model: str
    revision: str | None = None
    tokenizer: str | None = None
    adapter: str | None = None
    device: str = "auto"
    device_map: str | None = None
    dtype: str = "auto"
    attn_implementation: str | None = None
    trust_remote_code: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return plain values that :meth:`from_dict` reads back, in any process."""
        return asdict(self)

    @staticmethod
    def from_dict(raw: Mapping[str, Any]) -> ModelSpec:
        """Read what :meth:`as_dict` wrote."""
        return ModelSpec(**raw)
