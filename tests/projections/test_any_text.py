"""Whatever text is valid, what is found in it can be kept: nothing is parked, nothing ends."""

from __future__ import annotations

import random
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from psycopg_pool import ConnectionPool

from aggregates.review.validation import validate
from eventstore.log import EventLog
from nlp.analyzer import Analyzer
from projections.postgres.postgres_store import PostgresStore
from projections.postgres.reviews import ReviewsProjector
from projections.runner import ProjectionHandler
from schemas.errors import InvalidInput
from streams.steps.nlp import processed, sentiment
from tests.effort import examples
from tests.projections.conftest import Rows
from tests.projections.making import NOON, History

NAMES = count(1)


def noise(letters: int) -> str:
    """A word that cannot be compressed."""
    return random.Random(letters).randbytes(letters // 2).hex()


WORDS = st.one_of(
    st.sampled_from(
        ["Maria Lopez", "Lisbon", "lovely", "Grand Hotel", "😀", "不错", "\u202e", "e\u0301" * 30, "İ" * 90]
    ),
    st.integers(2, 20_000).map(noise),
    st.text(max_size=300),
)
TEXTS = st.lists(WORDS, max_size=30).flatmap(
    lambda words: st.sampled_from([" ", "-", "\n", ", "]).map(lambda s: s.join(words))
)


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer()


def passes(text: str) -> bool:
    body = {"source": "shop", "external_id": "1", "content": text, "rating": 3, "published_at": "2024-05-01"}
    try:
        validate(body, NOON)
    except InvalidInput:
        return False
    return True


@settings(max_examples=examples(40))
@given(texts=st.lists(TEXTS, min_size=1, max_size=6))
@example(texts=[f"Lovely view {noise(6_000)} in Porto", " ".join(["Grand"] * 400)])
def test_what_is_found_can_be_kept(
    pool: ConnectionPool[Any], log: EventLog, rows: Rows, analyzer: Analyzer, texts: list[str]
) -> None:
    handler, history = ProjectionHandler(pool, PostgresStore(pool, ReviewsProjector()), log), History()
    assert passes("Fine.")
    made = [(f"r{next(NAMES)}", text) for text in texts if passes(text)]
    for (name, text), found in zip(made, analyzer.analyze([text for _, text in made]), strict=True):
        review: Any = SimpleNamespace(revision=1)
        history.review(name).collected(content=text)._add(
            processed(review, found, "p1", NOON), sentiment(review, found, "p1", NOON)
        )
    before = handler.position()
    head = history.save(log)
    for events in log.scan(before, batch=100):
        handler.handle(events)
    assert handler.position() == head
    assert rows("SELECT stream_id, error FROM parked_streams") == []
