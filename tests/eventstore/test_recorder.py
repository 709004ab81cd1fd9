"""The library's own contract for recorders, and an application of the library on our log."""

from __future__ import annotations

from uuid import uuid4

import pytest
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import InfrastructureFactoryError, IntegrityError, ProgrammingError, StoredEvent
from eventsourcing.tests.persistence import AggregateRecorderTestCase, ApplicationRecorderTestCase
from psycopg_pool import ConnectionPool

from eventstore.factory import Factory
from eventstore.log import EventLog
from eventstore.recorder import NO_TENANT, ReviewstreamAggregateRecorder, ReviewstreamRecorder
from tests.eventstore.making import TENANT


class TestAggregateRecorder(AggregateRecorderTestCase):
    @pytest.fixture(autouse=True)
    def _on(self, log: EventLog, url: str) -> None:
        self.recorder = ReviewstreamAggregateRecorder(log, url)

    def create_recorder(self) -> ReviewstreamAggregateRecorder:
        return self.recorder


class TestApplicationRecorder(ApplicationRecorderTestCase):
    @pytest.fixture(autouse=True)
    def _on(self, log: EventLog, url: str) -> None:
        self.recorder = ReviewstreamRecorder(log, url)

    def create_recorder(self) -> ReviewstreamRecorder:
        return self.recorder

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


# The imported bases are no tests by themselves.
del AggregateRecorderTestCase, ApplicationRecorderTestCase


@pytest.fixture
def recorder(log: EventLog, url: str) -> ReviewstreamRecorder:
    return ReviewstreamRecorder(log, url)


def stored(version: int = 1, **fields: object) -> StoredEvent:
    return StoredEvent(
        **({"originator_id": uuid4(), "originator_version": version, "topic": "t", "state": b""} | fields)
    )


def test_events_of_the_library_have_no_tenant_unless_told(recorder: ReviewstreamRecorder) -> None:
    recorder.insert_events([stored()])
    correlation = uuid4()
    recorder.insert_events([stored()], tenant_id=TENANT, correlation_id=correlation)
    plain, told = recorder.log.read_after(0, 10)
    assert (plain.tenant_id, plain.correlation_id) == (NO_TENANT, None)
    assert (told.tenant_id, told.correlation_id) == (TENANT, correlation)


def test_one_taken_version_refuses_all_streams_of_the_insert(recorder: ReviewstreamRecorder) -> None:
    taken = stored()
    recorder.insert_events([taken])
    with pytest.raises(IntegrityError):
        recorder.insert_events([stored(), taken])
    assert recorder.max_notification_id() == 1


def test_streams_named_by_text_are_refused(recorder: ReviewstreamRecorder) -> None:
    with pytest.raises(ProgrammingError, match="UUID"):
        recorder.insert_events([stored(originator_id="by-name")])


class Counter(Aggregate):
    def __init__(self) -> None:
        self.total = 0

    @event("Added")
    def add(self, amount: int) -> None:
        self.total += amount


class Counting(Application):
    def count(self, *amounts: int) -> object:
        counter = Counter()
        for amount in amounts:
            counter.add(amount)
        self.save(counter)
        return counter.id


def test_an_application_of_the_library_runs_on_the_log(url: str, pool: ConnectionPool) -> None:
    env = {"PERSISTENCE_MODULE": "eventstore.factory", "REVIEWSTREAM_EVENTSTORE_URL": url}
    with Counting(env=env) as app:
        counter_id = app.count(1, 2, 3)
        assert app.repository.get(counter_id).total == 6
        assert [n.id for n in app.notification_log.select(start=1, limit=10)] == [1, 2, 3, 4]
    assert EventLog(pool).head() == 4


def test_the_factory_says_what_it_needs_and_what_it_lacks(url: str) -> None:
    with pytest.raises(InfrastructureFactoryError, match="REVIEWSTREAM_EVENTSTORE_URL is not set"):
        Factory({})
    factory = Factory({"REVIEWSTREAM_EVENTSTORE_URL": url})
    try:
        for ask in (
            factory.process_recorder,
            factory.tracking_recorder,
            lambda: factory.aggregate_recorder("snapshots"),
        ):
            with pytest.raises(InfrastructureFactoryError, match="the event log has no"):
                ask()
    finally:
        factory.close()
