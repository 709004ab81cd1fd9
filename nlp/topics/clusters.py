"""Spherical k-means: groups of unit vectors around mean directions, from seeded or given centres."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from nlp.vectors import Vectors

Groups = npt.NDArray[np.intp]
ROUNDS = 50
BLOCK = 20_000


def cold(vectors: Vectors, count: int, *, seed: int, starts: int = 3, rounds: int = ROUNDS) -> tuple[Vectors, Groups]:
    """`count` centres and the group of each row, from the best of some seeded starts."""
    best: tuple[float, Vectors, Groups] | None = None
    for start in range(starts):
        centres, groups = settle(vectors, _first(vectors, count, seed + start), rounds=rounds)
        tightness = float(np.einsum("ij,ij->i", vectors, centres[groups], dtype=np.float64).mean())
        if best is None or tightness > best[0] + 1e-9:
            best = (tightness, centres, groups)
    assert best is not None
    return best[1], best[2]


def _first(vectors: Vectors, count: int, seed: int) -> Vectors:
    """Rows far from each other, by the lot of k-means++ (Arthur and Vassilvitskii 2007) on angles."""
    random = np.random.default_rng(seed)
    chosen = [int(random.integers(len(vectors)))]
    apart = np.full(len(vectors), np.inf)
    for _ in range(count - 1):
        apart = np.minimum(apart, np.maximum(1 - vectors @ vectors[chosen[-1]], 0).astype(np.float64))
        total = apart.sum()
        share = apart / total if total > 0 else np.full(len(vectors), 1 / len(vectors))
        chosen.append(int(random.choice(len(vectors), p=share)))
    return vectors[chosen]


def settle(
    vectors: Vectors, centres: Vectors, *, fixed: Collection[int] = (), rounds: int = ROUNDS
) -> tuple[Vectors, Groups]:
    """Move centres to the mean of their rows until no row changes; `fixed` ones stay, and so does one without rows."""
    centres = unit(centres.astype(np.float32))
    groups = nearest(vectors, centres)
    for _ in range(rounds):
        sums = _sums(vectors, groups, len(centres))
        stay = np.isin(np.arange(len(centres)), list(fixed)) | (np.bincount(groups, minlength=len(centres)) == 0)
        centres = np.where(stay[:, None], centres, unit(sums))
        again = nearest(vectors, centres)
        if np.array_equal(again, groups):
            break
        groups = again
    return centres, groups


def _sums(vectors: Vectors, groups: Groups, count: int) -> Vectors:
    """The sum of each group's rows, which has the direction of their mean."""
    from scipy.sparse import csr_matrix

    rows = np.arange(len(vectors))
    members = csr_matrix((np.ones(len(vectors), np.float32), (groups, rows)), shape=(count, len(vectors)))
    return np.asarray(members @ vectors, np.float32)


def nearest(vectors: Vectors, centres: Vectors) -> Groups:
    """The index of each row's nearest centre."""
    blocks = [(vectors[i : i + BLOCK] @ centres.T).argmax(axis=1) for i in range(0, len(vectors), BLOCK)]
    return np.concatenate(blocks) if blocks else np.empty(0, np.intp)


def unit(rows: Vectors) -> Vectors:
    """Each row at length 1."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), np.float32)
