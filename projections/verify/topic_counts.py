"""PostgreSQL's topics of reviews against ClickHouse's sums of them."""

from __future__ import annotations

import zlib

from projections.verify.actual import Actual, Counts

BOTH = ("analytics", "review_topics")
Summary = dict[str, int]


def topic_counts(actual: Actual) -> tuple[Summary, Summary] | None:
    """What topic_trends and review_topics count; None unless both stand at one position and apply every stream.

    Then each was compared with the log at its own position, and both are right or one check says which is not.
    """
    positions = [actual.positions.get(name) for name in BOTH]
    if None in positions or positions[0] != positions[1] or any(name in BOTH for name, _ in actual.parked):
        return None
    by_review, by_day = actual.counted
    return _summary(by_day), _summary(by_review)


def _summary(counts: Counts) -> Summary:
    """Small enough to be shown; the checksum is of all of it."""
    content = "\n".join("|".join(map(str, row)) for row in sorted(counts))
    return {"topics": len(counts), "reviews": sum(row[2] for row in counts), "checksum": zlib.crc32(content.encode())}
