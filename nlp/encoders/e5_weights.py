"""The weights of multilingual-e5-small as float32, unpacked once into a file that processes map and share (85 MB)."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import platformdirs

from nlp.encoders.e5_file import SHA256, E5File, Floats, unpacked

UNPACKED_SHA256 = "729f2f19a5eb281825aa0505e19f99979cb82c8b05296d074bcc264f80741274"
"""Of the unpacked weights. Unpacking only multiplies small whole numbers by a float16, so every machine gets these bytes."""


class Layer(NamedTuple):
    """Matrices have a row for each output. The first is for query, key and value at once: (3 * width, width)."""

    attend: Floats
    attend_bias: Floats
    merge: Floats
    merge_bias: Floats
    merge_norm: tuple[Floats, Floats]
    widen: Floats
    widen_bias: Floats
    narrow: Floats
    narrow_bias: Floats
    narrow_norm: tuple[Floats, Floats]


def layers(file: E5File, cache: Path | None = None) -> list[Layer]:
    """Every layer, on memory that is shared with other processes; private where `cache` cannot be written."""
    flat = _shared(file, (cache or platformdirs.user_cache_path("reviewstream") / "encoders") / f"e5-{SHA256[:16]}.f32")
    width, inner = file.shape.width, file.shape.inner
    sizes = [(3 * width, width), (width, width), (inner, width), (width, inner)]
    made, at = [], 0
    for number in range(file.shape.layers):
        matrices = []
        for rows, columns in sizes:
            matrices.append(flat[at : at + rows * columns].reshape(rows, columns))
            at += rows * columns
        made.append(_layer(file, f"l{number}.", matrices))
    return made


def _layer(file: E5File, name: str, matrices: list[Floats]) -> Layer:
    attend, merge, widen, narrow = matrices
    biases = np.concatenate([file.floats(f"{name}{part}.b") for part in "qkv"])
    merge_norm = (file.floats(f"{name}aln.w"), file.floats(f"{name}aln.b"))
    narrow_norm = (file.floats(f"{name}oln.w"), file.floats(f"{name}oln.b"))
    return Layer(
        attend, biases, merge, file.floats(f"{name}ao.b"), merge_norm,
        widen, file.floats(f"{name}fi.b"), narrow, file.floats(f"{name}fo.b"), narrow_norm,
    )  # fmt: skip


def _matrices(file: E5File) -> Iterator[Floats]:
    for number in range(file.shape.layers):
        for part in ("q", "k", "v", "ao", "fi", "fo"):
            yield unpacked(file.packed(f"l{number}.{part}.w"))


def _shared(file: E5File, path: Path) -> Floats:
    """What `path` holds, made first if it is missing or damaged."""
    if (mapped := _intact(path)) is not None:
        return mapped
    try:
        _make(file, path)
    except OSError:
        pass  # no place, or no space: private memory does
    else:
        if (mapped := _intact(path)) is not None:
            return mapped
    return np.concatenate([matrix.ravel() for matrix in _matrices(file)])


def _make(file: E5File, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        made = Path(folder) / path.name
        with made.open("wb") as out:
            for matrix in _matrices(file):
                out.write(matrix.tobytes())
        made.replace(path)  # at once: another process sees all of it or nothing


def _intact(path: Path) -> Floats | None:
    try:
        mapped: Floats = np.asarray(np.memmap(path, np.float32, "r"))
    except (OSError, ValueError):
        return None
    return mapped if hashlib.sha256(mapped.data).hexdigest() == UNPACKED_SHA256 else None
