"""What recipes of Llama-architecture models of text have in common, and how they are trained.

Models of text as it comes and controls of natural tasks differ in what they read.
"""

from __future__ import annotations

from dataclasses import dataclass

from claimkit.errors import InvalidInput
from claimkit.training.checking import AUTOCASTS, OPTIMIZERS, require_known


@dataclass(frozen=True)
class LlamaRecipe:
    """A recipe of a Llama-architecture model with a byte-level BPE tokenizer.

    Attributes:
        name: Of the checkpoint.
        seed: Of the first weights and of what is read.
        steps: Optimizer steps.
        window: Tokens of a document at most, ``<bos>`` included; the model knows as many positions.
        vocabulary: Tokens of the tokenizer.
        layers: Of the model.
        heads: Of attention in each layer.
        width: Of the hidden states.
        inner_width: Of the layers' perceptrons.
        optimizer: ``adamw``, or ``muon`` (matrices by Muon, the rest by AdamW).
        learning_rate: Peak, of AdamW.
        matrix_learning_rate: Peak, of Muon.
        weight_decay: Of all parameters.
        warmup: Steps until the peak.
        cooldown: Steps at the end in which the learning rate falls.
        tail: Steps behind that, for a control that would otherwise make no mistakes.
        tail_share: Share of the peak learning rate in those.
        clip: The largest norm of a gradient.
        threads: Of the CPU.
        autocast: Number format of the matrix products: ``float32`` or ``bfloat16``.
        compile: Whether ``torch.compile`` compiles the body of the model.

    Raises:
        InvalidInput: If there is no such optimizer or number format, or no room for a token.
    """

    name: str
    seed: int
    steps: int
    window: int = 256
    vocabulary: int = 2048
    layers: int = 4
    heads: int = 4
    width: int = 128
    inner_width: int = 320
    optimizer: str = "muon"
    learning_rate: float = 2e-3
    matrix_learning_rate: float = 0.02
    weight_decay: float = 0.01
    warmup: int = 200
    cooldown: int = 1500
    tail: int = 0
    tail_share: float = 0.0
    clip: float = 1.0
    threads: int = 1
    autocast: str = "bfloat16"
    compile: bool = True

    def __post_init__(self) -> None:
        """Check what would otherwise be noticed late, or never."""
        require_known("optimizer", self.optimizer, OPTIMIZERS)
        require_known("autocast", self.autocast, AUTOCASTS)
        if self.window < 2:
            raise InvalidInput(f"a window is <bos> and a token or more, got window={self.window}")
