"""The theme editor: an edit is recorded, and reviews get other topics where it means that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np

from aggregates.ids import topic_model_id
from aggregates.topic_model import editing
from aggregates.topic_model.aggregate import TopicModel
from aggregates.topic_model.editing import Editor
from eventstore.log import EventLog
from nlp.topics.fitting import parts_of
from nlp.vectors import packed, unpacked
from operations.topics.corpus import read_corpus
from operations.topics.fit import topic_of
from schemas.errors import InvalidInput
from schemas.events.topic_model import TopicModelEdited
from schemas.topic_parts import Topic
from streams.runtime.reviews import fold
from streams.topic_models.assigning import Assigning
from streams.topic_models.models import TopicModels

WEIGHT = 0.1
"""How far one example moves the centre towards it: a tenth of the way."""


def reassigns(event: TopicModelEdited) -> bool:
    """Whether reviews may count for other topics after an edit; names and what is shown change nothing of them."""
    return any(_moves(change.before, change.after) for change in event.changes)


def _moves(before: Topic | None, after: Topic | None) -> bool:
    if before is None or after is None:
        return True
    names = ("merged_into", "divided", "examples", "centre")
    return any(getattr(before, name) != getattr(after, name) for name in names)


def split(log: EventLog, tenant_id: UUID, model: TopicModel, topic: Topic, count: int, by: Editor) -> tuple[Any, ...]:
    """Find `count` parts within the reviews that the topic has now."""
    corpus = read_corpus(log, tenant_id, encoder=model.fitted.encoder)
    assigning = Assigning(model)
    owners = assigning.nearest(corpus.sample.vectors)
    groups = np.array([0 if owner == topic.topic_id else 1 for owner in owners])
    parts = parts_of(corpus.sample, groups, 0, count)
    return editing.split(model, topic.topic_id, [topic_of(part) for part in parts], by)


def add_examples(
    log: EventLog, tenant_id: UUID, model: TopicModel, topic: Topic, review_ids: Sequence[UUID], by: Editor
) -> tuple[Any, ...]:
    """Move the centre towards these reviews. Raises InvalidInput for one that the tenant does not have."""
    vectors = [vector for each in review_ids if (vector := _vector(log, tenant_id, model, each)) is not None]
    centre = topic.centre
    if vectors:
        (stands,) = unpacked([centre])
        weight = min(0.5, WEIGHT * len(vectors))
        centre = packed((1 - weight) * stands + weight * unpacked(vectors).mean(axis=0))
    return editing.add_examples(model, topic.topic_id, [str(each) for each in review_ids], centre, by)


def _vector(log: EventLog, tenant_id: UUID, model: TopicModel, review_id: UUID) -> bytes | None:
    """None where its vector is of another encoder, or missing: it is an example all the same, and moves no centre."""
    review = fold(review_id, log.read_stream(review_id)) if review_id != topic_model_id(tenant_id) else None
    if review is None or review.tenant != tenant_id or review.contribution is None:
        raise InvalidInput(
            f"review: this tenant has no complete review {review_id}; `reviewstream query reviews` lists them",
            field="review",
        )
    embedding = review.processed.embedding if review.processed else None
    return embedding.vector if embedding is not None and embedding.encoder == model.fitted.encoder else None


def record(log: EventLog, tenant_id: UUID, model: TopicModel, events: Sequence[Any]) -> TopicModel:
    """Append the edit. Raises VersionConflict where somebody else edited meanwhile."""
    return TopicModels(log).append(tenant_id, model, events)
