"""The events of a tenant's topic model, typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, TypeAlias

from schemas.topic_parts import Topic, TopicChange, TopicCount


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicModelFitted:
    """Topics were found in a tenant's reviews, or found again (`warm`) from where they were.

    `topics` are all that there are, with what people edited. `tried` are the numbers of topics that were compared.
    `sharpness`, `least_confidence` and `least_cosine` say how reviews get topics; `kept` is the share of the sampled
    reviews whose first topic stayed, None for a first fit.
    """

    TOPIC: ClassVar[str] = "topic_model.fitted"
    fit: int
    warm: bool
    encoder: str
    topics: tuple[Topic, ...]
    tried: tuple[TopicCount, ...] = ()
    why: str
    sharpness: float
    least_confidence: float
    least_cosine: float
    reviews: int
    sampled: int
    without_vector: int
    other_encoder: int
    kept: float | None = None
    fitted_by: str
    fitted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicModelEdited:
    """Somebody changed topics, or (`undoes`) took an earlier edit back. `changes` are all topics that are other now."""

    TOPIC: ClassVar[str] = "topic_model.edited"
    edit: int
    kind: str
    undoes: int | None = None
    changes: tuple[TopicChange, ...]
    edited_by: str
    edited_at: datetime


TopicModelEvent: TypeAlias = TopicModelFitted | TopicModelEdited
