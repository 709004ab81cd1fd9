"""Search by meaning, like another review, and by words: the tenant's own, as the read model has them now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import numpy as np
import pytest
from clickhouse_driver import Client
from hypothesis import given
from hypothesis import strategies as st
from psycopg_pool import ConnectionPool

from eventstore.log import EventLog
from nlp.vectors import packed, unpacked
from operations.rank_fusion import fused
from operations.search import Found, Search
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.postgres.postgres_store import PostgresStore
from projections.postgres.reviews import ReviewsProjector
from projections.queries.excerpts import SearchFilter
from projections.runner import GroupHandler, ProjectionHandler
from schemas.errors import InvalidInput
from tests.projections.conftest import Rows
from tests.projections.making import ACME, NOON, OTHER, History, Review

NORTH, EAST = (100, 0, 0), (0, 100, 0)
DIRECTIONS = {"north": NORTH, "east": EAST}


def encode(encoder: str, text: str) -> tuple[int, ...] | None:
    """Understands two words; of the encoder `stub 2` another installation has to know."""
    return DIRECTIONS[text] if encoder == "stub 1" else None


@pytest.fixture
def search(pool: ConnectionPool, connect: Callable[[], Client], analytics: ClickHouseStore) -> Search:
    return Search(pool, connect, encode=encode, name=analytics.name)


@pytest.fixture
def follow(pool: ConnectionPool, log: EventLog, history: History, analytics: ClickHouseStore) -> Callable[[], None]:
    stores = (PostgresStore(pool, ReviewsProjector()), analytics)
    group = GroupHandler("both", [ProjectionHandler(pool, store, log) for store in stores])
    group.position()

    def run() -> None:
        history.save(log)
        for events in log.scan(group.position()):
            group.handle(events)

    return run


def add(
    history: History,
    name: str,
    vector: tuple[int, ...],
    *,
    tenant: UUID = ACME,
    encoder: str = "stub 1",
    label: str = "positive",
    language: str = "en",
    **body: object,
) -> Review:
    review = history.review(name, tenant=tenant, **body).collected().stored()
    review.processed(vector=bytes(n % 256 for n in vector), encoder=encoder, language=language)
    return review.sentiment(label).updated(label=label, language=language)


def names(found: Found, history: History) -> list[str]:
    known = {history.review(name).id: name for name in "abcdefgh"}
    return [known[hit.review.review_id] for hit in found.hits]


def test_the_nearest_come_first_and_only_the_tenants_own(
    search: Search, history: History, follow: Callable[[], None]
) -> None:
    add(history, "a", (10, 90, 0), rating=2.0, content="x" * 300)
    add(history, "b", (90, 10, 0))
    add(history, "c", (-90, 0, 0))
    add(history, "d", NORTH, tenant=OTHER)
    history.review("e").collected().stored().analyzed().updated()
    follow()
    found = search.by_meaning(ACME, "north")
    assert names(found, history) == ["b", "a", "c"]
    similarities = [hit.similarity for hit in found.hits]
    assert similarities == pytest.approx([0.9939, 0.1104, -1], abs=1e-3)
    assert (found.compared, found.not_compared, found.not_shown) == ({"stub 1": 3}, {}, 0)
    shown = found.hits[1].review
    assert (shown.source, shown.rating, shown.label, shown.text) == ("harbour-hotel", 2.0, "positive", "x" * 100)
    assert names(search.by_meaning(ACME, "east", limit=1), history) == ["a"]
    assert [hit.review.review_id for hit in search.by_meaning(OTHER, "north").hits] == [
        history.review("d", tenant=OTHER).id
    ]


def test_a_review_like_another_is_not_itself_nor_of_another_tenant(
    search: Search, history: History, follow: Callable[[], None]
) -> None:
    for name, vector in (("a", NORTH), ("b", (90, 10, 0)), ("c", EAST)):
        add(history, name, vector)
        add(history, name, vector, tenant=OTHER)
    bare = history.review("e").collected().stored().analyzed()
    follow()
    assert names(search.like(ACME, history.review("a").id), history) == ["b", "c"]
    with pytest.raises(InvalidInput, match="none of that id"):
        search.like(ACME, history.review("a", tenant=OTHER).id)
    with pytest.raises(InvalidInput, match="has no vector"):
        search.like(ACME, bare.id)


def test_what_is_withdrawn_revised_or_gone_from_the_read_model_is_not_shown(
    search: Search, history: History, follow: Callable[[], None], rows: Rows
) -> None:
    reviews = {name: add(history, name, NORTH) for name in "abcd"}
    follow()
    assert len(search.by_meaning(ACME, "north").hits) == 4
    reviews["a"].withdrawn()
    reviews["b"].revised(content="Something else.")
    follow()
    rows("DELETE FROM processed_reviews WHERE external_id = 'c' RETURNING 1")
    found = search.by_meaning(ACME, "north")
    assert names(found, history) == ["d"]
    assert found.not_shown == 1
    reviews["b"].stored().processed(vector=bytes(EAST))
    reviews["d"].processed(vector=None, version="p2")
    follow()
    found = search.by_meaning(ACME, "north")
    assert names(found, history) == ["b"]
    assert found.hits[0].similarity == pytest.approx(0)


def test_a_read_model_that_is_ahead_or_behind_shows_no_vector_of_another_text(
    search: Search, history: History, follow: Callable[[], None], rows: Rows
) -> None:
    add(history, "a", NORTH)
    follow()
    rows("UPDATE processed_reviews SET revision = 2 RETURNING 1")
    found = search.by_meaning(ACME, "north")
    assert (found.hits, found.not_shown) == ([], 1)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (SearchFilter(), "abc"),
        (SearchFilter(source="inn"), "b"),
        (SearchFilter(label="negative"), "b"),
        (SearchFilter(language="fr"), "c"),
        (SearchFilter(since=NOON + timedelta(hours=1)), "bc"),
        (SearchFilter(since=NOON, until=NOON + timedelta(days=3)), "ab"),
        (SearchFilter(source="nowhere"), ""),
    ],
)
def test_filters_hold_for_meaning_words_and_both(
    search: Search, history: History, follow: Callable[[], None], filters: SearchFilter, expected: str
) -> None:
    add(history, "a", NORTH, content="north")
    add(history, "b", NORTH, content="north", source="inn", label="negative", published_at=NOON + timedelta(days=2))
    add(history, "c", NORTH, content="north", language="fr", published_at=NOON + timedelta(days=9))
    add(history, "d", NORTH, content="north", tenant=OTHER)
    follow()
    for how in (search.by_meaning, search.by_words, search.both):
        assert sorted(names(how(ACME, "north", filters), history)) == list(expected)


def test_only_vectors_of_one_encoder_compare_and_the_others_are_counted(
    search: Search, history: History, follow: Callable[[], None]
) -> None:
    add(history, "a", NORTH)
    add(history, "b", NORTH, encoder="stub 2")
    add(history, "c", (1, 2), encoder="stub 1")  # of other dimensions: no number for it, and no error
    follow()
    found = search.by_meaning(ACME, "north")
    assert names(found, history) == ["a"]
    assert (found.compared, found.not_compared) == ({"stub 1": 2}, {"stub 2": 1})
    assert search.like(ACME, history.review("b").id).not_compared == {"stub 1": 2}


def test_words_are_found_by_rank_and_fused_with_meaning(
    search: Search, history: History, follow: Callable[[], None]
) -> None:
    add(history, "a", (90, 10, 0), content="The way north, north of the harbour.", title=None)
    add(history, "b", NORTH, content="No such word.")
    add(history, "c", EAST, content="North once.")
    add(history, "d", (-10, 90, 0), content="South.", title="Not it")
    follow()
    assert names(search.by_words(ACME, "NORTH"), history) == ["a", "c"]
    assert names(search.by_words(ACME, "north -harbour"), history) == ["c"]
    assert names(search.by_words(ACME, "nothing"), history) == []
    found = search.both(ACME, "north")
    assert names(found, history)[0] == "a"
    assert {hit.review.review_id: (hit.by_words, hit.by_meaning) for hit in found.hits} == {
        history.review("a").id: (1, 2),
        history.review("b").id: (None, 1),
        history.review("c").id: (2, 3),
        history.review("d").id: (None, 4),
    }


@pytest.mark.parametrize("text", ["", "  ", "x" * 10_001])
def test_a_question_that_is_none_is_refused(search: Search, text: str) -> None:
    with pytest.raises(InvalidInput, match="--text"):
        search.by_meaning(ACME, text)


@pytest.mark.parametrize("text", ["\0", "'", "a & | !", "日本語", "\\", '"', "%s"])
def test_any_words_can_be_asked_for(search: Search, history: History, follow: Callable[[], None], text: str) -> None:
    add(history, "a", NORTH, content="Words.")
    follow()
    assert search.by_words(ACME, text).hits == []


def test_ten_nearest_are_those_of_brute_force(
    search: Search,
    history: History,
    follow: Callable[[], None],
    analytics: ClickHouseStore,
    connect: Callable[[], Client],
    pool: ConnectionPool,
) -> None:
    chance = np.random.default_rng(15)
    exact = chance.normal(size=(400, 384)) + 2 * chance.normal(size=(8, 384))[np.arange(400) % 8]
    exact /= np.linalg.norm(exact, axis=1, keepdims=True)
    stored = [packed(vector) for vector in exact]
    ids = [history.review(f"r{n}").collected().stored().processed(vector=vector).id for n, vector in enumerate(stored)]
    follow()
    hits = 0
    for n in range(0, 400, 20):
        nearest = np.argsort(-(exact @ exact[n]))[1:11]
        found = search.like(ACME, ids[n], limit=10)
        hits += len({ids[i] for i in nearest} & {hit.review.review_id for hit in found.hits})
        cosines = unpacked(stored) @ unpacked(stored)[n]
        assert [hit.similarity for hit in found.hits] == pytest.approx(sorted(cosines)[-11:-1][::-1], abs=1e-5)
    assert hits / 200 >= 0.95


@given(st.lists(st.lists(st.integers(0, 20), unique=True, max_size=12), max_size=3))
def test_fused_lists_have_everything_once_and_keep_the_order_of_one_list(lists: list[list[int]]) -> None:
    made = fused(lists)
    assert sorted(made) == sorted({one for ranked in lists for one in ranked})
    if len(lists) == 1:
        assert made == lists[0]
    if lists and all(ranked == lists[0] for ranked in lists):
        assert made == lists[0]
