"""Parts of the tailer that are built when they first run: their store may be lost, and then the others run all the same."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import cached_property

from eventstore.model import RecordedEvent
from eventstore.subscription import Handler


class LazyHandler:
    """Implements eventstore.subscription.Handler by one that `build` makes, when its position is first asked for."""

    def __init__(self, name: str, build: Callable[[], Handler]) -> None:
        self.name, self._build = name, build

    @cached_property
    def _handler(self) -> Handler:
        return self._build()

    def position(self) -> int:
        """Its position. Raises what building it raises, and tries again the next time."""
        return self._handler.position()

    def handle(self, events: Sequence[RecordedEvent]) -> None:
        """Hand the events on."""
        self._handler.handle(events)


def lazily(build: Callable[[], Callable[[threading.Event], None]]) -> Callable[[threading.Event], None]:
    """A `run` that has `build` make the real one, once."""
    built: list[Callable[[threading.Event], None]] = []

    def run(stop: threading.Event) -> None:
        if not built:
            built.append(build())
        built[0](stop)

    return run
