"""From the tailer to Debezium and back while events come: nothing is missing, and each review's events are in order."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest

from connectors.kafka import bootstrap
from debezium.captures import OUTBOX
from eventstore.model import NewEvent
from eventstore.subscription import Subscription
from eventstore.tail import SharedTail, Wakeup
from operations.publishers import PUBLIC
from reviewstream.bootstrap import Bootstrap
from schemas.errors import InvalidInput, Unavailable
from tests.debezium.conftest import World
from tests.debezium.reading import Reader, by_review, header
from tests.debezium.writing import Writer
from tests.waiting import until


@contextmanager
def tailer(parts: Bootstrap) -> Iterator[None]:
    """What the worker runs for the public topics."""
    stop = threading.Event()
    tail = SharedTail(parts.event_log, Wakeup(parts.settings.url("eventstore")))
    subscription = Subscription(parts.publishers.make(PUBLIC), tail)
    thread = threading.Thread(target=subscription.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        tail.close()


def taken(reader: Reader, writer: Writer) -> dict[bytes, list[int]]:
    """What has come by now of this writer's reviews."""
    reader.take()
    return {key: versions for key, versions in by_review(reader.found).items() if key in writer.expected()}


def first_seen(found: dict[bytes, list[int]]) -> dict[bytes, list[int]]:
    """What a reader has who leaves out what it saw before, as it may come again."""
    return {review: list(dict.fromkeys(versions)) for review, versions in found.items()}


def in_runs(versions: list[int]) -> bool:
    """Whether every step forward is by one: what comes again is a piece that goes on to where it was, and beyond."""
    return all(after <= before + 1 for before, after in itertools.pairwise(versions))


def test_there_and_back_while_events_come(world: Callable[..., World]) -> None:
    by_tailer = world(public_topics="tailer", label="")
    parts = by_tailer.parts
    by_debezium = by_tailer.as_settings(public_topics="debezium")
    reader = Reader(bootstrap(by_tailer.kafka), ["reviews.collected"], from_now=True)
    with Writer(parts.event_log, pause=0.05) as writer:
        seen: dict[bytes, list[int]] = {}

        def published() -> int:
            nonlocal seen
            seen = taken(reader, writer)
            return min((max(versions) for versions in seen.values()), default=0) if len(seen) == 30 else 0

        with tailer(parts):
            until(lambda: published() > 3, otherwise="the tailer does not publish")
            assert not by_tailer.capturing.register("outbox").runs
            with pytest.raises(InvalidInput, match="REVIEWSTREAM_PUBLIC_TOPICS=debezium"):
                by_tailer.capturing.resume("outbox")
        behind = parts.positions.get(PUBLIC)
        by_debezium.resume("outbox")
        assert parts.event_log.head() > behind
        there = max(writer.versions.values())
        until(lambda: published() > there, otherwise="Debezium does not publish")
        assert by_debezium.remove("outbox"), "it was asked to publish all that stood in the log, and did not"
        back = max(writer.versions.values())
        assert parts.positions.get(PUBLIC) >= 30 * there
        with tailer(parts):
            until(lambda: published() > back, otherwise="the tailer does not go on")
        with tailer(parts):
            writer.stop()
            until(lambda: published() == max(writer.versions.values()), otherwise="the end is missing")
    assert first_seen(seen) == writer.expected()
    assert [versions for versions in seen.values() if not in_runs(versions)] == []


@pytest.mark.long
def test_what_the_tailer_left_is_published_before_debezium_begins(world: Callable[..., World]) -> None:
    here = world(label="")
    reader = Reader(bootstrap(here.kafka), ["reviews.collected"], from_now=True)
    writer = Writer(here.parts.event_log, reviews=3)
    for _ in range(5):
        writer.append()
    assert here.capturing.register("outbox").runs
    writer.append()

    until(lambda: sum(map(len, taken(reader, writer).values())) >= writer.written, otherwise="something is missing")
    assert taken(reader, writer) == writer.expected()


@pytest.mark.long
def test_where_the_tailer_publishes_the_connector_stands_still(world: Callable[..., World]) -> None:
    here = world()
    assert here.capturing.register("outbox").runs
    here.as_settings(public_topics="tailer").refresh()
    assert here.capturing.status("outbox").connector == "STOPPED"
    here.capturing.refresh()
    assert here.capturing.status("outbox").runs


@pytest.mark.long
def test_a_slot_that_was_lost_leaves_no_gap(world: Callable[..., World]) -> None:
    here = world(label="")
    reader = Reader(bootstrap(here.kafka), ["reviews.collected"], from_now=True)
    writer = Writer(here.parts.event_log, reviews=3)
    here.capturing.register("outbox")
    writer.append()
    here.capturing.pause("outbox")
    source = here.capturing.source(OUTBOX)
    source.release(OUTBOX)
    writer.append()
    with pytest.raises(Unavailable, match="register outbox"):
        here.capturing.resume("outbox")
    writer.append()
    assert here.capturing.register("outbox").runs
    writer.append()

    until(lambda: first_seen(taken(reader, writer)) == writer.expected(), otherwise="something is missing")
    assert all(map(in_runs, taken(reader, writer).values()))


def test_an_event_without_a_public_topic_stops_no_other(world: Callable[..., World]) -> None:
    here = world()
    here.capturing.register("outbox")
    writer = Writer(here.parts.event_log, reviews=3)
    stranger = NewEvent(uuid4(), uuid4(), 1, "review.of_tomorrow", b"state", uuid4(), None, uuid4())
    here.parts.event_log.append([stranger])
    writer.append()
    known = Reader(bootstrap(here.kafka), [f"{here.label}reviews.collected"])
    assert len(known.until(3)) == 3
    (aside,) = Reader(bootstrap(here.kafka), [f"{here.label}cdc.eventstore.unrouted"]).until(1)
    assert (aside.key(), aside.value()) == (str(stranger.stream_id).encode(), b"state")
    assert header(aside, "ce_type") == "review.of_tomorrow"
