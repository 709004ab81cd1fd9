"""The feedback read model: what people hold for wrong in the results of each review."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, TypeAlias
from uuid import UUID

from aggregates.review.feedback_fields import subject_of
from projections.decoder import Decoded, Record
from projections.postgres.projector import Changes, to_json
from schemas.events.review import DisputeWithdrawn, LabelDisputed, ReviewWithdrawn

Key: TypeAlias = tuple[UUID, int, tuple[str, str, str]]


class FeedbackProjector:
    """The last word of each person on each thing counts; nothing is left of a review that its source deleted."""

    name: ClassVar[str] = "feedback"
    topics: ClassVar[frozenset[str]] = frozenset({LabelDisputed.TOPIC, DisputeWithdrawn.TOPIC, ReviewWithdrawn.TOPIC})
    tables: ClassVar[tuple[str, ...]] = ("review_feedback",)
    statements: ClassVar[tuple[tuple[str, str], ...]] = (
        ("withdraw", "withdrawn"),
        ("take_back", "taken_back"),
        ("upsert", "rows"),
    )

    def prepare(self, events: Sequence[Decoded]) -> Changes:
        """What the batch leaves of each person's word; a deleted review comes first, as what was said before is gone."""
        last: dict[Key, Record] = {}
        withdrawn: dict[UUID, Record] = {}
        for decoded in events:
            stream = decoded.at.stream_id
            if decoded.at.topic == ReviewWithdrawn.TOPIC:
                withdrawn[stream] = {"review_id": stream}
                last = {key: row for key, row in last.items() if key[0] != stream}
            else:
                last[_key(decoded)] = _row(decoded)
        documents = {
            "withdrawn": list(withdrawn.values()),
            "taken_back": [row for row in last.values() if "disputed_at" not in row],
            "rows": [row for row in last.values() if "disputed_at" in row],
        }
        return {name: to_json(those) for name, those in documents.items() if those}


def _key(decoded: Decoded) -> Key:
    event = decoded.event
    return decoded.at.stream_id, event["revision"], subject_of(event["field"], event["given"], event["who"])


def _row(decoded: Decoded) -> Record:
    at, event = decoded
    _, subject, _ = subject_of(event["field"], event["given"], event["who"])
    return dict(event) | {
        "review_id": at.stream_id,
        "tenant_id": at.tenant_id,
        "subject": subject,
        "position": at.position,
    }
