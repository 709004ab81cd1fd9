"""Encoders for what somebody asks, by the names that stand beside the vectors of reviews."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from nlp.encoders.models import MODELS

Embed = Callable[[str, str], "tuple[int, ...] | None"]
"""(encoder, text): signed bytes as numbers, or None for an encoder that this installation does not have."""


def embed(encoder: str, text: str) -> tuple[int, ...] | None:
    """The text as that encoder has it (about a second, most of it for loading). Raises Unavailable without the model's files."""
    loaded = _loaded(encoder)
    if loaded is None:
        return None
    from nlp.vectors import packed  # numpy, too, is for those alone who embed something

    vector = loaded.embed([text])[0]
    return tuple(memoryview(packed(vector)).cast("b").tolist())


def _loaded(encoder: str) -> Any:
    # Imported here: neither belongs into the start of a command that embeds nothing.
    for model in MODELS:
        if model.name == encoder:
            from nlp.encoders.onnx import load

            return load(model)
    if encoder == _multilingual():
        from nlp.encoders.e5_numpy import E5Encoder

        return E5Encoder()
    return None


def _multilingual() -> str | None:
    """E5Encoder.name, without its two seconds of loading; None where its package is not installed."""
    from nlp.encoders.e5_file import PACKAGE

    try:
        return f"multilingual-e5-small ({PACKAGE} {version(PACKAGE)})"
    except PackageNotFoundError:
        return None
