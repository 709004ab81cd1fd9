"""Connect is killed while it publishes."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from connectors.kafka import bootstrap
from debezium.slots import slots
from embedded.connect import Connect
from embedded.server import Server
from reviewstream.wiring.capture import slot_names
from tests.debezium.conftest import World
from tests.debezium.reading import Reader, by_review
from tests.debezium.writing import Writer
from tests.waiting import until


@contextmanager
def killed(server: Server, how: int) -> Iterator[None]:
    """Dead while the block lasts; then started again, whatever happened: other tests use it, too."""
    assert server.pid is not None
    os.kill(server.pid, how)
    until(lambda: server.pid is None, otherwise="it survived")
    try:
        yield
    finally:
        server.start()


@pytest.mark.long
def test_a_kill_loses_doubles_and_reorders_nothing(world: Callable[..., World], connect: Connect) -> None:
    here = world()
    here.capturing.register("outbox")
    reader = Reader(bootstrap(here.kafka), [f"{here.label}reviews.collected"])
    with Writer(here.parts.event_log, pause=0.05) as writer:
        until(lambda: reader.poll() and len(reader.found) > 300, otherwise="nothing is published")
        with killed(connect, signal.SIGKILL):
            seen, waits = len(reader.rest(quiet=0.3)), retained(here)
            until(lambda: writer.written > seen + 600, otherwise="the writer stands still")
            until(lambda: retained(here) > waits + 50_000, otherwise="no WAL waits for the slot")
        until(lambda: reader.poll() and len(reader.found) > seen + 100, otherwise="it does not go on")
    found = reader.until(writer.written, 120) and reader.rest(quiet=1)
    assert by_review(found) == writer.expected()
    until(lambda: here.capturing.status("outbox").runs, otherwise="it does not say that it runs")


def retained(here: World) -> int:
    """As `reviewstream status` has it, whether or not Connect answers."""
    with here.parts.eventstore_pool.connection() as connection:
        (slot,) = slots(connection, slot_names(here.parts.settings))
    return slot.retained_bytes


@pytest.mark.long
@pytest.mark.parametrize("which", ["postgres", "kafka"])
def test_it_goes_on_by_itself_when_a_server_comes_back(
    which: str, world: Callable[..., World], request: pytest.FixtureRequest
) -> None:
    here = world()
    server: Server = request.getfixturevalue(which)
    here.capturing.register("outbox")
    writer = Writer(here.parts.event_log)
    writer.append()
    reader = Reader(bootstrap(here.kafka), [f"{here.label}reviews.collected"])
    assert len(reader.until(30)) == 30
    with killed(server, server.death_signal):  # of PostgreSQL the postmaster, which takes its children along
        pass
    writer.append()
    reader.until(60, 120)
    assert by_review(reader.rest()) == writer.expected()
    until(lambda: here.capturing.status("outbox").runs, otherwise="it does not say that it runs")
