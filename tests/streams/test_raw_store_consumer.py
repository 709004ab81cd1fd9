"""The change-stream consumer on the real raw store: every foreign change is published after the stored token, and lost ones by a scan."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pymongo.collection import Collection

from connectors.change_stream import Changes, HistoryLost
from connectors.kafka import Outgoing
from connectors.mongo import connect
from connectors.postgres import Pool
from embedded.kafka import Kafka
from schemas.errors import TransientError
from services.inbound.ledger import OUTCOMES
from services.inbound.resume_tokens import ResumeTokens
from services.tenancy.tenants import Tenant
from sources.raw_store.consumer import ChangeStreamConsumer
from sources.raw_store.documents import FOREIGN
from telemetry.metrics import REGISTRY
from tests.streams.conftest import PARTITIONS
from tests.streams.pipeline import Pipeline, pipeline_on
from tests.waiting import until

STORED = ("review.collected", "review.raw_stored")


class Sent:
    """Takes messages as the broker does; the real one takes them in the tests with workers."""

    def __init__(self, refused: int = 0) -> None:
        self.messages: list[Outgoing] = []
        self.refused = refused

    def send(self, messages: Sequence[Outgoing]) -> None:
        if self.refused:
            self.refused -= 1
            raise TransientError("not confirmed")
        self.messages += messages

    @property
    def ids(self) -> list[str]:
        return [json.loads(each.value)["external_id"] for each in self.messages]


@pytest.fixture
def raw(mongo_url: str) -> Iterator[Collection[dict[str, Any]]]:
    with connect(mongo_url) as client:  # what it leaves goes with the server: to drop 100,000 documents takes long
        yield client[f"follow_{uuid4().hex}"]["raw_reviews"]


@pytest.fixture
def tokens(pool: Pool) -> ResumeTokens:
    return ResumeTokens(pool)


@contextmanager
def consuming(raw: Collection[Any], tokens: ResumeTokens, sent: Sent) -> Iterator[threading.Thread]:
    stop = threading.Event()
    consumer = ChangeStreamConsumer("raw", Changes(raw, dict(FOREIGN), batch=50), tokens, sent, pause=0.05, wait=0.1)
    thread = threading.Thread(target=consumer.run, args=(stop,), daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def foreign(number: int, **fields: object) -> dict[str, Any]:
    return {"external_id": f"f{number}", "source_id": "kiosk", "content": "It was fine.", "rating": 4} | fields


def test_existing_and_new_documents_are_published_and_our_own_are_not(raw, tokens) -> None:
    raw.insert_many([foreign(n) for n in range(120)])
    raw.insert_one(foreign(999, review_id="ours"))
    sent = Sent()
    with consuming(raw, tokens, sent):
        until(lambda: len(sent.messages) == 120 and tokens.get("raw") is not None)
        raw.insert_one(foreign(998, review_id="ours"))
        raw.insert_one(foreign(120))
        until(lambda: "f120" in sent.ids)
        raw.update_one({"external_id": "f120"}, {"$set": {"content": "It was not."}})
        until(lambda: json.loads(sent.messages[-1].value)["content"] == "It was not.")
    assert sent.ids == [*(f"f{n}" for n in range(121)), "f120"]
    assert len({each.key for each in sent.messages}) == 121


def test_it_resumes_at_its_token_and_repeats_what_was_not_confirmed(raw, tokens) -> None:
    with consuming(raw, tokens, Sent()):
        until(lambda: tokens.get("raw") is not None)
    raw.insert_many([foreign(n) for n in range(130)])
    sent = Sent(refused=2)
    with consuming(raw, tokens, sent):
        until(lambda: len(sent.messages) >= 130)
    assert sent.ids == [f"f{n}" for n in range(130)]
    again = Sent()
    with consuming(raw, tokens, again):
        raw.insert_one(foreign(130))
        until(lambda: "f130" in again.ids)
    assert again.ids[-1] == "f130"
    assert len(again.ids) <= 51, "more than the last batch was repeated"


@pytest.mark.long
@pytest.mark.timeout(120)
def test_a_token_that_is_too_old_causes_a_full_scan(raw, tokens) -> None:
    """The server's oplog holds 100,000 entries."""
    with consuming(raw, tokens, Sent()):
        until(lambda: tokens.get("raw") is not None)
    raw.insert_many([foreign(n) for n in range(70)])
    other = raw.database["other"]
    for _ in range(11):
        other.insert_many([{"n": n} for n in range(10_000)], ordered=False)
    with pytest.raises(HistoryLost), Changes(raw, dict(FOREIGN)).after(tokens.get("raw")) as feed:
        feed.next(5)
    sent = Sent()
    with consuming(raw, tokens, sent):
        until(lambda: len(sent.messages) >= 70)
        raw.insert_one(foreign(70))
        until(lambda: "f70" in sent.ids)
    assert sent.ids == [f"f{n}" for n in range(71)]


def test_a_token_that_points_elsewhere_causes_a_full_scan(raw, tokens) -> None:
    """SecantusDB refuses it with code 13, which otherwise means missing rights."""
    with consuming(raw, tokens, Sent()):
        until(lambda: tokens.get("raw") is not None)
        first = tokens.get("raw")
        raw.database["other"].insert_one({"n": 1})
        raw.database.drop_collection("other")
        until(lambda: tokens.get("raw") != first)
    raw.insert_many([foreign(n) for n in range(3)])
    sent = Sent()
    with consuming(raw, tokens, sent):
        until(lambda: set(sent.ids) == {"f0", "f1", "f2"})


def test_an_error_that_needs_somebody_ends_nothing_and_is_shown(raw, tokens) -> None:
    stop, broken = threading.Event(), Changes(raw, {"$nonsense": 1})
    consumer = ChangeStreamConsumer("raw", broken, tokens, Sent(), pause=0.05, rest=0.05, wait=0.1)
    thread = threading.Thread(target=consumer.run, args=(stop,), daemon=True)
    thread.start()
    try:
        until(lambda: consumer.trouble)
        assert consumer.trouble.startswith("raw is not followed: OperationFailure")
        assert failing() == 1
        assert thread.is_alive()
        broken._wanted = dict(FOREIGN)
        raw.insert_one(foreign(1))
        until(lambda: not consumer.trouble)
        assert failing() == 0
    finally:
        stop.set()
        thread.join(20)


def failing() -> float | None:
    return REGISTRY.get_sample_value("reviewstream_part_failing", {"part": "raw"})


def test_a_collection_that_is_dropped_and_recreated_is_consumed_again(raw, tokens) -> None:
    sent = Sent()
    with consuming(raw, tokens, sent):
        raw.insert_one(foreign(1))
        until(lambda: "f1" in sent.ids)
        raw.drop()
        raw.insert_many([foreign(n) for n in range(2, 5)])
        until(lambda: set(sent.ids) == {"f1", "f2", "f3", "f4"})


@pytest.fixture
def saga(own_kafka: Kafka, postgres_url, streams_template, mongo_url, tmp_path: Path) -> Iterator[Pipeline]:
    with pipeline_on(
        postgres_url, streams_template, own_kafka.bootstrap, tmp_path, partitions=PARTITIONS, mongo_url=mongo_url,
        subscriptions="steps,raw_reviews", steps="collect,store",
    ) as made:  # fmt: skip
        yield made


def written(tenant: Tenant, number: int) -> dict[str, Any]:
    return foreign(number, source_id="harbour", tenant_id=tenant.slug, date="2026-02-01")


def test_a_review_written_by_others_goes_through_the_pipeline_once_although_the_tailer_is_killed(
    saga: Pipeline, mongo_url: str
) -> None:
    client = connect(mongo_url)
    raw = client[saga.environment["REVIEWSTREAM_MONGO_DATABASE"]]["raw_reviews"]
    tailer, streams = saga.child("tailer"), saga.child("streams")
    ids = [f"f{n}" for n in range(400)]
    try:
        tailer.start()
        streams.start()
        raw.insert_many([written(saga.tenant, n) for n in range(100)])
        until(lambda: saga.histories(ids[:100])[STORED] > 0)
        raw.insert_many([written(saga.tenant, n) for n in range(100, 300)])
        tailer.signal(signal.SIGKILL)
        tailer.wait(10)
        raw.insert_many([written(saga.tenant, n) for n in range(300, 400)])
        raw.insert_one({"external_id": "nobody", "tenant_id": "nobody"})
        tailer.start()
        until(lambda: saga.histories(ids) == {STORED: 400} and saga.totals().dead_lettered > 0)
        assert raw.count_documents({"review_id": {"$exists": True}}) == 400
        totals = saga.totals()
        assert totals.accepted == 400
        assert totals.received == sum(getattr(totals, name) for name in OUTCOMES)
    finally:
        tailer.end()
        streams.end()
        client.close()
