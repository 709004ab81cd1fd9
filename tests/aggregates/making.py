"""Reviews, events and commands for tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from aggregates.review import commands
from aggregates.review.aggregate import Review
from aggregates.review.collect import collect
from aggregates.review.disputes import Said, dispute
from aggregates.review.draft import Draft
from aggregates.review.notifications import Notifications
from aggregates.review.topics import assign_topics
from aggregates.review.validation import validate
from aggregates.review.withdrawal import withdraw
from schemas.events.review import ReviewProcessed, SentimentAnalyzed
from schemas.parts import NotificationSent, TopicShare

NOW = datetime(2026, 2, 3, 4, 5, 6, 789012, tzinfo=UTC)
REVIEW_ID = UUID("22222222-2222-4222-8222-222222222222")
RECORD = {
    "source": "blue-harbour",
    "platform": "postcards",
    "external_id": "r-1",
    "content": "Quiet rooms.",
    "rating": 4,
    "published_at": "2026-02-01T10:00:00Z",
}
SENT = (NotificationSent("n-1", "kafka", "rating<=2"),)
BACKOFF = timedelta(seconds=10)
Command = Callable[[Review], tuple[Any, ...]]


def draft(**fields: Any) -> Draft:
    """What validation makes of the usual review with some fields changed."""
    return validate({**RECORD, **fields}, NOW)


def collecting(**fields: Any) -> Command:
    """The review comes in, with some fields changed."""
    return lambda review: collect(review, draft(**fields), now=NOW, run_id="run-1")


def withdrawing() -> Command:
    """Its source deleted it."""
    return lambda review: withdraw(review, now=NOW, run_id="run-1")


def disputing(right: str | None, *, field: str = "label", who: str = "ann", **said: Any) -> Command:
    """Somebody says what a result should be."""
    return lambda review: dispute(review, Said(field, right, who, **said), now=NOW)


def storing(revision: int = 1) -> Command:
    return lambda review: commands.record_raw(review, revision, now=NOW)


def analysing(revision: int = 1, version: str = "v1", score: float = 0.5) -> Command:
    return lambda review: commands.record_analysis(
        review, processed(revision, version), sentiment(revision, version, score)
    )


def counting(revision: int = 1) -> Command:
    return lambda review: commands.update_analytics(review, revision, now=NOW)


def assigning(*topics: str, version: int = 1) -> Command:
    """The topic model's version says that the review is about these."""
    shares = [TopicShare(topic, 0.5) for topic in topics]
    return lambda review: assign_topics(review, shares, model_version=version, now=NOW)


def notifying(revision: int = 1) -> Command:
    return lambda review: commands.record_notified(review, revision, Notifications(SENT), now=NOW)


def failing(step: str, revision: int = 1) -> Command:
    return lambda review: commands.fail(review, revision, step, error_type="Broken", error="it broke", now=NOW)


def compensating(max_attempts: int = 3) -> Command:
    return lambda review: commands.compensate(review, max_attempts=max_attempts, backoff=BACKOFF, now=NOW)


def retrying_now(now: datetime = NOW) -> Command:
    return lambda review: commands.retry_now(review, now=now)


def reprocessing(version: str) -> Command:
    return lambda review: commands.request_reprocessing(review, version, reason="better", now=NOW)


def processed(revision: int = 1, version: str = "v1") -> ReviewProcessed:
    return ReviewProcessed(
        revision=revision,
        processing_version=version,
        language="en",
        language_confidence=0.9,
        analyzers={"sentiment": "vader"},
        entities=(),
        keywords=(),
        characters_analyzed=12,
        truncated=False,
        processed_at=NOW,
    )


def sentiment(revision: int = 1, version: str = "v1", score: float = 0.5) -> SentimentAnalyzed:
    return SentimentAnalyzed(
        revision=revision,
        processing_version=version,
        analyzer="vader",
        score=score,
        label="positive" if score > 0 else "negative",
        positive=0.5,
        neutral=0.5,
        negative=0.0,
        evidence=(),
        processed_at=NOW,
    )


def after(*commands: Command) -> Review:
    """The review after these commands, each allowed."""
    review = Review(REVIEW_ID)
    for command in commands:
        review = review.after(command(review))
    return review
