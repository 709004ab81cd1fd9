"""The events of a review, typed. Each equals its .avsc by a test; TOPIC is its stable name in the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, TypeAlias

from schemas.parts import (
    Aspect,
    Author,
    Contribution,
    DecidingSentence,
    Embedding,
    Entity,
    Keyword,
    LexiconHit,
    NotificationSent,
    NotificationUndelivered,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCollected:
    """A review was accepted for the first time."""

    TOPIC: ClassVar[str] = "review.collected"
    source: str
    platform: str = ""
    external_id: str
    revision: int
    content_hash: str
    title: str | None = None
    content: str
    rating: float | None = None
    rating_given: float | None = None
    rating_best: float = 5.0
    rating_worst: float = 1.0
    author: Author | None = None
    published_at: datetime
    language_hint: str | None = None
    url: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    collected_at: datetime
    run_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRevised(ReviewCollected):
    """A known review arrived with other content; the saga starts again."""

    TOPIC: ClassVar[str] = "review.revised"
    previous_content_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RawReviewStored:
    """The raw review is durable in the raw store; `raw_review_id` has 24 hex digits."""

    TOPIC: ClassVar[str] = "review.raw_stored"
    revision: int
    raw_review_id: str
    stored_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewProcessed:
    """Language, entities, keywords, aspects and the vector of the text, and which analyzer found them."""

    TOPIC: ClassVar[str] = "review.processed"
    revision: int
    processing_version: str
    language: str
    language_confidence: float
    analyzers: Mapping[str, str]
    entities: tuple[Entity, ...]
    keywords: tuple[Keyword, ...]
    characters_analyzed: int
    truncated: bool
    aspects: tuple[Aspect, ...] = ()
    embedding: Embedding | None = None
    processed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SentimentAnalyzed:
    """The text's sentiment: score -1 to 1, None with label `undetermined`; the probability of positive, where known."""

    TOPIC: ClassVar[str] = "review.sentiment_analyzed"
    revision: int
    processing_version: str
    analyzer: str
    score: float | None
    label: str
    positive: float
    neutral: float
    negative: float
    evidence: tuple[LexiconHit, ...]
    probability: float | None = None
    sentences: tuple[DecidingSentence, ...] = ()
    processed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyticsUpdated:
    """What the review counts for from now on, and what it counted for until now."""

    TOPIC: ClassVar[str] = "review.analytics_updated"
    revision: int
    processing_version: str
    contribution: Contribution
    replaces: Contribution | None = None
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscribersNotified:
    """Subscriptions were matched, and notified or given up with a reason: the saga is complete."""

    TOPIC: ClassVar[str] = "review.subscribers_notified"
    revision: int
    notifications: tuple[NotificationSent, ...]
    suppressed: str | None = None
    notified_at: datetime
    given_up: tuple[NotificationUndelivered, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFailed:
    """A step failed permanently; compensation follows. `error` holds no personal data."""

    TOPIC: ClassVar[str] = "review.step_failed"
    revision: int
    step: str
    attempt: int
    error_type: str
    error: str
    failed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyticsRolledBack:
    """The review's contribution was withdrawn."""

    TOPIC: ClassVar[str] = "review.analytics_rolled_back"
    revision: int
    attempt: int
    withdrawn: Contribution
    rolled_back_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewMarkedForRetry:
    """The saga resumes at the named step, not before `not_before`; and what became of its notifications so far."""

    TOPIC: ClassVar[str] = "review.marked_for_retry"
    revision: int
    step: str
    attempt: int
    not_before: datetime
    marked_at: datetime
    delivered: tuple[NotificationSent, ...] = ()
    given_up: tuple[NotificationUndelivered, ...] = ()
    pending: tuple[NotificationUndelivered, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAbandoned:
    """No more attempts: the saga ends without completing."""

    TOPIC: ClassVar[str] = "review.abandoned"
    revision: int
    step: str
    attempts: int
    reason: str
    abandoned_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReprocessingRequested:
    """Another analysis was requested, with another processing version and without notifying."""

    TOPIC: ClassVar[str] = "review.reprocessing_requested"
    revision: int
    processing_version: str
    reason: str = ""
    requested_at: datetime
    run_id: str | None = None
    replaces: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsCorrected:
    """The same words and rating came again with other facts, which replace those of the revision.

    `contribution` and `replaces` are what counts from now on and what counted until now, where the correction changes
    that; `correction` numbers the corrections of a revision from 1.
    """

    TOPIC: ClassVar[str] = "review.facts_corrected"
    revision: int
    correction: int
    facts_hash: str
    platform: str = ""
    rating_given: float | None = None
    rating_best: float = 5.0
    rating_worst: float = 1.0
    author: Author | None = None
    published_at: datetime
    language_hint: str | None = None
    url: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    contribution: Contribution | None = None
    replaces: Contribution | None = None
    processing_version: str = ""
    corrected_at: datetime
    run_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewWithdrawn:
    """The source deleted the review: it is shown and counted no more, and its saga ends."""

    TOPIC: ClassVar[str] = "review.withdrawn"
    revision: int
    withdrawn: Contribution | None = None
    withdrawn_at: datetime
    run_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelDisputed:
    """Somebody says what a result should be: `given` is what it said (None: missing), `right` what would be right (None: nothing).

    Nothing follows from it. `number` numbers what was said of a revision from 1, what was taken back too.
    """

    TOPIC: ClassVar[str] = "review.label_disputed"
    revision: int
    number: int
    field: str
    given: str | None = None
    right: str | None = None
    who: str
    note: str | None = None
    processing_version: str
    disputed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeWithdrawn:
    """Somebody takes back what they said of a result."""

    TOPIC: ClassVar[str] = "review.dispute_withdrawn"
    revision: int
    number: int
    field: str
    given: str | None = None
    who: str
    withdrawn_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicsAssigned:
    """Another topic model reads the review otherwise: what it counts for from now on, and what it counted for until now.

    `model_version` is the number of the last event of the tenant's topic model.
    """

    TOPIC: ClassVar[str] = "review.topics_assigned"
    revision: int
    model_version: int
    processing_version: str
    contribution: Contribution
    replaces: Contribution | None = None
    assigned_at: datetime


ReviewEvent: TypeAlias = (
    ReviewCollected
    | ReviewRevised
    | FactsCorrected
    | ReviewWithdrawn
    | RawReviewStored
    | ReviewProcessed
    | SentimentAnalyzed
    | AnalyticsUpdated
    | SubscribersNotified
    | StepFailed
    | AnalyticsRolledBack
    | ReviewMarkedForRetry
    | ReviewAbandoned
    | ReprocessingRequested
    | LabelDisputed
    | DisputeWithdrawn
    | TopicsAssigned
)
