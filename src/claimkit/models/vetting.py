"""What a checkpoint is, before its weights are loaded.

transformers must be asked whether it knows the architecture and the tokenizer. Importing it takes
seconds, so the answer is remembered with the checkpoint's fingerprint.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, final

from claimkit.errors import ModelError, Unsupported
from claimkit.models.adapters import adapter_files, attach_adapter
from claimkit.models.checkpoint import Checkpoint
from claimkit.models.files import reading
from claimkit.models.fingerprint import Facts
from claimkit.models.layout import weight_files
from claimkit.models.sentences import first_sentence
from claimkit.models.spec import ModelSpec
from claimkit.models.tokenizer import load_tokenizer
from claimkit.models.weights import read_header
from claimkit.prompts.prompter import shortest_prompt

if TYPE_CHECKING:
    from transformers import PreTrainedConfig

__all__ = ["Vetted", "vet"]

# Part of every remembered fact: raise it when what is checked changes.
_VERSION = 1
# Letters and digits that prompts are made of, and a character that few vocabularies hold.
_PROBE = "a b c 1 2 3 > | é"


@final
@dataclass(frozen=True)
class Vetted:
    """What was found; whole numbers only, so that it travels as JSON.

    Attributes:
        parameters: Numbers in the weight files, the adapter's included; of weights that are packed
            several to a number, the packed ones.
        weight_bytes: Bytes that they take on the disk.
        vocabulary: Token ids that the model knows, or None if its configuration does not tell.
        tokenizer_size: Tokens that the tokenizer knows, added ones included.
    """

    parameters: int
    weight_bytes: int
    vocabulary: int | None
    tokenizer_size: int


def vet(checkpoint: Checkpoint, spec: ModelSpec, facts: Facts) -> Vetted:
    """Return what a checkpoint holds, if it is a causal language model with a tokenizer that fits.

    Args:
        checkpoint: Which.
        spec: Whether its code may run.
        facts: Remembers what was found.

    Raises:
        ModelError: If transformers does not know it, its tokenizer or adapter does not belong to
            it, or its window is too short for any question.
        Unsupported: If it is no causal language model, or needs code of its own.
    """
    _require_window(checkpoint)
    name = (
        f"vetted {_VERSION} {checkpoint.fingerprint(facts)} transformers {version('transformers')} "
        f"remote code {spec.trust_remote_code}"
    )
    known = facts.facts(name)
    if known is None:
        with reading(checkpoint.folder):
            known = asdict(_look(checkpoint, spec))
        facts.remember(name, known)
    return Vetted(**known)


def _look(checkpoint: Checkpoint, spec: ModelSpec) -> Vetted:
    # Imports torch: after everything that is told without it.
    from claimkit.models.loading import quietly

    with quietly():
        config = _load_config(checkpoint, spec)
        _require_causal(checkpoint, config)
        _require_quantization(checkpoint)
        vocabulary, size = _check_tokenizer(checkpoint, spec, config)
        if checkpoint.adapter_folder is not None:
            _check_adapter(checkpoint, spec, config)
    parameters, weight_bytes = _measure(checkpoint)
    return Vetted(parameters, weight_bytes, vocabulary, size)


def _require_window(checkpoint: Checkpoint) -> None:
    window, needed = checkpoint.window, shortest_prompt()
    if window is not None and window < needed:
        raise ModelError(
            f"the window of {checkpoint.name} is {window} tokens and the shortest question takes "
            f"{needed}; give a model with a longer window"
        )


def _load_config(checkpoint: Checkpoint, spec: ModelSpec) -> PreTrainedConfig:
    """Return what transformers makes of ``config.json``."""
    from transformers import CONFIG_MAPPING, AutoConfig

    kind = checkpoint.config.get("model_type")
    if not isinstance(kind, str) or kind not in CONFIG_MAPPING:
        _require_code(checkpoint, spec, kind)
    try:
        config: PreTrainedConfig = AutoConfig.from_pretrained(
            str(checkpoint.folder),
            trust_remote_code=spec.trust_remote_code,
            local_files_only=True,
        )
    # A number that cannot be may end in any error, such as a division by zero.
    except Exception as error:
        raise ModelError(
            f"transformers cannot read config.json of {checkpoint.name}: {first_sentence(error)}; "
            "download or export it again"
        ) from error
    return config


def _require_code(checkpoint: Checkpoint, spec: ModelSpec, kind: object) -> None:
    """Raise unless the checkpoint brings its own code and that may run."""
    if not isinstance(kind, str):
        raise ModelError(
            f"config.json of {checkpoint.name} names no model_type, got {kind!r}; give the folder "
            "that save_pretrained wrote"
        )
    if not _own_classes(checkpoint):
        raise ModelError(
            f"{checkpoint.name} is of model_type {kind!r}, which transformers "
            f"{version('transformers')} does not know; update transformers, or correct config.json"
        )
    if not spec.trust_remote_code:
        raise Unsupported(
            f"{checkpoint.name} is of model_type {kind!r}, which transformers does not know, and "
            "brings Python code for it; read that code, and if you trust it, give "
            "--trust-remote-code"
        )


def _own_classes(checkpoint: Checkpoint) -> Mapping[str, Any]:
    """Return the classes that the checkpoint's own code has for transformers' Auto classes."""
    found = checkpoint.config.get("auto_map")
    return found if isinstance(found, dict) else {}


def _require_causal(checkpoint: Checkpoint, config: PreTrainedConfig) -> None:
    from transformers import MODEL_FOR_CAUSAL_LM_MAPPING, MODEL_FOR_MASKED_LM_MAPPING

    kind = checkpoint.config.get("model_type")
    causal_only = "; claims are about causal language models, so give one such as Llama or GPT-2"
    if getattr(config, "is_encoder_decoder", False):
        raise Unsupported(f"{checkpoint.name} is an encoder-decoder ({kind}){causal_only}")
    if "AutoModelForCausalLM" in _own_classes(checkpoint):
        return
    # Without is_decoder even BertLMHeadModel lets every token see those after it.
    if type(config) in MODEL_FOR_MASKED_LM_MAPPING and not _is_decoder(config):
        raise Unsupported(f"{checkpoint.name} is an encoder ({kind}){causal_only}")
    if type(config) not in MODEL_FOR_CAUSAL_LM_MAPPING:
        raise Unsupported(
            f"transformers knows no causal language model of model_type {kind!r}, which "
            f"{checkpoint.name} is{causal_only}"
        )


def _require_quantization(checkpoint: Checkpoint) -> None:
    """Raise if transformers would pass over how the weights were quantized, as it does."""
    from transformers.quantizers.auto import AUTO_QUANTIZATION_CONFIG_MAPPING as KNOWN

    method = checkpoint.quantization
    # bitsandbytes is there twice, with its number of bits.
    if method is not None and method not in {key.removesuffix("_8bit") for key in KNOWN}:
        raise Unsupported(
            f"{checkpoint.name} is quantized by {method!r}, which transformers "
            f"{version('transformers')} does not know; give a checkpoint of another kind"
        )


def _is_decoder(config: PreTrainedConfig) -> bool:
    return bool(getattr(config, "is_decoder", False) or getattr(config, "causal", False))


def _check_tokenizer(
    checkpoint: Checkpoint, spec: ModelSpec, config: PreTrainedConfig
) -> tuple[int | None, int]:
    """Return how many ids the model knows, and how many tokens the tokenizer."""
    tokenizer = load_tokenizer(checkpoint, trust_remote_code=spec.trust_remote_code)
    try:
        ids = tokenizer.encode(_PROBE)
        added = set(tokenizer.get_added_vocab().values())
        base = set(tokenizer.get_vocab().values()) - added
    # Python code that comes with a tokenizer may raise anything.
    except Exception as error:
        raise ModelError(
            f"the tokenizer of {checkpoint.name} cannot encode {_PROBE!r}: "
            f"{first_sentence(error)}; name another with --tokenizer"
        ) from error
    if not ids:
        raise ModelError(
            f"the tokenizer of {checkpoint.name} makes no token of {_PROBE!r}; check that its "
            "files are whole, or name another with --tokenizer"
        )
    vocabulary = getattr(config.get_text_config(), "vocab_size", None)
    if isinstance(vocabulary, int):
        # Added tokens may lie beyond: a padding token that no prompt uses often does.
        used = max([*base, *ids], default=0) + 1
        if used > vocabulary:
            raise ModelError(
                f"the tokenizer of {checkpoint.name} has {used} tokens and the model {vocabulary}; "
                "they do not belong together, so name the model's own with --tokenizer"
            )
    return vocabulary, len(tokenizer)


def _check_adapter(checkpoint: Checkpoint, spec: ModelSpec, config: PreTrainedConfig) -> None:
    """Put the adapter on a model without weights."""
    import torch
    from transformers import AutoModelForCausalLM

    assert checkpoint.adapter_folder is not None
    auto: Any = AutoModelForCausalLM
    try:
        with torch.device("meta"):
            model = auto.from_config(config, trust_remote_code=spec.trust_remote_code)
    # As where config.json is read.
    except Exception as error:
        raise ModelError(
            f"transformers cannot make a model of config.json of {checkpoint.name}: "
            f"{first_sentence(error)}; download or export it again"
        ) from error
    attach_adapter(model, checkpoint.adapter_folder, checkpoint.base_name)


def _measure(checkpoint: Checkpoint) -> tuple[int, int]:
    """Return numbers and bytes of all weights, from the headers of their files."""
    files = weight_files(checkpoint.folder)
    if checkpoint.adapter_folder is not None:
        files.append(adapter_files(checkpoint.adapter_folder)[1])
    entries = [entry for path in files for entry in read_header(path)[1]]
    return sum(entry.size for entry in entries), sum(entry.end - entry.begin for entry in entries)
