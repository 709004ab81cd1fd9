"""Which texts go through the model together."""

from __future__ import annotations

from collections.abc import Iterator


def batches(lengths: list[int], budget: int) -> Iterator[list[int]]:
    """Indices by length, as many in a batch as have `budget` tokens together; one at least."""
    batch: list[int] = []
    tokens = 0
    for i in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and tokens + lengths[i] > budget:
            yield batch
            batch, tokens = [], 0
        batch.append(i)
        tokens += lengths[i]
    if batch:
        yield batch


def runs(lengths: list[int]) -> Iterator[tuple[int, int]]:
    """Each length with how many texts have it, in order."""
    first = 0
    for i in range(1, len(lengths) + 1):
        if i == len(lengths) or lengths[i] != lengths[first]:
            yield lengths[first], i - first
            first = i
