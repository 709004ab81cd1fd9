"""A reader that takes its time."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def paced(batches: Iterator[Sequence[T]], rate: float | None) -> Iterator[Sequence[T]]:
    """The same batches, on average no more than `rate` items a second; the pause comes after a batch was worked on."""
    began, done = time.monotonic(), 0
    for batch in batches:
        yield batch
        if rate is not None:
            done += len(batch)
            time.sleep(max(began + done / rate - time.monotonic(), 0))


def burst(batch: int, rate: float | None) -> int:
    """A size of batches that is no more than a second's worth."""
    return batch if rate is None else min(batch, max(int(rate), 1))
