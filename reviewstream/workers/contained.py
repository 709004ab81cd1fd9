"""A part of the tailer that waits, instead of ending all the others, while the store that it writes is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from eventstore.subscription import Subscription
from schemas.errors import StoreLost
from telemetry.metrics import PART_FAILING

log = structlog.get_logger(__name__)
PAUSE = 5.0
"""Seconds between two looks whether the store was recovered."""


class Contained:
    """Runs a part again and again while its store is lost; `trouble` says so meanwhile. Every other error ends it.

    `as_lost` tells from an error whether that is its cause. A restart of the process would change nothing, and its crash
    loop would hold up the saga, whose steps the same process feeds.
    """

    def __init__(
        self,
        name: str,
        run: Callable[[threading.Event], None],
        as_lost: Callable[[Exception], StoreLost | None],
        *,
        check: Callable[[], object] = lambda: None,
        subscription: Subscription | None = None,
        pause: float = PAUSE,
    ) -> None:
        """`check` raises while the store is lost. `subscription` is what the part feeds: it does not count as stalled."""
        self.trouble = ""
        self._name, self._run, self._as_lost, self._check = name, run, as_lost, check
        self._subscription, self._pause = subscription, pause

    def run(self, stop: threading.Event) -> None:
        """Run until `stop` is set. Raises the errors that are not StoreLost."""
        while not stop.is_set():
            try:
                self._check()
                self._settled()
                return self._run(stop)
            except Exception as error:
                if (lost := self._as_lost(error)) is None:
                    raise
                self._wait(lost, stop)
        return None

    def _wait(self, lost: StoreLost, stop: threading.Event) -> None:
        if not self.trouble:
            log.error("store.lost", subscriber=self._name, why=str(lost))
        self.trouble = f"{self._name} waits: {lost}"
        PART_FAILING.labels(self._name).set(1)
        if self._subscription is not None:
            self._subscription.handled = -1
        stop.wait(self._pause)

    def _settled(self) -> None:
        if self.trouble:
            log.info("store.recovered", subscriber=self._name)
        self.trouble = ""
        PART_FAILING.labels(self._name).set(0)
