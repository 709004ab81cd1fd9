"""Opaque cursors: where a page ended, bound to the filters of its query."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from schemas.errors import InvalidInput


class Place(NamedTuple):
    """The last row of a page in the order (published_at, review_id)."""

    published_at: datetime
    review_id: UUID


def encode(place: Place, filters: object) -> str:
    """URL-safe text that `decode` accepts with the same filters."""
    content = [place.published_at.isoformat(), place.review_id.hex, _fingerprint(filters)]
    return base64.urlsafe_b64encode(json.dumps(content, separators=(",", ":")).encode()).decode().rstrip("=")


def decode(cursor: str, filters: object) -> Place:
    """Raises InvalidInput for text that `encode` did not produce, or for other filters."""
    try:
        content = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        published_at, review_id, fingerprint = content
        place = Place(datetime.fromisoformat(published_at), UUID(review_id))
    except (ValueError, TypeError, AttributeError, binascii.Error):
        raise InvalidInput("cursor: not one that a page gave; start without a cursor", field="cursor") from None
    if fingerprint != _fingerprint(filters):
        raise InvalidInput("cursor: made with other filters; start without a cursor", field="cursor")
    return place


def _fingerprint(filters: object) -> str:
    return hashlib.sha256(repr(filters).encode()).hexdigest()[:12]
