"""The analytics step gives reviews the topics of their tenant's model, as it is when they are counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from aggregates.review.aggregate import Review
from aggregates.topic_model import editing
from aggregates.topic_model.editing import Editor
from aggregates.topic_model.fitting import FitFacts, record_first
from eventstore.log import EventLog
from schemas.parts import Embedding
from schemas.topic_parts import Topic
from streams.steps.analytics import Analytics
from streams.topic_models.models import TopicModels
from tests.streams.making import TENANT, advanced, collected, work

BY = Editor("an operator", datetime(2026, 3, 1, tzinfo=UTC))
FACTS = FitFacts("e", (), "because", 20.0, 0.3, 0.5, 9, 9, 0, 0)
NORTH, EAST, WEST = bytes([0, 127]), bytes([127, 0]), bytes([129, 0])


def waiting(vector: bytes | None, encoder: str = "e") -> Review:
    change = collected()
    review = advanced(change.review.after(change.events), until="analytics")
    embedding = None if vector is None else Embedding(encoder, vector)
    return replace(review, tenant=TENANT, processed=replace(review.processed, embedding=embedding))


async def topics(step: Analytics, *reviews: Review) -> list[list[str]]:
    outcomes: Any = await step.perform([work(review) for review in reviews])
    return [[share.topic_id for share in outcome.events[0].contribution.topics] for outcome in outcomes]


@pytest.fixture
def models(log: EventLog) -> TopicModels:
    return TopicModels(log)


async def test_topics_follow_the_model_from_the_batch_after_it_changed(log: EventLog, models: TopicModels) -> None:
    step = Analytics(models)
    assert await topics(step, waiting(NORTH)) == [[]]
    model = models.load(TENANT)
    found = [Topic("", "", ("gate",), 5, 0.1, 0.9, NORTH), Topic("", "", ("food",), 5, 0.1, 0.9, EAST)]
    model = TopicModels(log).append(TENANT, model, record_first(model, found, FACTS, BY))
    north, east = (topic.topic_id for topic in model.topics)
    assert await topics(step, waiting(NORTH), waiting(EAST)) == [[north], [east]]
    assert await topics(step, waiting(WEST), waiting(None), waiting(NORTH, "another"), waiting(b"\x01")) == [
        [],
        [],
        [],
        [],
    ]
    TopicModels(log).append(TENANT, model, editing.merge(model, [north], east, BY))
    assert await topics(step, waiting(NORTH), waiting(EAST)) == [[east], [east]]


async def test_without_a_log_there_are_no_topics() -> None:
    assert await topics(Analytics(), waiting(NORTH)) == [[]]
