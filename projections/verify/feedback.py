"""The feedback that the events imply."""

from __future__ import annotations

import hashlib
from typing import TypeAlias
from uuid import UUID

from projections.decoder import Decoded
from projections.verify.tally import Tallies
from schemas.events.review import DisputeWithdrawn, LabelDisputed, ReviewWithdrawn

Word: TypeAlias = tuple[int, str, str, str]
"""Revision, field, what of it, and who."""


class FeedbackFold:
    """One row for each person's last word on each thing."""

    name = "feedback"
    topics = frozenset({LabelDisputed.TOPIC, DisputeWithdrawn.TOPIC, ReviewWithdrawn.TOPIC})

    def __init__(self) -> None:
        self._said: dict[UUID, dict[Word, tuple[object, ...]]] = {}
        self._tenants: dict[UUID, UUID] = {}

    def take(self, decoded: Decoded) -> None:
        """A later word replaces an earlier one."""
        at, event = decoded
        self._tenants[at.stream_id] = at.tenant_id
        if at.topic == ReviewWithdrawn.TOPIC:
            self._said.pop(at.stream_id, None)
            return
        said = self._said.setdefault(at.stream_id, {})
        several = event["field"] not in {"label", "language"}
        word = (event["revision"], event["field"], (event["given"] or "").casefold() * several, event["who"])
        if at.topic == DisputeWithdrawn.TOPIC:
            said.pop(word, None)
            return
        texts = [_hashed(event[name]) for name in ("given", "right", "note")]
        said[word] = (*texts, event["processing_version"], at.position)

    def result(self, into: Tallies) -> None:
        """Rows of review_feedback."""
        for stream, said in self._said.items():
            for (revision, field, subject, who), row in said.items():
                named = (revision, field, _hashed(subject), _hashed(who))
                into["review_feedback", self._tenants[stream]].add(stream, *named, *row)


def _hashed(text: str | None) -> str:
    return hashlib.md5((text or "").encode(), usedforsecurity=False).hexdigest()
