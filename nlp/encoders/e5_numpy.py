"""multilingual-e5-small on numpy: a vector for a text in any of a hundred languages, near those of the same meaning.

L. Wang et al., "Multilingual E5 Text Embeddings" (2024). A BERT of 12 layers and 384 dimensions, its mean over tokens. Texts of one
batch lie behind one another without padding, so a matrix product covers all of their tokens; attention runs by length.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np

from nlp.encoders.e5_batches import batches, runs
from nlp.encoders.e5_file import PACKAGE, E5File, Floats, unpacked
from nlp.encoders.e5_tokens import MAX_TOKENS, E5Tokenizer
from nlp.encoders.e5_weights import Layer, layers

BATCH_TOKENS = 768
"""Of one batch: enough for full speed of a matrix product, few enough to stay in the processor's cache."""
_GELU_ROWS = 64  # so that a piece stays in the cache while it is worked on
_GELU = (-2 * 0.7978845608, -2 * 0.7978845608 * 0.044715)  # its tanh form, as x / (1 + exp(a x + b x^3))


class E5Encoder:
    """Not thread-safe: one for each process. `texts` and `truncated` count what it was given and what it cut."""

    def __init__(
        self,
        path: Path | None = None,
        *,
        cache: Path | None = None,
        depth: int | None = None,
        max_tokens: int = MAX_TOKENS,
    ) -> None:
        """Take about 2 s. `depth` layers are run, all by default. Raises Unavailable where the weights are not installed."""
        file = E5File(path)
        self._shape = file.shape
        self._tokenizer = E5Tokenizer(file.pieces, max_tokens)
        self._words = file.packed("emb.word")
        self._positions = (
            file.floats("emb.pos").reshape(-1, file.shape.width) + file.floats("emb.type")[: file.shape.width]
        )
        self._norm = (file.floats("emb.ln.w"), file.floats("emb.ln.b"))
        self._layers = layers(file, cache)[:depth]
        self._scale = np.float32((file.shape.width // file.shape.heads) ** -0.5)
        self.texts = self.truncated = 0
        self.name = f"multilingual-e5-small ({PACKAGE} {version(PACKAGE)})"

    def embed(self, texts: Sequence[str]) -> Floats:
        """A vector of length 1 for each text, in order: (n, 384). Any string has one.

        A text is read up to MAX_TOKENS tokens and MAX_CHARACTERS characters. What else is in the same call moves a vector by less than 2e-5.
        """
        tokens = self._tokenizer.tokens(texts)
        self.texts += len(texts)
        self.truncated += sum(each.cut for each in tokens)
        vectors = np.empty((len(texts), self._shape.width), np.float32)
        for batch in batches([len(each.ids) for each in tokens], BATCH_TOKENS):
            vectors[batch] = self._vectors([tokens[i].ids for i in batch])
        return vectors

    def _vectors(self, batch: list[list[int]]) -> Floats:
        """Of texts that are sorted by length."""
        lengths = [len(ids) for ids in batch]
        x = self._embedded(batch)
        for layer in self._layers:
            x = self._transformed(x, layer, lengths)
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        means: Floats = np.add.reduceat(x, starts, 0)
        means /= np.linalg.norm(means, axis=1, keepdims=True)
        return means

    def _embedded(self, batch: list[list[int]]) -> Floats:
        words, places = np.unique(np.concatenate(batch), return_inverse=True)
        x: Floats = unpacked(self._words[words])[places]
        x += np.concatenate([self._positions[: len(ids)] for ids in batch])
        return self._normed(x, self._norm)

    def _transformed(self, x: Floats, layer: Layer, lengths: list[int]) -> Floats:
        y = self._attended(_affine(x, layer.attend, layer.attend_bias), lengths)
        y = _affine(y, layer.merge, layer.merge_bias)
        y += x
        x = self._normed(y, layer.merge_norm)
        y = _affine(_gelu(_affine(x, layer.widen, layer.widen_bias)), layer.narrow, layer.narrow_bias)
        y += x
        return self._normed(y, layer.narrow_norm)

    def _attended(self, qkv: Floats, lengths: list[int]) -> Floats:
        """Each token's values of its own text, weighed by query and key."""
        width, heads = self._shape.width, self._shape.heads
        out = np.empty((len(qkv), width), np.float32)
        at = 0
        for length, many in runs(lengths):
            end = at + length * many
            query, key, value = qkv[at:end].reshape(many, length, 3, heads, -1).transpose(2, 0, 3, 1, 4)
            weights = query @ key.swapaxes(2, 3)
            weights *= self._scale
            weights -= weights.max(-1, keepdims=True)
            np.exp(weights, out=weights)
            weights /= weights.sum(-1, keepdims=True)
            out[at:end] = (weights @ value).swapaxes(1, 2).reshape(-1, width)
            at = end
        return out

    def _normed(self, x: Floats, norm: tuple[Floats, Floats]) -> Floats:
        """In place: mean 0 and variance 1 in each row, then times and plus."""
        x -= x.mean(1, keepdims=True)
        variance = np.einsum("ij,ij->i", x, x) / np.float32(x.shape[1])
        x *= (1 / np.sqrt(variance + np.float32(self._shape.epsilon)))[:, None]
        x *= norm[0]
        x += norm[1]
        return x


def _affine(x: Floats, weights: Floats, bias: Floats) -> Floats:
    y: Floats = x @ weights.T
    y += bias
    return y


def _gelu(x: Floats) -> Floats:
    """In place. The tanh form: within 5e-4 of the exact one, which changes a vector's cosine by less than 1e-4."""
    linear, cubic = map(np.float32, _GELU)
    with np.errstate(
        over="ignore"
    ):  # exp of a very negative value's counterpart is infinite, and x / infinity is right
        for first in range(0, len(x), _GELU_ROWS):
            part = x[first : first + _GELU_ROWS]
            power = part * part
            power *= cubic
            power += linear
            power *= part
            np.exp(power, out=power)
            power += 1
            part /= power
    return x
