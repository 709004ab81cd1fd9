"""Reviews, messages and step work for tests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from aggregates.ids import review_id
from aggregates.review.aggregate import Review
from aggregates.review.collect import collect
from aggregates.review.commands import record_analysis, record_raw, update_analytics
from aggregates.review.draft import Draft
from aggregates.review.validation import validate
from eventstore.model import RecordedEvent
from nlp.model import Analysis
from nlp.model import Sentiment as Measured
from schemas.cloudevents import INBOUND_TYPE, JSON, headers
from schemas.codec import encode
from schemas.messages import StepBatch, StepItem
from streams.runtime.messages import InboundMessage, StepMessage
from streams.runtime.reviews import Change
from streams.runtime.step import Work
from streams.steps.nlp import processed, sentiment
from streams.topics import INBOUND

TENANT = UUID("11111111-1111-4111-8111-111111111111")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANALYSIS = Analysis(
    language="en",
    language_confidence=0.9,
    sentiment=Measured(score=-0.6, label="negative", positive=0.0, neutral=0.4, negative=0.6, evidence=()),
    entities=(),
    keywords=(),
    analyzers={"sentiment": "test/1"},
    characters_analyzed=10,
    truncated=False,
)


def body(external_id: str | None = None, **fields: Any) -> dict[str, Any]:
    """A valid inbound review as a publisher sends it."""
    given = {"source": "harbour", "external_id": external_id or str(uuid4()), "content": "The coffee was cold."}
    return given | {"rating": 2, "published_at": "2026-02-01"} | fields


def draft(external_id: str | None = None, **fields: Any) -> Draft:
    return validate(body(external_id, **fields), NOW)


def collected(external_id: str | None = None, *, tenant: UUID = TENANT, **fields: Any) -> Change:
    """The change that collects a new review."""
    made = draft(external_id, **fields)
    review = Review(review_id(tenant, made.source, made.external_id), tenant)
    return Change(review, collect(review, made, now=NOW), uuid4(), uuid4())


def advanced(review: Review, *, until: str) -> Review:
    """The review when the saga has come to that step."""
    while review.step != until:
        review = review.after(next_events(review))
    return review


def next_events(review: Review) -> tuple[Any, ...]:
    """What the step that the review waits for appends when all goes well."""
    if review.step == "store":
        return record_raw(review, review.revision, now=NOW)
    if review.step == "nlp":
        version = review.processing_version or "1"
        return record_analysis(
            review, processed(review, ANALYSIS, version, NOW), sentiment(review, ANALYSIS, version, NOW)
        )
    assert review.step == "analytics", review.step
    return update_analytics(review, review.revision, now=NOW)


def work(review: Review, *, tenant: UUID = TENANT) -> Work:
    """What a step is given for that review."""
    item = StepItem(position=1, tenant_id=tenant, stream_id=review.id, version=review.version, event_id=uuid4())
    return Work(item, review)


def item(event: RecordedEvent) -> StepItem:
    """The work that an event of the log triggers."""
    return StepItem(
        position=event.position,
        tenant_id=event.tenant_id,
        stream_id=event.stream_id,
        version=event.version,
        event_id=event.event_id,
        correlation_id=event.correlation_id,
    )


def packed(events: Sequence[RecordedEvent], *, partition: int = 0, offset: int = 0) -> StepMessage:
    """One message of a step topic."""
    return StepMessage(partition, offset, encode(StepBatch(items=tuple(map(item, events)))))


def inbound(
    value: bytes | dict[str, Any],
    offset: int,
    *,
    partition: int = 0,
    tenant: str = "blue-harbour",
    content_type: str = JSON,
    **extensions: str,
) -> InboundMessage:
    """A message of the inbound topic, as a CloudEvent in binary mode."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    attributes = headers(
        uuid4(),
        INBOUND_TYPE,
        subject="a review",
        time=NOW,
        tenant=tenant,
        content_type=content_type,
        extensions=extensions,
    )
    return InboundMessage(INBOUND, partition, offset, attributes, raw)


def deletion(named: dict[str, Any], offset: int, *, partition: int = 0, **extensions: str) -> InboundMessage:
    """A CloudEvent in binary mode that says that its source deleted a review."""
    made = inbound(named, offset, partition=partition, **extensions)
    others = [(name, value) for name, value in made.headers if name != "ce_type"]
    return replace(made, headers=[*others, ("ce_type", b"review.deleted")])


def tombstone(
    named: dict[str, str], offset: int, *, partition: int = 0, key: bytes | None = None, tenant: str = "blue-harbour"
) -> InboundMessage:
    """A message without a value; `named` are attributes."""
    attributes = [(f"ce_{name}", value.encode()) for name, value in {"tenantid": tenant, **named}.items()]
    return InboundMessage(INBOUND, partition, offset, attributes, None, key)
