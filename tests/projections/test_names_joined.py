"""Entities joined over the reviews of a tenant."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from psycopg_pool import ConnectionPool

from eventstore.log import EventLog
from projections.postgres.postgres_store import PostgresStore
from projections.postgres.review_topics import ReviewTopicsProjector
from projections.postgres.reviews import ReviewsProjector
from projections.queries.abbreviations import Pair, long_forms
from projections.queries.entities import top_entities
from projections.queries.keywords import top_keywords
from projections.queries.reviews import ReviewFilter, find_reviews
from projections.runner import ProjectionHandler
from tests.projections.making import ACME, History


@pytest.fixture
def follow(pool: ConnectionPool, log: EventLog, history: History) -> Callable[[], None]:
    stores = [PostgresStore(pool, projector) for projector in (ReviewsProjector(), ReviewTopicsProjector())]
    handlers = [ProjectionHandler(pool, store, log) for store in stores]

    def run() -> None:
        history.save(log)
        for handler in handlers:
            handler.position()
            for events in log.scan(0):
                handler.handle(events)

    return run


def mention(history: History, review: str, *names: tuple[str, str]) -> None:
    history.review(review).collected().processed([(name, kind, 0.5, None) for name, kind in names], [])


def test_one_name_whatever_its_case_possessive_and_type(
    pool: ConnectionPool, history: History, follow: Callable[[], None]
) -> None:
    mention(history, "r1", ("BA", "ORG"))
    mention(history, "r2", ("ba's", "NORP"))
    mention(history, "r3", ("BA", "ORG"))
    mention(history, "r4", ("Lisbon", "PERSON"))
    mention(history, "r5", ("Lisbon", "GPE"))
    mention(history, "r6", ("Lisbon", "GPE"))
    follow()
    found = [(e.text, e.type, e.reviews, e.spellings, e.types) for e in top_entities(pool, ACME)]
    assert found == [("BA", "ORG", 3, 2, 2), ("Lisbon", "GPE", 3, 1, 2)]
    assert top_entities(pool, ACME, entity_type="PERSON") == []


def test_an_abbreviation_is_joined_where_reviews_have_both(
    pool: ConnectionPool, history: History, follow: Callable[[], None]
) -> None:
    for review in ("r1", "r2"):
        mention(history, review, ("British Airways", "ORG"), ("BA", "NORP"))
    mention(history, "r3", ("BA", "NORP"))
    mention(history, "r4", ("British Airways", "ORG"))
    mention(history, "r5", ("American Airlines", "ORG"))
    mention(history, "r6", ("AA", "ORG"))
    follow()
    found = {e.text: (e.type, e.reviews, e.abbreviations) for e in top_entities(pool, ACME)}
    assert found["British Airways"] == ("ORG", 4, ("BA",))
    assert found["AA"][1] == found["American Airlines"][1] == 1  # letters alone are no evidence
    for name in ("BA", "british airways", "the BA's"):
        rows = find_reviews(pool, ACME, ReviewFilter(entity=name)).items
        assert {row.external_id for row in rows} == {"r1", "r2", "r3", "r4"}
    assert len(find_reviews(pool, ACME, ReviewFilter(entity="AA")).items) == 1
    assert next(e.text for e in top_entities(pool, ACME, entity_type="ORG")) == "British Airways"


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([Pair("ba", "british airway", 2, 2, False)], {"ba": "british airway"}),
        ([Pair("ba", "british airway", 1, 1, True)], {"ba": "british airway"}),
        ([Pair("ba", "british airway", 1, 1, False)], {}),
        ([Pair("ba", "british council", 9, 9, True)], {}),
        ([Pair("ba", "british airway", 9, 9, False), Pair("ba", "buenos aire", 2, 2, False)], {"ba": "british airway"}),
        ([Pair("ba", "british airway", 3, 3, False), Pair("ba", "buenos aire", 2, 2, False)], {}),
    ],
)
def test_a_long_form_needs_evidence_and_no_rival(pairs: list[Pair], expected: dict[str, str]) -> None:
    assert {short: pair.long for short, pair in long_forms(pairs).items()} == expected


def test_boilerplate_names_and_praise_are_left_out_and_counted(
    pool: ConnectionPool, history: History, follow: Callable[[], None]
) -> None:
    for n in range(60):
        words = (
            [("great", 0.1)] + ([("lounge", 0.5)] if n % 3 == 0 else []) + ([("harbour hotel", 0.4)] if n < 5 else [])
        )
        words += [("shower room", 0.9)] if n < 4 else [("shower rooms", 0.9)] if n < 6 else []
        history.review(f"r{n}").collected(source="harbour-hotel").processed([], words)
    follow()
    found = top_keywords(pool, ACME)
    assert [(k.text, k.reviews, k.spellings) for k in found.keywords] == [("shower room", 6, 2)]
    left = found.left_out
    assert (left.boilerplate, left.names, left.spellings_joined) == (["great", "lounge"], ["harbour hotel"], 1)
