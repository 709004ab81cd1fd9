"""The encoder of each head, loaded. Loads nothing at import time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from nlp.heads.kinds import Kind
from nlp.vectors import Vectors


class Encoder(Protocol):
    """Texts as vectors of length 1."""

    @property
    def name(self) -> str:
        """With its version: only vectors of one name can be compared."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape (n, dimensions); any string has one, whatever else is in the call."""
        ...


def encoder_of(kind: Kind) -> Encoder:
    """Raises Unavailable where it is not installed and cannot be fetched."""
    if kind.name == "multilingual":
        from nlp.encoders.e5_numpy import E5Encoder

        return E5Encoder()
    from nlp.encoders import models
    from nlp.encoders.onnx import load

    return load(models.MINILM if kind.name == "minilm" else models.E5_SMALL)
