"""What is kept how long: nothing goes that was not handled, settled or replaced, and each kind by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.databases import scripts_of
from connectors.kafka import ConfirmingProducer, Outgoing, create_topics
from connectors.kafka_retention import extent, first_since, remove_before
from connectors.migrations import migrate
from connectors.postgres import Pool, open_pool
from operations.retention.policy import cutoff, words
from schemas.messages import DeadLetter
from services.dead_letters.records import Selection
from services.dead_letters.repository import DeadLetterRepository
from tests.databases import database
from tests.effort import examples

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)


@given(st.floats(0.001, 36_500))
@settings(max_examples=examples(50))
def test_so_many_days_are_so_many_days_and_none_is_for_ever(days: float) -> None:
    before = cutoff(days, NOW)
    assert before is not None
    assert abs((NOW - before).total_seconds() - days * 86_400) < 1
    assert cutoff(0, NOW) is None
    assert words(0, "after") == "for ever"


@pytest.fixture
def topic(kafka_bootstrap: str) -> tuple[str, str]:
    """A broker's URL, and a topic of two partitions with ten messages each."""
    url, name = f"kafka://{kafka_bootstrap}", f"kept-{uuid4().hex[:8]}"
    create_topics(url, {name: 2}, config={"retention.ms": "-1"})
    messages = [Outgoing(name, None, b"x", partition=n % 2) for n in range(20)]
    ConfirmingProducer(url).send(messages)
    return url, name


def test_only_what_is_handled_is_removed_from_the_beginning_of_a_topic(topic: tuple[str, str]) -> None:
    url, name = topic
    assert extent(url, name) == {0: (0, 10), 1: (0, 10)}
    assert remove_before(url, name, {0: 4, 1: 0}) == 4
    assert extent(url, name) == {0: (4, 10), 1: (0, 10)}
    assert remove_before(url, name, {0: 4, 1: 0}) == 0
    assert remove_before(url, name, {0: 2, 1: 10}) == 10
    assert extent(url, name) == {0: (4, 10), 1: (10, 10)}


def test_the_time_of_messages_says_which_are_old(topic: tuple[str, str]) -> None:
    url, name = topic
    later = datetime.now(UTC) + timedelta(hours=1)
    assert first_since(url, name, later) == {0: 10, 1: 10}
    assert first_since(url, name, NOW - timedelta(days=20_000 // 2)) == {0: 0, 1: 0}


@pytest.fixture
def letters(postgres_url: str) -> Iterator[tuple[DeadLetterRepository, Pool]]:
    """A table of dead letters of its own."""
    with database(postgres_url) as url:
        migrate(url, scripts_of("services.dead_letters"))
        with open_pool(url, name="test") as pool:
            yield DeadLetterRepository(pool), pool


def letter(number: int) -> DeadLetter:
    where: Mapping[str, Any] = {"origin_topic": "t", "origin_partition": 0, "origin_offset": number}
    return DeadLetter(
        dead_letter_id=str(UUID(int=number + 1)), stage="inbound", reason="empty", error="content: is empty", **where,
        headers={}, payload=b"12345", dead_lettered_at=NOW,
    )  # fmt: skip


def test_settled_dead_letters_go_in_the_end_and_what_was_done_with_them_stays(
    letters: tuple[DeadLetterRepository, Pool],
) -> None:
    table, pool = letters
    table.keep([letter(n) for n in range(5)])
    table.discard([UUID(int=n + 1) for n in range(3)], actor="me", why="a test")
    assert table.sizes() == {"discarded": (3, 15), "open": (2, 10)}
    assert table.forget_settled(datetime.now(UTC) - timedelta(days=1)) == 0
    later = datetime.now(UTC) + timedelta(days=1)
    assert [table.forget_settled(later, limit=2) for _ in range(3)] == [2, 1, 0]
    assert [one.origin_offset for one in table.find(Selection(state=None))] == [3, 4]
    with pool.connection() as connection:
        audit = connection.execute("SELECT subject, action, detail FROM dead_letter_audit ORDER BY entry").fetchall()
    assert audit == [(f"dead letter {UUID(int=n + 1)}", "discarded", "a test") for n in range(3)]
