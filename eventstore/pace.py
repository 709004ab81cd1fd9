"""Rate limiting for readers of the log."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


class Pace:
    """Keeps the average since its beginning at no more than `rate` items a second; None means as fast as can be."""

    def __init__(self, rate: float | None) -> None:
        self._rate, self._began, self._done = rate, time.monotonic(), 0

    def wait(self, items: int) -> None:
        """So many more are done: pause for as long as they should have taken."""
        self._done += items
        if self._rate is not None:
            time.sleep(max(self._began + self._done / self._rate - time.monotonic(), 0))


def paced(batches: Iterator[Sequence[T]], rate: float | None) -> Iterator[Sequence[T]]:
    """The same batches, on average no more than `rate` items a second; it pauses after each batch is processed."""
    pace = Pace(rate)
    for batch in batches:
        yield batch
        pace.wait(len(batch))


def burst(batch: int, rate: float | None) -> int:
    """A batch size of at most one second's worth of items."""
    return batch if rate is None else min(batch, max(int(rate), 1))
