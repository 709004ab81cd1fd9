"""What a fit means for a model: new topics with ids of their own, or the same ones where they are now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from aggregates.ids import topic_id
from aggregates.topic_model.aggregate import TopicModel
from aggregates.topic_model.editing import Editor
from schemas.errors import NotAllowed
from schemas.events.topic_model import TopicModelFitted
from schemas.topic_parts import Topic, TopicCount


@dataclass(frozen=True, slots=True)
class FitFacts:
    """What a fit says of all topics, and of the reviews it saw; as TopicModelFitted has it."""

    encoder: str
    tried: tuple[TopicCount, ...]
    why: str
    sharpness: float
    least_confidence: float
    least_cosine: float
    reviews: int
    sampled: int
    without_vector: int
    other_encoder: int
    kept: float | None = None


def record_first(
    model: TopicModel, topics: Sequence[Topic], facts: FitFacts, by: Editor, *, anew: bool = False
) -> tuple[Any, ...]:
    """The first fit; topics get their ids here. Raises NotAllowed where there are topics, unless others are meant.

    `anew` retires those that there are: they keep ids and names, are hidden, and no review counts for them.
    """
    if model.fit is not None and not anew:
        raise NotAllowed("this tenant has topics already: they are fitted again from where they are")
    made = tuple(
        replace(topic, topic_id=topic_id(model.id, model.version + 1, number))
        for number, topic in enumerate(topics, start=1)
    )
    retired = tuple(replace(topic, divided=True, hidden=True, examples=(), centre=b"") for topic in model.topics)
    return (_fitted(model, (*made, *retired), facts, by, warm=False),)


def record_warm(model: TopicModel, found: Mapping[str, Topic], facts: FitFacts, by: Editor) -> tuple[Any, ...]:
    """The same topics with words, sizes and centres from `found`; what people changed stays, and a pinned centre too.

    Topics that are not in `found` stay as they are. Raises NotAllowed for another encoder, whose centres mean nothing.
    """
    if facts.encoder != model.fitted.encoder:
        raise NotAllowed("a fit with another encoder finds other topics: it cannot begin with these")
    return (_fitted(model, tuple(_moved(topic, found) for topic in model.topics), facts, by, warm=True),)


def _moved(topic: Topic, found: Mapping[str, Topic]) -> Topic:
    new = found.get(topic.topic_id)
    if new is None:
        return topic
    return replace(
        topic,
        keywords=new.keywords,
        size=new.size,
        coherence=new.coherence,
        stability=new.stability,
        centre=topic.centre if topic.pinned else new.centre,
    )


def _fitted(
    model: TopicModel, topics: tuple[Topic, ...], facts: FitFacts, by: Editor, *, warm: bool
) -> TopicModelFitted:
    return TopicModelFitted(
        fit=model.fit.fit + 1 if model.fit else 1,
        warm=warm,
        encoder=facts.encoder,
        topics=topics,
        tried=facts.tried,
        why=facts.why,
        sharpness=facts.sharpness,
        least_confidence=facts.least_confidence,
        least_cosine=facts.least_cosine,
        reviews=facts.reviews,
        sampled=facts.sampled,
        without_vector=facts.without_vector,
        other_encoder=facts.other_encoder,
        kept=facts.kept,
        fitted_by=by.name,
        fitted_at=by.now,
    )
