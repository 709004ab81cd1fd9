"""Run in the copy that has `review.translated`: prints what became of one as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import uuid4

from aggregates.review.aggregate import Review
from schemas.codec import classes, decode, encode
from schemas.registry import newest
from schemas.topics import public_topics
from streams.topics import all_topics

TOPIC = "review.translated"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

if __name__ == "__main__":
    event = classes()[TOPIC](revision=1, language="en", content="A tasty soup.", translated_at=NOON)
    topic = public_topics()[TOPIC]
    review = Review(uuid4(), not_before=NOON).after([event])
    found = {
        "read again": decode(encode(event)) == event,
        "id": newest(TOPIC).id,
        "topic": topic if topic in all_topics(1) else None,
        "review": [review.version, review.step, review.not_before],
    }
    print(json.dumps(found))
