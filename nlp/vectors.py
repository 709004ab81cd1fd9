"""Vectors as events carry them: one signed byte a number."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
_LARGEST = 127


def packed(vector: npt.NDArray[np.floating]) -> bytes:
    """Scaled so that its largest number is 127, and rounded: the cosine with the original is above .9999."""
    largest = float(np.abs(vector).max(initial=0.0))
    numbers: npt.NDArray[np.int8] = np.rint(vector * (_LARGEST / largest if largest else 0.0)).astype(np.int8)
    return bytes(numbers.data)


def unpacked(vectors: list[bytes]) -> Vectors:
    """Rows of length 1, shape (n, dimensions); all must have as many numbers. A row of zeros stays one."""
    if not vectors:
        return np.empty((0, 0), np.float32)
    rows = np.frombuffer(b"".join(vectors), np.int8).reshape(len(vectors), -1).astype(np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    found: Vectors = rows / np.maximum(lengths, 1e-12)
    return found
