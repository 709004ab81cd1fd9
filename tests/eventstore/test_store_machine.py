"""Whatever is done to the store, in any order and by several writers at once, it does what a small model does.

`make properties` runs it a thousand times.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field
from operator import itemgetter
from threading import Barrier
from typing import ClassVar
from uuid import UUID, uuid5

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from structlog.testing import capture_logs

from connectors.postgres import open_pool
from eventstore.log import EventLog
from eventstore.model import AppendResult, Conflict, NewEvent
from eventstore.tail import SharedTail, Wakeup
from tests.databases import database
from tests.effort import examples
from tests.eventstore.making import TENANT, event
from tests.eventstore.store_model import Model, fold, given, said
from tests.eventstore.store_readers import Reader

RUNS = int(os.environ.get("REVIEWSTREAM_PROPERTY_RUNS", examples(50)))
WRITERS = 4
ROOT, OTHER = UUID(int=7), UUID(int=8)
SOON = 20.0
"""Seconds in which what stands in the log must reach a reader."""

# (stream, version relative to the newest, rival): few of each, so that repeats, conflicts and gaps are common
STREAM, GAPPY, PLACE = st.integers(0, 2), st.integers(3, 4), st.integers(0, 1_000)
REQUEST = st.lists(st.tuples(STREAM, st.integers(-1, 2), st.sampled_from([0, 0, 0, 1])), max_size=5)
NEXT = st.lists(st.tuples(STREAM, st.sampled_from([1, 1, 1, 2, 0]), st.sampled_from([0, 1, 2])), max_size=4)
TOPICS = st.none() | st.sets(st.sampled_from(["test.even", "test.odd", "test.none"]))
TENANTS = st.sampled_from([None, TENANT, OTHER])


@dataclass
class World:
    """One log for all runs, which outlives them; each run's streams are named by the position where it began."""

    writers: list[EventLog]
    tail: SharedTail
    threads: ThreadPoolExecutor
    did: Counter[str] = field(default_factory=Counter)


class StoreMachine(RuleBasedStateMachine):
    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.log = self.world.writers[0]
        self.base = self.log.head()
        self.model = Model()
        self.readers = [Reader(self.world.tail, self.base)]
        self.world.did["runs"] += 1

    def stream(self, number: int) -> UUID:
        return uuid5(ROOT, f"{self.base}/{number}")

    def event(self, number: int, version: int, rival: int = 0) -> NewEvent:
        """The same arguments give the same event, so that it can be repeated."""
        stream = self.stream(number)
        kind, tenant = ("odd" if version % 2 else "even"), (OTHER if number % 2 else TENANT)
        event_id = uuid5(stream, f"{version}/{rival}")
        return event(stream, version, topic=f"test.{kind}", tenant_id=tenant, event_id=event_id, state=event_id.bytes)

    def made(self, choices: Sequence[tuple[int, int, int]]) -> list[NewEvent]:
        return [self.event(n, max(0, self.model.newest(self.stream(n)) + step), rival) for n, step, rival in choices]

    def standing(self, places: Sequence[int]) -> list[NewEvent]:
        """Events of the log; none of an empty one. No rule has a precondition: what is drawn must not depend on races."""
        return [self.model.order[place % len(self.model.order)] for place in places if self.model.order]

    def agree(self, request: Sequence[NewEvent], result: AppendResult, *, contiguous: bool = True) -> None:
        """The model, asked the same, answers the same."""
        expected = self.model.append(request, contiguous=contiguous)
        assert said(result) == expected
        assert result.last_position == self.base + len(self.model.order)
        self.world.did.update(appended=result.appended, skipped=result.skipped, refused=len(result.conflicts))

    @rule(requests=st.lists(REQUEST, min_size=1, max_size=3))
    def append_several_requests_at_once(self, requests: list[list[tuple[int, int, int]]]) -> None:
        asked = [self.made(request) for request in requests]
        for request, result in zip(asked, self.log.append_all(asked), strict=True):
            self.agree(request, result)

    @rule(number=STREAM, count=st.integers(1, 5))
    def append_what_fits(self, number: int, count: int) -> None:
        newest = self.model.newest(self.stream(number))
        request = [self.event(number, version) for version in range(newest + 1, newest + 1 + count)]
        result = self.log.append(request)
        assert result.appended == count
        self.agree(request, result)

    @rule(places=st.lists(PLACE, min_size=1, max_size=6))
    def repeat(self, places: list[int]) -> None:
        request = self.standing(places)
        result = self.log.append(request)
        assert (result.appended, result.skipped, result.conflicts) == (0, len(request), ())
        self.agree(request, result)

    @rule(place=PLACE)
    def append_a_rival(self, place: int) -> None:
        for stands in self.standing([place]):
            self.stand_against(stands, event(stands.stream_id, stands.version))

    def stand_against(self, stands: NewEvent, rival: NewEvent) -> None:
        result = self.log.append([rival])
        assert result.conflicts == (
            Conflict(
                stands.stream_id, stands.version, standing_event_id=stands.event_id, refused_event_id=rival.event_id
            ),
        )
        self.agree([rival], result)

    @rule(number=STREAM, gap=st.integers(1, 3))
    def leave_a_gap(self, number: int, gap: int) -> None:
        request = [self.event(number, self.model.newest(self.stream(number)) + 1 + gap)]
        result = self.log.append(request)
        assert [conflict.standing_event_id for conflict in result.conflicts] == [None]
        self.agree(request, result)

    @rule(number=GAPPY, steps=st.lists(st.integers(-1, 3), min_size=1, max_size=4))
    def leave_a_gap_where_that_is_allowed(self, number: int, steps: list[int]) -> None:
        request, version = list[NewEvent](), self.model.newest(self.stream(number))
        for step in steps:
            version = max(0, version + step)
            request.append(self.event(number, version))
        self.agree(request, self.log.append(request, contiguous=False), contiguous=False)

    @rule(plans=st.lists(st.lists(NEXT, min_size=1, max_size=3), min_size=2, max_size=WRITERS), batch=st.integers(1, 9))
    def race(self, plans: list[list[list[tuple[int, int, int]]]], batch: int) -> None:
        """Several writers at once: the log's positions say in which order they came, and so explain every answer."""
        asked = [[self.made(request) for request in plan] for plan in plans]
        answers = self.at_once(asked, batch)
        for results in answers:
            turns = [turn(result) for result in results]
            assert turns == sorted(turns)  # none was overtaken by what it did later
        came = [
            (turn(result), writer, request, result)
            for writer, (requests, results) in enumerate(zip(asked, answers, strict=True))
            for request, result in zip(requests, results, strict=True)
        ]
        came.sort(key=itemgetter(0))
        for _, _, request, result in came:
            self.agree(request, result)
        writers = [writer for _, writer, _, _ in came]
        self.world.did.update(races=1, interleaved=writers != sorted(writers))

    def at_once(self, asked: Sequence[list[list[NewEvent]]], batch: int) -> list[list[AppendResult]]:
        """What each writer was answered, while a reader followed them."""
        together = Barrier(len(asked))
        logs = self.world.writers[: len(asked)]
        writing = [self.world.threads.submit(write, *each, together) for each in zip(logs, asked, strict=True)]
        try:
            while not all(each.done() for each in writing):
                self.readers[-1].read(batch, timeout=0.01)
        finally:  # or what they still write would stand in the next run's way
            wait(writing)
        return [each.result() for each in writing]

    @rule(place=PLACE)
    def start_a_reader(self, place: int) -> None:
        self.readers.append(Reader(self.world.tail, self.base + place % (len(self.model.order) + 1)))

    @rule(number=PLACE, limit=st.integers(1, 9))
    def read_the_tail(self, number: int, limit: int) -> None:
        reader = self.readers[number % len(self.readers)]
        waits = reader.position() < self.base + len(self.model.order)
        assert (reader.read(limit, timeout=SOON if waits else 0) > 0) == waits

    @rule(number=PLACE, batch=st.integers(1, 9), dies=st.booleans())
    def subscribe(self, number: int, batch: int, dies: bool) -> None:
        self.readers[number % len(self.readers)].follow(self.base + len(self.model.order), batch=batch, dies=dies)

    @rule(number=st.integers(0, 4), after=st.integers(-1, 4), until=st.none() | st.integers(0, 9))
    def read_a_stream(self, number: int, after: int, until: int | None) -> None:
        stream, last = self.stream(number), 10**9 if until is None else until
        expected = [e for e in self.model.order if e.stream_id == stream and after < e.version <= last]
        found = self.log.read_stream(stream, after_version=after, until_version=until)
        assert given(found) == sorted(expected, key=lambda e: e.version)

    @rule(topics=TOPICS)
    def read_all_streams(self, topics: set[str] | None) -> None:
        streams = [self.stream(number) for number in range(5)]
        for stream, found in self.log.read_streams(streams, topics=topics).items():
            fits = [e for e in self.model.order if e.stream_id == stream and (topics is None or e.topic in topics)]
            assert given(found) == sorted(fits, key=lambda e: e.version)

    @rule(first=PLACE, last=PLACE, limit=st.integers(1, 20), topics=TOPICS, tenant=TENANTS)
    def read_ranges(self, first: int, last: int, limit: int, topics: set[str] | None, tenant: UUID | None) -> None:
        """By limit, by page and by count: always the same part of the model."""
        first, last = sorted((first % (len(self.model.order) + 1), last % (len(self.model.order) + 1)))
        passing = passes(topics, tenant)
        expected = [e for e in self.model.order[first:last] if passing(e)]
        after, until = self.base + first, self.base + last
        pages = list(self.log.scan(after, until, topics=topics, tenant_id=tenant, batch=limit))
        assert all(pages)
        assert given(e for page in pages for e in page) == expected
        assert self.log.count(after=after, until=until, topics=topics, tenant_id=tenant) == len(expected)
        found = self.log.read_after(after, limit, until=until, topics=topics, tenant_id=tenant)
        assert given(found) == expected[:limit]

    @rule(place=PLACE, batch=st.integers(1, 20))
    def replay(self, place: int, batch: int) -> None:
        """From the beginning or from any position: the same state."""
        everything = fold(self.model.order)
        for known in (0, place % (len(self.model.order) + 1)):
            state = fold(self.model.order[:known])
            for page in self.log.scan(self.base + known, batch=batch):
                state = fold(page, state)
            assert state == everything

    @invariant()
    def the_head_is_where_the_model_ends(self) -> None:
        assert self.log.head() == self.base + len(self.model.order)

    def teardown(self) -> None:
        recorded = self.log.read_after(self.base, 10_000)
        assert given(recorded) == self.model.order
        assert [e.position for e in recorded] == list(range(self.base + 1, self.base + 1 + len(recorded)))
        for reader in self.readers:
            reader.follow(self.base + len(self.model.order), batch=7)
            assert reader.seen == self.model.order[reader.start - self.base :]


def write(log: EventLog, requests: list[list[NewEvent]], together: Barrier) -> list[AppendResult]:
    together.wait(30)
    return [log.append(request) for request in requests]


def turn(result: AppendResult) -> tuple[int, bool]:
    """When it came: an append that wrote nothing saw the head, and so came after what stands there."""
    return result.last_position, result.appended == 0


def passes(topics: set[str] | None, tenant: UUID | None) -> Callable[[NewEvent], bool]:
    return lambda e: (topics is None or e.topic in topics) and tenant in {None, e.tenant_id}


@pytest.fixture(scope="module")
def world(postgres_url: str, template: str) -> Iterator[World]:
    """Each writer has a connection of its own; the tail's window is small, so that readers fall out of it."""
    with database(postgres_url, template) as url, ExitStack() as closing:
        pools = [closing.enter_context(open_pool(url, name=f"writer-{n}", size=1)) for n in range(WRITERS)]
        threads = closing.enter_context(ThreadPoolExecutor(WRITERS))
        tailed = closing.enter_context(open_pool(url, name="tail", size=2))
        tail = SharedTail(EventLog(tailed), Wakeup(url), window=12, poll_interval=0.5)
        closing.callback(tail.close)
        yield World([EventLog(pool) for pool in pools], tail, threads)


@pytest.mark.hypothesis
@pytest.mark.timeout(120 + 5 * RUNS)
def test_the_store_does_what_the_model_does(world: World) -> None:
    StoreMachine.world = world
    how = settings(max_examples=RUNS, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    with capture_logs():  # a line for each subscription would hide the figures
        run_state_machine_as_test(StoreMachine, settings=how)
    print(", ".join(f"{what} {count:,}" for what, count in world.did.items()))
    assert world.did["runs"] >= RUNS
    assert min(world.did[what] for what in ("appended", "skipped", "refused", "races", "interleaved")) > 0
