"""Rate limiting for readers of the log."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def paced(batches: Iterator[Sequence[T]], rate: float | None) -> Iterator[Sequence[T]]:
    """The same batches, on average no more than `rate` items a second; it pauses after each batch is processed."""
    began, done = time.monotonic(), 0
    for batch in batches:
        yield batch
        if rate is not None:
            done += len(batch)
            time.sleep(max(began + done / rate - time.monotonic(), 0))


def burst(batch: int, rate: float | None) -> int:
    """A batch size of at most one second's worth of items."""
    return batch if rate is None else min(batch, max(int(rate), 1))
