"""Connect is killed while it publishes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

from connectors.kafka import bootstrap
from reviewstream.embedded.connect import Connect
from tests.debezium.conftest import World
from tests.debezium.reading import Reader, by_review
from tests.debezium.waiting import until
from tests.debezium.writing import Writer


def test_a_kill_loses_doubles_and_reorders_nothing(world: Callable[..., World], connect: Connect) -> None:
    here = world()
    here.capturing.register("outbox")
    reader = Reader(bootstrap(here.kafka), [f"{here.label}reviews.collected"])
    with Writer(here.parts.event_log, pause=0.05) as writer:
        until(lambda: reader.poll() and len(reader.found) > 300, "nothing is published", 30)
        assert connect.pid is not None
        os.kill(connect.pid, signal.SIGKILL)
        until(lambda: connect.pid is None, "it survived", 10)
        killed, seen = time.monotonic(), len(reader.rest(quiet=0.3))
        waits = retained(here)
        until(lambda: writer.written > seen + 600, "the writer stands still", 30)
        assert retained(here) > waits + 50_000, "WAL waits for the slot"
        connect.start()
        up = time.monotonic()
        until(lambda: reader.poll() and len(reader.found) > seen + 100, "it does not go on", 60)
        print(f"again after {time.monotonic() - killed:.1f} s, {time.monotonic() - up:.1f} s after its start")
    found = reader.until(writer.written, 60) and reader.rest(quiet=1)
    assert by_review(found) == writer.expected()
    until(lambda: here.capturing.status("outbox").runs, "it does not say that it runs", 20)


def retained(here: World) -> int:
    from reviewstream.status import _slots

    (slot,) = _slots(here.parts)
    return slot.retained_bytes
