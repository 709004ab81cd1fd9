"""The current saga step of each review: the source of lag per step, of retries and of stuck reviews."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from aggregates.review.saga import FOLLOWS, NOTED
from projections.decoder import Decoded, Record
from projections.postgres.projector import Changes, to_json
from schemas.events import review as of

UNCHANGED = -1


class SagaProgressProjector:
    """One row per review. Events of an older revision than the row's change nothing.

    A correction, other topics, or feedback moves only the version on: the sweeper compares it with the log's before it sends anything.
    """

    name: ClassVar[str] = "saga_progress"
    topics: ClassVar[frozenset[str]] = frozenset({*FOLLOWS, *NOTED})
    tables: ClassVar[tuple[str, ...]] = ("saga_progress",)
    statements: ClassVar[tuple[tuple[str, str], ...]] = (("upsert", "rows"), ("note", "noted"))

    def prepare(self, events: Sequence[Decoded]) -> Changes:
        """Only the last event of each review is written."""
        rows: dict[UUID, Record] = {}
        noted: dict[UUID, Record] = {}
        for decoded in events:
            stream = decoded.at.stream_id
            before = rows.get(stream)
            if decoded.at.topic not in NOTED:
                if before is None or before["revision"] <= decoded.event["revision"]:
                    rows[stream] = _row(decoded, before)
                    noted.pop(stream, None)
            elif before is None:
                noted[stream] = _place(decoded) | {"review_id": stream, "revision": decoded.event["revision"]}
            else:
                rows[stream] = before | _place(decoded)
        documents = {"rows": list(rows.values()), "noted": list(noted.values())}
        return {name: to_json(those) for name, those in documents.items() if those}


def _place(decoded: Decoded) -> Record:
    return {"version": decoded.at.version, "last_position": decoded.at.position}


def _row(decoded: Decoded, before: Record | None) -> Record:
    at, event = decoded
    attempts = _attempts(at.topic, event)
    if attempts == UNCHANGED and before is not None:
        attempts = before["attempts"]
    return {
        "review_id": at.stream_id,
        "tenant_id": at.tenant_id,
        "next_step": FOLLOWS[at.topic] or event["step"],
        "revision": event["revision"],
        "since": at.recorded_at,
        "not_before": event.get("not_before"),
        **_place(decoded),
        "event_id": at.event_id,
        "correlation_id": at.correlation_id,
        "attempts": attempts,
    }


def _attempts(topic: str, event: Record) -> int:
    if topic in {of.ReviewCollected.TOPIC, of.ReviewRevised.TOPIC}:
        return 0
    if topic == of.ReviewAbandoned.TOPIC:
        return int(event["attempts"])
    return int(event.get("attempt", UNCHANGED))
