"""The `eventsourcing` library's subscription, woken by our notifications."""

# mypy: disallow-subclassing-any=False
# (our settings skip the library's own types, so its base classes are Any here)

from __future__ import annotations

from collections.abc import Sequence
from threading import Thread
from typing import Any

from eventsourcing.persistence import ListenNotifySubscription

from eventstore.wakeup import Wakeup

_LISTEN_SECONDS = 0.1


class NotificationStream(ListenNotifySubscription[Any]):
    """Iterates over recorded events and those that follow; use it as a context manager."""

    def __init__(self, recorder: Any, gt: int | None = None, topics: Sequence[str] = ()) -> None:
        super().__init__(recorder=recorder, gt=gt, topics=topics)
        self._listener = Thread(target=self._listen, name="event-log-subscription")
        self._listener.start()

    def __exit__(self, *args: object, **kwargs: Any) -> None:
        try:
            super().__exit__(*args, **kwargs)
        finally:
            self._listener.join()

    def _listen(self) -> None:
        wakeup = Wakeup(self._recorder.url)
        try:
            while not self._has_been_stopped and not self._thread_error:
                if wakeup.wait(_LISTEN_SECONDS):
                    self._has_been_notified.set()
        finally:
            wakeup.close()
