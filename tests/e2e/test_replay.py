"""`replay` as operators use it, and what it must never do: tell anybody outside."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from confluent_kafka import Consumer, TopicPartition

from connectors.kafka import client_config
from operations.read_models import PROJECTORS
from projections.rebuild.rebuild import begin
from streams.topics import all_topics
from tests.e2e.pipeline import Pipeline
from tests.streams.topics import Topic

MODELS = (*(projector.name for projector in PROJECTORS), "analytics")
UNTOLD = {"feedback", "alarms", "topics"}
"""Nobody said anything of these reviews, nothing was alarming, and no topics were fitted."""
RATINGS = (1, 5, 2, 5, 3)


@pytest.fixture(scope="module")
def told(pipeline: Pipeline) -> str:
    """A tenant some of whose reviews are worth a notification; all of them are through."""
    slug = f"told-{uuid4().hex[:8]}"
    pipeline.ok("tenant", "create", slug)
    lines = [
        {"id": str(n), "text": "The room in Lisbon was dirty.", "rating": rating, "date": "2026-09-02"}
        for n, rating in enumerate(RATINGS)
    ]
    stdin = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    pipeline.json("publish", "-", "--format", "jsonl", "--tenant", slug, "--source", "hotel", stdin=stdin)
    pipeline.until_quiet()
    return slug


def bootstrap(pipeline: Pipeline) -> str:
    return str(client_config(pipeline.parts.settings.url("kafka"))["bootstrap.servers"])


def ends(pipeline: Pipeline) -> dict[str, int]:
    """How many messages were ever written to each topic."""
    consumer = Consumer({**client_config(pipeline.parts.settings.url("kafka")), "group.id": f"ends-{uuid4()}"})
    try:
        topics = consumer.list_topics(timeout=20).topics
        return {
            name: sum(
                consumer.get_watermark_offsets(TopicPartition(name, partition), timeout=20)[1]
                for partition in topics[name].partitions
            )
            for name in all_topics(1)
        }
    finally:
        consumer.close()


def outside(pipeline: Pipeline) -> dict[str, Any]:
    """Everything that somebody outside of the read models could notice."""
    return {
        "messages": ends(pipeline),
        "events": pipeline.parts.event_log.head(),
        "raw": pipeline.parts.raw_reviews.count_documents({}),
        "received": pipeline.parts.ledger.totals(),
    }


def test_whatever_is_replayed_nothing_is_sent_collected_or_appended(pipeline: Pipeline, told: str) -> None:
    before = outside(pipeline)
    assert before["messages"]["reviews.notifications"] > 0, "nothing was ever sent: this would prove nothing"
    for name in MODELS:
        for part in ((), ("--tenant", told)):
            planned, compared = (pipeline.json("replay", name, how, *part) for how in ("--dry-run", "--diff"))
            done = pipeline.json("replay", name, *part)
            assert (compared["total"], done["switched"]) == ({}, not part)
            counts = [(each["events"], each["reviews"]) for each in (planned, compared, done)]
            assert counts == [counts[0]] * 3, "a plan, a comparison and a replay count the same"
            some = 0 if name in UNTOLD else len(RATINGS)
            assert counts[0][1] == (some if part else None)
            assert counts[0][0] >= some
        pipeline.ok("replay", name, "--rollback")
    pipeline.until_quiet()
    assert outside(pipeline) == before
    pipeline.ok("verify")


@pytest.mark.long
def test_three_replays_make_the_same_read_models(pipeline: Pipeline, told: str) -> None:
    for name in MODELS:
        notes = {pipeline.json("replay", name)["note"].split(" v")[0] for _ in range(3)}
        assert notes == {"equal to"}


def test_a_damage_is_shown_by_its_columns_and_repaired_by_review(pipeline: Pipeline, told: str) -> None:
    (row, *_) = pipeline.json("query", "reviews", "--tenant", told, "--min-rating", "5")["reviews"]
    review = row["review_id"]
    with pipeline.parts.readmodels_pool.connection() as connection:
        connection.execute("UPDATE processed_reviews SET sentiment_label = 'neutral' WHERE review_id = %s", [review])
    found = pipeline.json("replay", "reviews", "--diff", "--stream", review)
    assert found["total"] == {"processed_reviews": 1}
    assert [(one["key"], one["columns"]) for one in found["rows"]] == [(review, ["sentiment_label"])]
    assert "sentiment_label" in pipeline.ok("replay", "reviews", "--diff")
    repaired = pipeline.json("replay", "reviews", "--stream", review)
    assert repaired["note"].startswith("1 reviews rebuilt")
    assert pipeline.json("replay", "reviews", "--diff")["total"] == {}


def test_history_goes_to_a_topic_with_its_ids_and_times_in_order(pipeline: Pipeline, told: str) -> None:
    topic = f"history-{uuid4().hex[:8]}"
    planned = pipeline.json("replay", "--to-topic", topic, "--tenant", told, "--dry-run")
    assert planned == {**planned, "events": 6 * len(RATINGS), "published": False}
    # Asked by a topic that has nothing yet, so that what comes can be told from what was there.
    done = pipeline.json("replay", "--to-topic", topic, "--tenant", told, "--rate", "200")
    assert (done["events"], done["published"]) == (6 * len(RATINGS), True)
    reader = Topic(bootstrap(pipeline), topic)
    reader._begin = dict.fromkeys(reader._begin, 0)
    tenant = pipeline.parts.tenants.get(told).id
    stands = {e.event_id: e for page in pipeline.parts.event_log.scan(tenant_id=tenant) for e in page}
    found = []
    for message in reader.messages():
        headers = dict(message.headers())
        event = stands[UUID(headers["ce_id"].decode())]
        assert message.value() == event.state
        assert message.key().decode() == str(event.stream_id)
        assert datetime.fromisoformat(headers["ce_time"].decode()) == event.recorded_at
        assert headers["ce_type"].decode() == event.topic
        found.append((event.stream_id, event.version))
    assert len(found) == len(stands) == 6 * len(RATINGS)
    for stream in {stream for stream, _ in found}:
        assert [version for of, version in found if of == stream] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--to-topic", "reviews.inbound"), "one of reviewstream's own"),
        (("--to-topic", "mine", "--diff"), "--to-topic goes with"),
        (("reviews", "--diff", "--dry-run"), "choose one of"),
        (("reviews", "--diff", "--rate", "5"), "--diff applies no events that --rate could limit"),
        (("reviews", "--tenant", "told", "--pause"), "filters go with"),
        ((), "name a read model"),
        (("reviews", "--type", "review.colected"), "did you mean review.collected?); there are alarm.closed"),
        (("failures", "--type", "review.collected"), "makes nothing of review.collected; it uses review.abandoned"),
        (("reviews", "--stream", "11111111-2222-3333-4444-555555555555"), "the log has no review 11111111"),
        (("reviews", "--from-position", "5", "--to-position", "5"), "--to-position: is not after --from-position"),
        (
            ("revews",),
            "did you mean reviews?); known are reviews, saga_progress, failures, feedback, alarms, topics, review_topics",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(pipeline: Pipeline, told: str, args: tuple[str, ...], says: str) -> None:
    done = pipeline.run("replay", *(told if arg == "told" else arg for arg in args))
    assert done.returncode == 2
    assert says in done.stderr.decode()


@pytest.mark.parametrize(("option", "says"), [("--pause", "nothing to pause"), ("--resume", "no unfinished rebuild")])
def test_there_is_nothing_to_pause_or_to_resume(pipeline: Pipeline, told: str, option: str, says: str) -> None:
    done = pipeline.run("replay", "reviews", option)
    assert done.returncode == 1
    assert says in done.stderr.decode()


def test_a_replay_whose_builder_died_is_shown_as_such_until_it_is_continued(pipeline: Pipeline, told: str) -> None:
    """Of a version that was begun and left; running, pausing and paused ones are in tests/projections/test_rebuild.py."""
    begin(pipeline.parts.readmodels_pool, pipeline.parts.read_models.store("saga_progress"))
    (shown,) = pipeline.json("status")["replays"]
    goes_on = {"state": "interrupted", "command": "reviewstream replay saga_progress", "paused": False}
    assert shown == {**shown, **goes_on, "name": "saga_progress", "position": 0}
    assert "interrupted" in pipeline.ok("status")
    refused = pipeline.run("replay", "saga_progress", "--pause")
    assert refused.returncode == 1
    assert "is interrupted at position 0, and no one builds it" in refused.stderr.decode()
    planned = pipeline.json("replay", "saga_progress", "--dry-run")
    assert planned["continues"].endswith("is interrupted at position 0")
    done = pipeline.run("replay", "saga_progress", "--json")
    assert "is interrupted at position 0: resuming there" in done.stderr.decode()
    assert json.loads(done.stdout)["events"] == planned["events"]
    assert pipeline.json("status")["replays"] == []
