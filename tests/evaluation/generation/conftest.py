"""Tokenizers as small as the models of these tests, whose tokens break up text in every way."""

from __future__ import annotations

import pytest
from tokenizers import Tokenizer, decoders, models
from transformers import PreTrainedTokenizerFast
from transformers.convert_slow_tokenizer import bytes_to_unicode

VOCABULARY = 61
LETTERS = "abcdefghijklmnopqrstuvwxyz"
# The bytes of é (C3 A9) and of 字 (E5 AD 97), and parts of both in tokens with other text.
BYTES = [b"\xc3", b"\xa9", b"\xe5", b"\xad", b"\x97", b"\xe5\xad", b"\xad\x97", b"\xa9\xc3"]
PIECES = [b"\n", b".", b" ", b"a\nb", b".\n", b"\n\n", b" the", b" a", b"ab", b"b.c", b"x\xc3"]
PIECES += [b"\xa9y", b"\n\xe5", b"```", b"`", b"<", b"</", b"text>", b">", b"`\n", b"END"]
PIECES += ["é".encode()]
IDS = {piece: i for i, piece in enumerate([*map(str.encode, LETTERS), *BYTES, *PIECES], 1)}


def byte_level():
    """Return a byte-level tokenizer, as GPT-2's is made, but with few tokens."""
    letters = bytes_to_unicode()
    table = {"".join(letters[byte] for byte in piece): i for piece, i in IDS.items()}
    return finished(models.BPE({"<s>": 0, **table}, []), decoders.ByteLevel(), len(table))


def byte_fallback():
    """Return a tokenizer as Llama's: a first space goes, and unknown characters are bytes."""
    pieces = [*LETTERS, "▁", "▁the", "▁a", "▁▁", "ab", "a▁", ".", "a\nb", "\n", "é", ">", "</"]
    pieces += [f"<0x{byte:02X}>" for byte in (0xC3, 0xA9, 0xE5, 0xAD, 0x97, 0x0A, 0x20)]
    parts = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    parts.append(decoders.Strip(" ", 1, 0))
    table = {piece: i for i, piece in enumerate(pieces, 1)}
    return finished(models.BPE({"<s>": 0, **table}, []), decoders.Sequence(parts), len(table))


def word_ends():
    """Return a tokenizer that writes the space behind a word when the next word comes."""
    pieces = [*LETTERS, *(f"{letter}</w>" for letter in LETTERS), "\n", "\n</w>"]
    table = {piece: i for i, piece in enumerate(pieces, 1)}
    return finished(models.BPE({"<s>": 0, **table}, []), decoders.BPEDecoder("</w>"), len(table))


def words():
    """Return a tokenizer of words, which stand with a space between."""
    pieces = [*LETTERS, ".", "\n", "é", "the", "END", "字"]
    table = {piece: i for i, piece in enumerate(pieces, 1)}
    return finished(models.WordLevel({"<s>": 0, **table}, unk_token="<s>"), None, len(table))


def finished(model, decoder, size):
    """Return a transformers tokenizer of the models' size."""
    tokenizer = Tokenizer(model)
    if decoder is not None:
        tokenizer.decoder = decoder
    tokenizer.add_special_tokens(["<s>"])
    tokenizer.add_tokens([f"<{i}>" for i in range(size + 1, VOCABULARY)])
    made = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>")
    assert len(made) >= VOCABULARY
    return made


KINDS = {
    "byte level": byte_level,
    "byte fallback": byte_fallback,
    "word ends": word_ends,
    "words": words,
}


@pytest.fixture(scope="session", params=KINDS)
def tokenizer(request):
    """One tokenizer of each kind."""
    return KINDS[request.param]()


@pytest.fixture(scope="session")
def bytes_tokenizer():
    """The byte-level tokenizer, where the kind does not matter."""
    return byte_level()


@pytest.fixture(scope="session")
def ids():
    """The byte-level tokenizer's id of each piece, in bytes."""
    return IDS
