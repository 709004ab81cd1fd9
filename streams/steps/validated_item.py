"""An inbound item once it was validated."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from aggregates.ids import correlation_id
from aggregates.review.draft import Draft
from aggregates.review.withdrawal import Deletion
from schemas.cloudevents import InboundItem
from schemas.errors import InvalidInput
from services.tenancy.tenants import Tenant
from streams.runtime.messages import InboundMessage
from telemetry.tracing import trace_id


@dataclass(frozen=True, slots=True)
class ValidatedItem:
    """One validated item: a tenant's draft, or deletion, with the review that it is about; or the problem."""

    message: InboundMessage
    item: InboundItem
    tenant: Tenant | None = None
    what: Draft | Deletion | None = None
    stream_id: UUID | None = None
    problem: InvalidInput | None = None

    @property
    def run_id(self) -> str | None:
        """The publishing run, if it names one."""
        return _text(self.item.attributes.get("runid", ""), 64) or None

    @property
    def line(self) -> int | None:
        """The line of the published file."""
        line = self.item.attributes.get("line", "")
        return int(line) if line.isascii() and line.isdigit() and len(line) < 16 else None

    @property
    def error(self) -> str:
        """What is wrong. A publisher's own words stand here when it could not read a row."""
        return _text(str(self.problem), 500)

    @property
    def correlation_id(self) -> UUID:
        """The trace of the saga that starts here: by the publisher's trace, if not by the CloudEvent's source and id."""
        attributes, message = self.item.attributes, self.message
        given = trace_id(attributes.get("traceparent", ""))
        source, name = attributes.get("source", ""), attributes.get("id", "")
        if not source and not name:  # a tombstone has neither, and its place in the topic is its own
            source, name = message.topic, f"{message.partition}/{message.offset}"
        return given or correlation_id(source, name)


def _text(given: str, length: int) -> str:
    """PostgreSQL takes no NUL, and what comes from outside has a bound."""
    return given.replace("\x00", "\N{REPLACEMENT CHARACTER}")[:length]
