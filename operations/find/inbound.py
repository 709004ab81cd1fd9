"""Messages of the inbound topic that no one has validated yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from aggregates.ids import correlation_id
from connectors.kafka import describe, end_offsets
from connectors.kafka_reading import messages_between
from operations.find.report import Waiting
from schemas.cloudevents import InboundItem, parse
from services.inbound.ledger import InboundLedger
from streams.topics import INBOUND
from telemetry.tracing import trace_id

MOST = 20_000
SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class InboundLook:
    """What waits with that name; `seen` of about `waiting` messages were looked at."""

    found: list[Waiting]
    seen: int
    waiting: int


def look(kafka_url: str, ledger: InboundLedger, term: str, *, tenant: tuple[str, ...] = ()) -> InboundLook:
    """Look at what waits, for at most SECONDS and MOST messages; of the tenant with one of those names, or of all.

    Raises TransientError when Kafka does not answer.
    """
    handled, ends = ledger.offsets(INBOUND, describe(kafka_url, INBOUND).id), end_offsets(kafka_url, INBOUND)
    waiting = sum(max(0, end - handled.get(partition, 0)) for partition, end in ends.items())
    found, seen = [], 0
    for message in messages_between(kafka_url, INBOUND, handled, ends, seconds=SECONDS):
        seen += 1
        partition, offset = int(message.partition() or 0), int(message.offset() or 0)
        for item in parse(message.headers() or (), message.value(), key=message.key()):
            by, of = named(item, term), item.attributes.get("tenantid", "")
            if by and (not tenant or of in tenant):
                before = offset - handled.get(partition, 0)
                found.append(Waiting(partition, offset, item.index, of, by, before))
        if seen == MOST:
            break
    return InboundLook(found, seen, waiting)


def named(item: InboundItem, term: str) -> str:
    """What of an inbound item the term is, or nothing."""
    attributes, data = item.attributes, item.data or {}
    if str(data.get("external_id", "")).strip() == term:
        return "external id"
    if attributes.get("id") == term:
        return "id of its CloudEvent"
    if attributes.get("runid") == term:
        return "run"
    return "correlation id" if str(_correlation(attributes)) == term else ""


def _correlation(attributes: Mapping[str, str]) -> UUID:
    """As the collect step makes it."""
    given = trace_id(attributes.get("traceparent", ""))
    return given or correlation_id(attributes.get("source", ""), attributes.get("id", ""))
