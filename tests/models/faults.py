"""Everything that can be wrong with a model as it is named, each with the sentence that tells.

Other tests read this file with ``runpy.run_path``; it knows nothing of pytest.
"""

import json
import re
import shutil
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claimkit.errors import ClaimkitError, InvalidInput, ModelError, Unsupported

VOCABULARY = 20


def save_checkpoint(folder, **changes):
    """Write a tiny random-weight Llama with a word-level tokenizer."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    shape = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
    shape |= {"intermediate_size": 16, "max_position_embeddings": 512, "vocab_size": VOCABULARY}
    LlamaForCausalLM(LlamaConfig(**shape | changes)).save_pretrained(folder)
    save_tokenizer(folder, VOCABULARY)


def save_tokenizer(folder, size):
    """Write a word-level tokenizer of so many words, the last of them for all others."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = {chr(ord("a") + i): i for i in range(size - 1)} | {"<unk>": size - 1}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>").save_pretrained(folder)


def save_adapter(base, folder, **changes):
    """Write a random LoRA adapter for the checkpoint in ``base``."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(1)
    options = {"r": 2, "target_modules": ["q_proj", "v_proj"], "init_lora_weights": False}
    model = AutoModelForCausalLM.from_pretrained(base)
    get_peft_model(model, LoraConfig(**options | changes)).save_pretrained(folder)
    return folder


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    Attributes:
        build: Spoils a sound checkpoint's folder; returns the fields of the ModelSpec that differ
            from ``model=folder, device="cpu"``.
        error: The kind of error.
        words: What the sentence must contain, as a regular expression.
        loading: Whether only loading the weights tells.
        without_root: Whether the superuser does not meet it.
        options: Whether the command line refuses it in words of its own.
    """

    build: Callable[[Path], dict[str, Any]]
    error: type[ClaimkitError]
    words: str
    loading: bool = False
    without_root: bool = False
    options: bool = False


def edit_config(folder, **changes):
    """Change some entries of a folder's config.json; None removes one."""
    edit_json(folder / "config.json", **changes)


def edit_json(path, **changes):
    """Change some entries of a JSON file; None removes one."""
    content = json.loads(path.read_text()) | changes
    path.write_text(json.dumps({k: v for k, v in content.items() if v is not None}))


def config(**changes):
    """Return what changes config.json."""
    return lambda folder: edit_config(folder, **changes) or {}


def write(name, content):
    """Return what writes a file into a folder."""

    def build(folder):
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return {}

    return build


def remove(*names):
    """Return what removes files from a folder."""
    return lambda folder: [(folder / name).unlink() for name in names] and {}


def fields(**values):
    """Return what leaves the folder as it is and names it otherwise; ``{}`` is the folder."""
    return lambda folder: {
        key: value.format(folder) if isinstance(value, str) else value
        for key, value in values.items()
    }


def tensors_of(folder, change, name="model.safetensors"):
    """Change the tensors of a folder's safetensors file."""
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / name)
    change(tensors)
    save_file(tensors, folder / name, metadata={"format": "pt"})
    return {}


def weights(change):
    """Return what changes the tensors of the checkpoint."""
    return lambda folder: tensors_of(folder, change)


def poison(value):
    """Return what puts a number into one weight of a dictionary of tensors."""

    def change(tensors):
        tensors[next(iter(tensors))].view(-1)[0] = value

    return change


def header(entries, data=b"\0" * 8):
    """Return a safetensors file with a header of any kind."""
    text = entries if isinstance(entries, bytes) else json.dumps(entries).encode()
    return write("model.safetensors", struct.pack("<Q", len(text)) + text + data)


def tensor(begin, end, dtype="F32"):
    """Return the header of a tensor."""
    return {"dtype": dtype, "shape": [(end - begin) // 4], "data_offsets": [begin, end]}


def cut(folder):
    """Shorten the weights by ten bytes."""
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-10])
    return {}


def only_pickles(folder):
    """Leave only a pickle of the weights."""
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04N.")
    return {}


def shards(index):
    """Return what replaces the weights by an index and the first of its shards."""

    def build(folder):
        (folder / "model.safetensors").rename(folder / "model-1.safetensors")
        (folder / "model.safetensors.index.json").write_text(json.dumps(index))
        return {}

    return build


def empty(folder):
    """Remove every file."""
    shutil.rmtree(folder)
    folder.mkdir()
    return {}


def as_folder(name):
    """Return what puts a folder in the place of a file."""

    def build(folder):
        (folder / name).unlink()
        (folder / name).mkdir()
        return {}

    return build


def dangling(folder):
    """Put a link to nothing in the place of the configuration."""
    (folder / "config.json").unlink()
    (folder / "config.json").symlink_to(folder / "gone.json")
    return {}


def index_folder(folder):
    """Put a folder in the place of an index of shards."""
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors.index.json").mkdir()
    return {}


def forbid(name):
    """Return what takes away the right to read a file."""
    return lambda folder: (folder / name).chmod(0) or {}


def own_code(folder):
    """Make the checkpoint one that needs its own code, which must not run."""
    edit_config(folder, model_type="own", auto_map={"AutoConfig": "own.Config"})
    return write("own.py", "raise SystemExit('remote code ran')")(folder)


def bert(folder, **changes):
    """Make the checkpoint a BERT, in name."""
    known = {"vocab_size": VOCABULARY, "hidden_size": 16, "num_attention_heads": 2}
    (folder / "config.json").write_text(json.dumps({"model_type": "bert"} | known | changes))
    return {}


def larger_tokenizer(folder):
    """Give the checkpoint a tokenizer of more words than it knows."""
    save_tokenizer(folder, VOCABULARY + 5)
    return {}


def other_tokenizer(folder):
    """Name a folder with a tokenizer of more words than the model knows."""
    other = folder.with_name("other")
    save_tokenizer(other, VOCABULARY + 7)
    return {"tokenizer": str(other)}


def adapter(spoil=lambda folder: None, **changes):
    """Return what saves an adapter beside the checkpoint and spoils it."""

    def build(folder):
        made = save_adapter(folder, folder.with_name("adapter"), **changes)
        spoil(made)
        return {"adapter": str(made)}

    return build


def other_base(**shape):
    """Return what saves an adapter that was trained on a model of another shape."""

    def build(folder):
        other = folder.with_name("other-base")
        save_checkpoint(other, **shape)
        return {"adapter": str(save_adapter(other, folder.with_name("adapter")))}

    return build


def pickled_adapter(folder):
    """Leave only a pickle of the adapter's weights."""
    (folder / "adapter_model.safetensors").unlink()
    (folder / "adapter_model.bin").write_bytes(b"\x80\x04N.")


def adapter_weights(change):
    """Return what changes the tensors of an adapter."""
    return lambda folder: tensors_of(folder, change, "adapter_model.safetensors")


def forget(tensors):
    """Remove one tensor."""
    del tensors[sorted(tensors)[0]]


def edit_heads(folder):
    """Leave keys and values without a head, which only making the model tells."""
    return config(num_key_value_heads=0)(folder)


def adapter_as_model(folder):
    """Name an adapter as the model."""
    return {"model": str(save_adapter(folder, folder.with_name("adapter")))}


QUANTIZED = {"quant_method": "aqlm", "in_group_size": 8, "num_codebooks": 1}

NAMES = {
    "no such folder": Fault(fields(model="{}/nowhere"), InvalidInput, "no folder .*nowhere; give"),
    "a file": Fault(fields(model="{}/config.json"), InvalidInput, "config.json is a file; give"),
    "a folder of no user": Fault(
        fields(model="~nosuchuser/x"), InvalidInput, "no folder ~nosuchuser/x; give the folder of"
    ),
    "nothing named": Fault(fields(model=" "), InvalidInput, "no checkpoint is named", options=True),
    "an empty folder": Fault(empty, ModelError, "has no config.json; give the folder"),
    "a folder's revision": Fault(fields(revision="v2"), InvalidInput, "no revisions, got .*'v2'"),
    "an adapter as model": Fault(adapter_as_model, Unsupported, "holds an adapter .*--adapter"),
}
CONFIGS = {
    "no config": Fault(remove("config.json"), ModelError, "has no config.json; give"),
    "config not JSON": Fault(write("config.json", "{"), ModelError, "config.json is not JSON"),
    "config not text": Fault(write("config.json", b"\xff\xfe"), ModelError, "is not JSON .*utf-8"),
    "config too deep": Fault(write("config.json", "[" * 9999), ModelError, "config.json is not JS"),
    "config a list": Fault(write("config.json", "[]"), ModelError, "JSON object, got a list"),
    "config a folder": Fault(as_folder("config.json"), ModelError, "cannot read .*Is a directory"),
    "config a dangling link": Fault(dangling, ModelError, "has no config.json; give"),
    "config forbidden": Fault(
        forbid("config.json"), ModelError, "cannot read .*Permission denied", without_root=True
    ),
    "no model type": Fault(
        config(model_type=None), ModelError, "names no model_type, got None; give"
    ),
    "a model type that is no name": Fault(
        config(model_type=["llama"]), ModelError, r"names no model_type, got \['llama'\]; give"
    ),
    "no heads": Fault(
        config(num_attention_heads=0), ModelError, r"config.json of .*\(ZeroDivisionError\); "
    ),
    "no heads for an adapter": Fault(
        lambda folder: adapter()(folder) | edit_heads(folder),
        ModelError,
        r"make a model of config.json of .*\(ZeroDivisionError\); ",
    ),
    "no heads for keys": Fault(
        config(num_key_value_heads=0),
        ModelError,
        r"cannot load tiny-llama: .*\(ZeroDivisionError\); ",
        loading=True,
    ),
    "a padding token beyond the vocabulary": Fault(
        config(pad_token_id=100_000),
        ModelError,
        r"cannot load tiny-llama: .*\(AssertionError\); ",
        loading=True,
    ),
    "unknown model type": Fault(
        config(model_type="nope"), ModelError, "model_type 'nope', which transformers .* not know"
    ),
    "remote code": Fault(own_code, Unsupported, "brings Python code for it; .*--trust-remote-code"),
    "an impossible value": Fault(
        config(num_attention_heads="two"), ModelError, "cannot read config.json .*num_attention"
    ),
    "a window too short": Fault(
        config(max_position_embeddings=8), ModelError, "window of .* is 8 tokens and the shortest"
    ),
    "an encoder": Fault(
        config(architectures=["BertForMaskedLM"]), Unsupported, "BertForMaskedLM, which is not a"
    ),
    "a bare encoder": Fault(bert, Unsupported, r"is an encoder \(bert\); claims are about causal"),
    "an encoder with a head": Fault(
        lambda folder: bert(folder, architectures=["BertLMHeadModel"]),
        Unsupported,
        r"is an encoder \(bert\); ",
    ),
    "an encoder-decoder": Fault(
        config(architectures=["T5ForConditionalGeneration"], is_encoder_decoder=True),
        Unsupported,
        r"holds an encoder-decoder \(T5ForConditionalGeneration\)",
    ),
    "a hidden encoder-decoder": Fault(
        config(architectures=None, model_type="t5"), Unsupported, r"is an encoder-decoder \(t5\)"
    ),
    "a vision model": Fault(
        config(architectures=None, model_type="vit"), Unsupported, "no causal language model of .*"
    ),
}
WEIGHTS = {
    "no weights": Fault(
        remove("model.safetensors"), ModelError, "has neither model.safetensors nor"
    ),
    "only pickles": Fault(only_pickles, ModelError, "only as pytorch_model.bin, which may run"),
    "a missing shard": Fault(
        shards({"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}),
        ModelError,
        r"lacks 1 of the 2 shards .*\(model-2.safetensors\); download",
    ),
    "an index without shards": Fault(shards({}), ModelError, r"names no shards \(weight_map\)"),
    "an empty index": Fault(shards({"weight_map": {}}), ModelError, "weight_map is empty"),
    "an index that is a list": Fault(shards([]), ModelError, "a JSON object, got a list"),
    "an index that is a folder": Fault(
        index_folder, ModelError, "cannot read .*index.json: Is a directory; "
    ),
    "weights a folder": Fault(
        as_folder("model.safetensors"), ModelError, "cannot read .*model.safetensors: Is a dir"
    ),
    "weights cut short": Fault(cut, ModelError, "it is cut short: .* download it again"),
    "weights of no bytes": Fault(
        write("model.safetensors", b""), ModelError, "does not fit its 0 bytes"
    ),
    "a nonsense header length": Fault(
        write("model.safetensors", b"\xff" * 64), ModelError, "does not fit its 64 bytes"
    ),
    "a header not JSON": Fault(header(b"{{{{"), ModelError, "its header is not JSON"),
    "a header too deep": Fault(header(b"[" * 9999), ModelError, "its header is not JSON"),
    "a header a list": Fault(header([]), ModelError, "its header is a list"),
    "a header without places": Fault(header({"a": {}}), ModelError, "gives a no type, shape and"),
    "an unknown weight type": Fault(
        header({"a": tensor(0, 8, "F33")}), ModelError, "a has the unknown type F33"
    ),
    "overlapping weights": Fault(
        header({"a": tensor(0, 8), "b": tensor(4, 8)}), ModelError, "b starts at byte 4, not at 8"
    ),
    "a gap between weights": Fault(
        header({"a": tensor(4, 8)}), ModelError, "a starts at byte 4, not at 0"
    ),
    "bytes too many": Fault(header({"a": tensor(0, 4)}), ModelError, "it is too long"),
    "a NaN weight": Fault(weights(poison(float("nan"))), ModelError, "1 of the .* are NaN or inf"),
    "an infinite weight": Fault(weights(poison(float("inf"))), ModelError, "are NaN or infinite"),
    "weights forbidden": Fault(
        forbid("model.safetensors"), ModelError, "cannot read .*Permission", without_root=True
    ),
    "a weight missing": Fault(weights(forget), ModelError, "lacks 1 weights of", loading=True),
    "a weight of another shape": Fault(
        config(intermediate_size=8),
        ModelError,
        "6 weights of the wrong shape .* do not belong together",
        loading=True,
    ),
    "a layer missing": Fault(
        config(num_hidden_layers=3), ModelError, "lacks 9 weights", loading=True
    ),
    "a layer too many": Fault(
        config(num_hidden_layers=1),
        ModelError,
        r"1 layers more than config.json says \(such as model.layers.1\)",
        loading=True,
    ),
    "an unknown quantization": Fault(
        config(quantization_config={"quant_method": "nope"}), Unsupported, "quantized by 'nope'"
    ),
    "a quantization not installed": Fault(
        config(quantization_config=QUANTIZED), ModelError, "(?i)install .*aqlm", loading=True
    ),
}
TOKENIZERS = {
    "no tokenizer": Fault(remove("tokenizer.json"), ModelError, "has no tokenizer .*--tokenizer"),
    "tokenizer not JSON": Fault(
        write("tokenizer.json", "{"), ModelError, "cannot load the tokenizer of tiny-llama: .*;"
    ),
    "tokenizer of no kind": Fault(
        write("tokenizer.json", '{"version": "1.0", "added_tokens": [], "model": {"type": "x"}}'),
        ModelError,
        "cannot load the tokenizer of tiny-llama: .*;",
    ),
    "a larger tokenizer": Fault(
        larger_tokenizer, ModelError, "has 25 tokens and the model 20; .*--tokenizer"
    ),
    "another's tokenizer": Fault(
        other_tokenizer, ModelError, "with tokenizer of other has 27 tokens and the model 20"
    ),
    "no tokenizer folder": Fault(
        fields(tokenizer="{}/nowhere"), InvalidInput, "no folder .*; give the folder of the token"
    ),
    "a tokenizer of no user": Fault(
        fields(tokenizer="~nosuchuser/x"), InvalidInput, "no folder ~nosuchuser/x; .* tokenizer"
    ),
    "a tokenizer file": Fault(
        fields(tokenizer="{}/tokenizer.json"), InvalidInput, "is a file; .* the whole tokenizer"
    ),
    "a folder without tokenizer": Fault(
        lambda folder: (folder.with_name("bare").mkdir(), {"tokenizer": f"{folder}/../bare"})[1],
        ModelError,
        "bare has no tokenizer",
    ),
}
ADAPTERS = {
    "no adapter folder": Fault(
        fields(adapter="{}/nowhere"), InvalidInput, "no folder .*; give the folder of the adapter"
    ),
    "not an adapter": Fault(fields(adapter="{}"), ModelError, "has no adapter_config.json; give"),
    "a pickled adapter": Fault(
        adapter(pickled_adapter), ModelError, "only as adapter_model.bin, which may run code .*; sa"
    ),
    "an adapter without weights": Fault(
        adapter(remove("adapter_model.safetensors")), ModelError, "has no adapter_model.safetensors"
    ),
    "an adapter of no kind": Fault(
        adapter(lambda folder: edit_json(folder / "adapter_config.json", peft_type=None)),
        ModelError,
        "names no peft_type, got None",
    ),
    "an adapter of an unknown kind": Fault(
        adapter(lambda folder: edit_json(folder / "adapter_config.json", peft_type="NOPE")),
        ModelError,
        "peft cannot put the adapter adapter on tiny-llama.*NOPE",
    ),
    "an adapter of the prompt": Fault(
        adapter(lambda folder: edit_json(folder / "adapter_config.json", peft_type="P_TUNING")),
        Unsupported,
        "is a P_TUNING adapter, which adds to the prompt",
    ),
    "an adapter cut short": Fault(
        adapter(write("adapter_model.safetensors", b"12345678")), ModelError, "does not fit its 8 b"
    ),
    "an adapter with NaN": Fault(
        adapter(adapter_weights(poison(float("nan")))), ModelError, "are NaN or infinite"
    ),
    "an adapter that lacks a weight": Fault(
        adapter(adapter_weights(forget)), ModelError, r"lacks weights for layers that it names \(1"
    ),
    "an adapter of a wider model": Fault(
        other_base(hidden_size=32), ModelError, "peft cannot put the adapter .* mismatch.*; give"
    ),
    "an adapter of a deeper model": Fault(
        other_base(num_hidden_layers=3), ModelError, "has weights for layers that the model lacks"
    ),
    "an adapter of other layers": Fault(
        adapter(
            lambda folder: edit_json(folder / "adapter_config.json", target_modules=["c_attn"])
        ),
        ModelError,
        "peft cannot put the adapter .*c_attn.* not found in the base model",
    ),
}
OPTIONS = {
    "an unknown dtype": Fault(fields(dtype="int8"), InvalidInput, "dtype.*'int8'", options=True),
    "an unknown device": Fault(fields(device="gpu"), InvalidInput, "device.*'gpu'", options=True),
    "a device not here": Fault(
        fields(device="cuda:99"), InvalidInput, "no device 'cuda:99' here; devices: auto, cpu"
    ),
    "an unknown attention": Fault(
        fields(attn_implementation="nonsense"), InvalidInput, "att.*'nonsense'", options=True
    ),
    "an unknown device map": Fault(
        fields(device="auto", device_map="round"), InvalidInput, "device.map.*'round'", options=True
    ),
    "two places": Fault(fields(device_map="auto"), InvalidInput, "; .* one of the", options=True),
    "a kernel not here": Fault(
        fields(attn_implementation="nobody/nothing"), ModelError, "--attn-impl", loading=True
    ),
}

FAULTS = NAMES | CONFIGS | WEIGHTS | TOKENIZERS | ADAPTERS | OPTIONS


def is_one_sentence(message):
    """Return whether a message can stand on one line, with what is wrong and what to do."""
    leftovers = re.search(r"Traceback|File \"|line \d+, in|\n|<class", message)
    return leftovers is None and 20 < len(message) < 500 and "; " in message
