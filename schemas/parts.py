"""Value objects that several events share. Names and fields equal the nested records of the .avsc files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a review, as the source names them. Personal data."""

    name: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Character offsets into the analysed text: `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Entity:
    """A named thing, as first written, and where it stands (of very many mentions, the first).

    Salience is its share of the review (all shares sum to 1); sentiment (-1 to 1) is None when no word around it
    carries any.
    """

    text: str
    type: str
    salience: float
    sentiment: float | None
    mentions: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Keyword:
    """A phrase in lower case, its relevance relative to the review's best phrase (which has 1), and where it stands."""

    text: str
    relevance: float
    mentions: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class LexiconHit:
    """A word or sign that carried sentiment: as written, where, and its valence after negation, emphasis and "but"."""

    text: str
    start: int
    end: int
    valence: float


@dataclass(frozen=True, slots=True)
class TopicShare:
    """Part of a review about a topic; confidence 0 to 1."""

    topic_id: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one review adds to the metrics; its negation takes it back."""

    date: date
    source: str
    platform: str
    label: str
    score: float | None
    rating: float | None
    language: str
    topics: tuple[TopicShare, ...] = ()


@dataclass(frozen=True, slots=True)
class NotificationSent:
    """One notification that a channel confirmed."""

    notification_id: str
    channel: str
    rule: str
