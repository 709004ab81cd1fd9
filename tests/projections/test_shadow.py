"""A version beside the one that runs: analysed from the log by real processes, reported with reasons, recorded nowhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from psycopg_pool import ConnectionPool

from eventstore.log import EventLog
from nlp.pool import AnalysisPool
from nlp.settings import AnalyzerSettings
from nlp.tiers import Tier
from operations.shadow import shadow
from projections.postgres.feedback import FeedbackProjector
from projections.postgres.postgres_store import PostgresStore
from projections.postgres.reviews import ReviewsProjector
from projections.queries.change_report import Result, reasons
from projections.queries.jsonable import jsonable
from projections.queries.reprocessing_candidates import Chosen
from projections.runner import GroupHandler, ProjectionHandler
from tests.projections.conftest import Rows
from tests.projections.making import ACME, OTHER, History

GOOD = "It was a wonderful stay, and we loved the room."
TURNS = "We saw the old lighthouse there; it was dreadful."


def lexicon(_: object) -> Tier:
    return "lexicon"


@pytest.fixture(scope="module")
def short_sighted() -> Iterator[AnalysisPool]:
    """A version that reads thirty characters."""
    with AnalysisPool(1, AnalyzerSettings(max_characters=30)) as pool:
        yield pool


@pytest.fixture
def group(pool: ConnectionPool, log: EventLog) -> GroupHandler:
    stores = [PostgresStore(pool, each) for each in (ReviewsProjector(), FeedbackProjector())]
    made = GroupHandler("all", [ProjectionHandler(pool, store, log) for store in stores])
    made.position()
    return made


def test_it_says_who_would_change_where_and_why_and_records_nothing(
    pool: ConnectionPool, log: EventLog, history: History, group: GroupHandler, rows: Rows, short_sighted: AnalysisPool
) -> None:
    turned = history.review("turned", content=TURNS).collected().stored().processed().sentiment("negative", -0.6)
    turned.updated().notified()
    history.review("same", content=GOOD, source="pier").whole()
    history.review("pending").collected()
    history.review("has it", content=GOOD).collected().stored().processed(version="short").sentiment(version="short")
    history.review("other", tenant=OTHER, content=GOOD).whole()
    history.save(log)
    for events in log.scan(group.position()):
        group.handle(events)
    before = log.head(), rows("SELECT * FROM processed_reviews ORDER BY review_id")
    seen: list[int] = []
    report = shadow(pool, log, short_sighted, Chosen(tenant_id=ACME), "short", tier_of=lexicon, moved=seen.append)
    assert (log.head(), rows("SELECT * FROM processed_reviews ORDER BY review_id")) == before
    found = jsonable(report.as_json())
    assert (found["processing_version"], found["shadow"], found["alone"], seen) == ("short", True, 1, [3])
    assert (found["total"]["compared"], found["total"]["labels_changed"]) == (2, 1)
    assert {name: each["labels_changed"] for name, each in found["sources"].items()} == {"harbour-hotel": 1, "pier": 0}
    assert found["languages"]["en"]["compared"] == 2
    assert found["why"] == {"analyzer": 1, "evidence": 1}
    (example,) = found["examples"]
    assert (example["review_id"], example["old_label"], example["new_label"]) == (str(turned.id), "negative", "neutral")
    assert example["evidence_lost"] == [[21, 27]]
    assert "lighthouse" not in str(found["examples"])
    assert (
        shadow(pool, log, short_sighted, Chosen(tenant_id=ACME), "short", tier_of=lexicon, limit=1).total.compared <= 1
    )
    assert (
        shadow(pool, log, short_sighted, Chosen(source="nowhere"), "short", tier_of=lexicon).as_json()["total"][
            "compared"
        ]
        == 0
    )


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, ("limits",)),
        ({"language": "de"}, ("language",)),
        ({"spans": frozenset({(0, 3)})}, ("evidence",)),
        ({"analyzers": {"sentiment": "b"}, "spans": frozenset({(0, 3)})}, ("analyzer", "evidence")),
        ({"analyzers": {"sentiment": "a", "entities": "b"}}, ("limits",)),
    ],
)
def test_the_reason_is_what_differs_beside_the_label(changes: dict[str, object], why: tuple[str, ...]) -> None:
    same: dict[str, object] = {"score": 0.0, "language": "en", "analyzers": {"sentiment": "a"}}
    same |= {"entities": frozenset(), "keywords": frozenset()}
    old, new = Result(label="positive", **same), Result(label="negative", **(same | changes))  # type: ignore[arg-type]
    assert reasons(old, new) == why
