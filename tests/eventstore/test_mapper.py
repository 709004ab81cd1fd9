"""Typed events into the log and out again."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from eventstore.log import EventLog
from eventstore.mapper import Mapper
from eventstore.model import NewEvent
from schemas.errors import UnknownSchema
from schemas.events.review import RawReviewStored
from schemas.registry import newest
from schemas.upcasters import UPCASTERS
from tests.eventstore.making import TENANT

STORED = RawReviewStored(revision=1, raw_review_id="0" * 24, stored_at=datetime(2024, 5, 1, 12, tzinfo=UTC))


def new_event(**fields: object) -> NewEvent:
    ids = {"tenant_id": TENANT, "stream_id": uuid4(), "version": 1, "event_id": uuid4()}
    return Mapper().to_new(STORED, **(ids | fields))


def test_a_typed_event_comes_back_equal(log: EventLog) -> None:
    given = new_event()
    log.append([given])
    (recorded,) = log.read_after(0, 1)
    assert recorded.topic == "review.raw_stored"
    assert Mapper().to_typed(recorded) == STORED


def test_ids_go_where_they_belong() -> None:
    ids = {name: uuid4() for name in ("tenant_id", "stream_id", "event_id", "causation_id", "correlation_id")}
    given = new_event(version=7, **ids)
    assert {name: getattr(given, name) for name in ids} == ids
    assert given.version == 7


def test_something_without_a_contract_is_refused() -> None:
    class Rumour:
        TOPIC = "review.rumoured"

    with pytest.raises((UnknownSchema, TypeError)):
        Mapper().to_new(Rumour(), tenant_id=TENANT, stream_id=uuid4(), version=1, event_id=uuid4())


def test_bytes_of_an_unknown_schema_are_refused(log: EventLog) -> None:
    given = new_event()
    log.append([NewEvent(TENANT, given.stream_id, 1, given.topic, b"\x00\xff\xff\xff\xff", given.event_id)])
    with pytest.raises(UnknownSchema):
        Mapper().to_typed(log.read_after(0, 1)[0])


def test_an_event_of_an_older_version_comes_back_upcasted(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    log.append([new_event()])
    newer = dataclasses.replace(newest("review.raw_stored"), version=2)
    monkeypatch.setattr("schemas.codec.newest", lambda topic: newer)
    monkeypatch.setitem(UPCASTERS, ("review.raw_stored", 1), lambda record: {**record, "revision": 41})
    assert Mapper().to_typed(log.read_after(0, 1)[0]) == dataclasses.replace(STORED, revision=41)
