"""Somebody who appends events all the time."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self
from uuid import UUID, uuid4

from eventstore.log import EventLog
from eventstore.model import NewEvent


class Writer:
    """Appends versions 1, 2, … to some reviews in turn, until the block ends. All of one type: then one topic shows the order."""

    def __init__(self, log: EventLog, *, reviews: int = 30, pause: float = 0.01) -> None:
        self._log, self._pause, self._stop = log, pause, threading.Event()
        self.versions: dict[UUID, int] = dict.fromkeys((uuid4() for _ in range(reviews)), 0)
        self._thread = threading.Thread(target=self._run)
        self._failed: BaseException | None = None

    @property
    def written(self) -> int:
        return sum(self.versions.values())

    def append(self) -> None:
        """One more version of each review, in one transaction."""
        some = [
            NewEvent(UUID(int=1), review, version + 1, "review.collected", b"state", uuid4(), uuid4(), uuid4())
            for review, version in self.versions.items()
        ]
        assert not self._log.append(some).conflicts
        self.versions = {review: version + 1 for review, version in self.versions.items()}

    def expected(self) -> dict[bytes, list[int]]:
        """What a reader finds by key when nothing is missing, doubled or out of order."""
        return {str(review).encode(): list(range(1, last + 1)) for review, last in self.versions.items()}

    def stop(self) -> None:
        """No more from now on."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stop.wait(self._pause):
                self.append()
        except BaseException as error:  # noqa: BLE001 - told to whoever ends the block
            self._failed = error

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if self._failed is not None:
            raise self._failed
