"""Value objects that several events share. Names and fields equal the nested records of the .avsc files."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, TypeVar, cast, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def value(cls: type[T]) -> type[T]:
    """A frozen dataclass with slots that pickles as a call of its constructor.

    Dataclasses with slots pickle field by field in Python, and an analysis sends some forty of these between processes.
    """
    made: Any = dataclass(frozen=True, slots=True)(cls)
    names = [field.name for field in fields(made)]

    def reduce(self: object) -> tuple[Any, ...]:
        return made, tuple(getattr(self, name) for name in names)

    made.__reduce__ = reduce
    return cast("type[T]", made)  # the same class, with another way to pickle


@value
class Author:
    """Who wrote a review, as the source names them. Personal data."""

    name: str | None = None
    id: str | None = None


@value
class Span:
    """Character offsets into the text as it came, however it was read for the analysis: `text[start:end]`."""

    start: int
    end: int


@value
class Entity:
    """A named thing, as first written, and its mentions (of very many, the first).

    Salience is its share of the review (all shares sum to 1); sentiment (-1 to 1) is None when no word around it
    carries any.
    """

    text: str
    type: str
    salience: float
    sentiment: float | None
    mentions: tuple[Span, ...]


@value
class Keyword:
    """A phrase in lower case, its relevance relative to the review's best phrase (which has 1), and its mentions."""

    text: str
    relevance: float
    mentions: tuple[Span, ...]


@value
class LexiconHit:
    """A word or sign that carried sentiment: as written, where, and its valence after negation, emphasis and "but"."""

    text: str
    start: int
    end: int
    valence: float


@value
class DecidingSentence:
    """A sentence, and how much the probability falls when it is left out (below 0: it spoke against)."""

    text: str
    start: int
    end: int
    weight: float


@value
class Aspect:
    """Something that a clause judges: as written, the term that joins it with its like, and how the clause speaks of it.

    `label` is positive, negative or undetermined; `probability` (0 to 1) that the clause is positive of it.
    """

    text: str
    term: str
    label: str
    probability: float | None
    at: Span
    clause: Span


@value
class Embedding:
    """A text's meaning: one signed byte a number, the largest scaled to 127. Of one encoder only, vectors compare."""

    encoder: str
    vector: bytes


@value
class TopicShare:
    """Part of a review about a topic; confidence 0 to 1."""

    topic_id: str
    confidence: float


@value
class Contribution:
    """What one review adds to the metrics; its negation withdraws it."""

    date: date
    source: str
    platform: str
    label: str
    score: float | None
    rating: float | None
    language: str
    topics: tuple[TopicShare, ...] = ()


@value
class NotificationSent:
    """One notification that a channel confirmed."""

    notification_id: str
    channel: str
    rule: str


@value
class NotificationUndelivered:
    """One notification that its channel has not confirmed after `attempts`.

    `reason` is a stable word, `detail` the same for people. `not_before` is None for one that was given up.
    """

    notification_id: str
    channel: str
    rule: str
    attempts: int
    reason: str
    detail: str = ""
    not_before: datetime | None = None


@value
class AlarmDriver:
    """What an alarm's reviews have more often than those before: a source, topic (its id), keyword or entity.

    `expected` is how many of them would have it as before; `strength` the log-odds in standard errors.
    """

    kind: str
    text: str
    reviews: int
    expected: float
    strength: float
