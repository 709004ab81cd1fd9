"""Texts as vectors by a quantised model of the BERT kind, run by onnxruntime on one thread.

Each text is run by itself. The model measures the range of its activations at run time, over all that it is given:
in a batch a text's vector would depend on its neighbours (cosines down to .97), and an analysis could not be repeated.
Without padding that costs little. Equal texts of a call are run once; short and long ones in order of length, so that
memory is asked for in a few sizes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nlp.encoders.files import files_of
from nlp.encoders.models import Model

Vectors = npt.NDArray[np.float32]
MAX_TOKENS = 256
"""Of a text, the prefix and both marks included; what follows is cut. The models have seen 512 and 256 in training."""
DIMENSIONS = 384


class OnnxEncoder:
    """One model with its tokenizer. Not thread-safe: one for each thread or process."""

    def __init__(
        self, model: Path, tokenizer: Path, *, name: str = "", prefix: str = "", max_tokens: int = MAX_TOKENS
    ) -> None:
        """Load both (0.5 s). `prefix` precedes every text; `name` is for results."""
        self.name = name
        import onnxruntime as ort
        from tokenizers import Tokenizer

        options = ort.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._inputs = [each.name for each in self._session.get_inputs()]
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)
        self._prefix, self._max_tokens = prefix, max_tokens
        self.truncated = 0
        """How many texts were longer than `max_tokens` so far, each counted every time."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector of length 1 for each text, shape (n, 384). Any string has one: empty, huge, lone surrogates."""
        different = list(dict.fromkeys(texts))
        ids = self._ids(different)
        vectors = np.empty((len(different), DIMENSIONS), np.float32)
        for i in sorted(range(len(different)), key=lambda i: len(ids[i])):
            vectors[i] = self._vector(ids[i])
        place = {text: i for i, text in enumerate(different)}
        return vectors[[place[text] for text in texts]]

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        # A word has at most 100 characters for these tokenizers, so far more than the cut's worth is never looked at.
        longest = self._max_tokens * 100
        found = [self._tokenizer.encode(self._prefix + _encodable(text[:longest])) for text in texts]
        self.truncated += sum(
            bool(each.overflowing) or len(text) > longest for each, text in zip(found, texts, strict=True)
        )
        return [each.ids for each in found]

    def _vector(self, ids: Sequence[int]) -> Vectors:
        """The mean of the last layer over the tokens, at length 1."""
        given = np.array([ids], np.int64)
        arrays = {
            "input_ids": given,
            "attention_mask": np.ones_like(given),
            "token_type_ids": np.zeros_like(given),
        }
        (hidden,) = self._session.run(None, {name: arrays[name] for name in self._inputs})
        mean: Vectors = hidden[0].mean(axis=0)
        return mean / np.float32(max(float(np.linalg.norm(mean)), 1e-12))


def _encodable(text: str) -> str:
    """Without lone surrogates, which no tokenizer takes."""
    return text.encode("utf-8", "replace").decode()


def load(model: Model) -> OnnxEncoder:
    """The encoder of a listed model, whose files are fetched if they are missing. Raises Unavailable."""
    files = files_of(model)
    return OnnxEncoder(files.onnx, files.tokenizer, name=model.name, prefix=model.prefix)
