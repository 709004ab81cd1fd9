"""Fit: find a tenant's topics, or find them again from where they are, and record them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np

from aggregates.topic_model.aggregate import TopicModel
from aggregates.topic_model.editing import Editor
from aggregates.topic_model.fitting import FitFacts, record_first, record_warm
from eventstore.log import EventLog
from nlp.topics.assignment import Assigner
from nlp.topics.fitting import first_fit, warm_fit
from nlp.topics.model import Fit, Found
from operations.topics.corpus import Corpus, read_corpus
from schemas.errors import InvalidInput
from schemas.events.review import ReviewCollected
from schemas.topic_parts import Topic
from streams.topic_models.models import TopicModels

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fit that was recorded, or would be; `model` is the model after it. `events` are empty where nothing grew."""

    before: TopicModel
    model: TopicModel
    events: tuple[Any, ...]
    grown: float | None = None


def fit(
    log: EventLog,
    tenant_id: UUID,
    by: Editor,
    *,
    count: int | None = None,
    if_grown: float | None = None,
    anew: bool = False,
    dry_run: bool = False,
    progress: Progress = lambda _done, _of: None,
) -> Fitted:
    """The first fit (of `count` topics, or as many as are coherent and stable), later ones warm unless `anew`.

    With `if_grown`, a share such as .1: only if so many more reviews were collected since the last fit saw them.
    Raises InvalidInput where there are too few vectors, or a `count` is asked of topics that there are already.
    """
    models = TopicModels(log)
    model = models.load(tenant_id)
    cold = model.fit is None or anew
    if count is not None and not cold:
        raise InvalidInput(
            "topics: this tenant has topics, which a fit keeps: change how many there are with `topics split` and "
            "`topics merge`, or find others with --anew",
            field="topics",
        )
    grown = _grown(log, tenant_id, model)
    if if_grown is not None and grown is not None and grown < if_grown:
        return Fitted(model, model, (), grown)
    corpus = read_corpus(log, tenant_id, encoder=None if cold else model.fitted.encoder, progress=progress)
    events = _first(model, corpus, by, count) if cold else _again(model, corpus, by)
    after = model.after(events) if dry_run else models.append(tenant_id, model, events)
    return Fitted(model, after, events, grown)


def _grown(log: EventLog, tenant_id: UUID, model: TopicModel) -> float | None:
    """By which share there are more reviews than the last fit saw; ones that were withdrawn since are among the more."""
    if model.fit is None:
        return None
    seen = model.fit.reviews + model.fit.without_vector + model.fit.other_encoder
    return log.count(topics={ReviewCollected.TOPIC}, tenant_id=tenant_id) / max(seen, 1) - 1


def _first(model: TopicModel, corpus: Corpus, by: Editor, count: int | None) -> tuple[Any, ...]:
    found = first_fit(corpus.sample, count=count)
    return record_first(model, [topic_of(each) for each in found.found], _facts(corpus, found), by, anew=True)


def _again(model: TopicModel, corpus: Corpus, by: Editor) -> tuple[Any, ...]:
    attracting = model.attracting()
    fixed = [number for number, topic in enumerate(attracting) if topic.pinned]
    found = warm_fit(corpus.sample, [topic.centre for topic in attracting], fixed=fixed)
    owners = np.array([model.root(topic.topic_id) for topic in attracting])
    before = owners[_nearest(model, corpus)]
    kept = float(np.mean(before == owners[found.groups])) if len(before) else 1.0
    topics = {topic.topic_id: topic_of(each) for topic, each in zip(attracting, found.found, strict=True)}
    return record_warm(model, topics, _facts(corpus, found, kept=round(kept, 4)), by)


def _nearest(model: TopicModel, corpus: Corpus) -> Any:
    topics = model.attracting()
    assigner = Assigner(
        [topic.centre for topic in topics],
        [topic.topic_id for topic in topics],
        sharpness=1,
        least_confidence=0,
        least_cosine=-1,
    )
    return assigner.nearest(corpus.sample.vectors)


def topic_of(found: Found) -> Topic:
    """A topic without an id, as the aggregate takes it."""
    return Topic("", "", found.keywords, found.size, found.coherence, found.stability, found.centre)


def _facts(corpus: Corpus, found: Fit, *, kept: float | None = None) -> FitFacts:
    return FitFacts(
        encoder=corpus.encoder,
        tried=found.tried,
        why=found.why,
        sharpness=found.sharpness,
        least_confidence=found.least_confidence,
        least_cosine=found.least_cosine,
        reviews=corpus.reviews,
        sampled=len(corpus.sample.ids),
        without_vector=corpus.without_vector,
        other_encoder=corpus.other_encoder,
        kept=kept,
    )
