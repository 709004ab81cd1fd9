"""A review whose date was wrong, that is deleted, and that comes again: what every reader of the running stack sees."""

from __future__ import annotations

import json
from typing import Any

from bson import ObjectId
from confluent_kafka import Producer

from aggregates.ids import raw_review_id, review_id
from connectors.kafka import bootstrap
from streams.topics import INBOUND
from tests.e2e.pipeline import Pipeline

REVIEW = {
    "external_id": "bill-7", "content": "A lovely dinner in Porto, wonderful staff.", "rating": 5,
    "author_name": "A Guest", "published_at": "2024-03-01T20:00:00Z",
}  # fmt: skip
OTHER = {"external_id": "bill-8", "content": "A terrible dinner.", "rating": 1, "published_at": "2024-03-01T21:00:00Z"}


def test_a_corrected_date_moves_the_metrics_and_a_deletion_takes_the_review_away(
    pipeline: Pipeline, tenant: str
) -> None:
    first = published(pipeline, tenant, REVIEW, OTHER)
    assert days(pipeline, tenant) == {"2024-03-01": 2}
    before = pipeline.until_quiet()["events"]

    corrected = {name: value for name, value in REVIEW.items() if name != "author_name"} | {
        "published_at": "2024-03-02"
    }
    second = published(pipeline, tenant, corrected, OTHER)
    assert (first["accepted"], second["corrected"], second["deduplicated"], second["accepted"]) == (2, 1, 1, 0)
    assert days(pipeline, tenant) == {"2024-03-01": 1, "2024-03-02": 1}
    assert pipeline.until_quiet()["events"] == before + 1, "a correction needs no step of the saga"
    (row,) = (each for each in reviews(pipeline, tenant) if each["external_id"] == "bill-7")
    assert (row["published_at"][:10], row["author_name"], row["sentiment_label"]) == ("2024-03-02", None, "positive")
    assert raw(pipeline, tenant)["author"] is None
    assert days(pipeline, tenant, "--at", str(before)) == {"2024-03-01": 2}

    delete(pipeline, tenant)
    status = pipeline.until_quiet()
    gone = status["events"]
    assert status["withdrawn"] >= 1
    assert days(pipeline, tenant) == {"2024-03-01": 1}
    assert [each["external_id"] for each in reviews(pipeline, tenant)] == ["bill-8"]
    assert "content" not in raw(pipeline, tenant)
    assert "its source deleted it" in pipeline.ok("query", "review", stream(pipeline, tenant), "--tenant", tenant)
    (found,) = pipeline.json("find", stream(pipeline, tenant))["reviews"]
    assert found["step"] == "withdrawn"

    third = published(pipeline, tenant, REVIEW)
    assert third["revised"] == 1
    assert days(pipeline, tenant) == {"2024-03-01": 2}
    (row,) = (each for each in reviews(pipeline, tenant) if each["external_id"] == "bill-7")
    assert (row["revision"], row["author_name"], row["sentiment_label"]) == (2, "A Guest", "positive")
    assert raw(pipeline, tenant)["content"] == REVIEW["content"]
    assert days(pipeline, tenant, "--at", str(gone)) == {"2024-03-01": 1}
    assert pipeline.run("verify").returncode == 0


def published(pipeline: Pipeline, tenant: str, *given: dict[str, Any]) -> Any:
    """The report; every saga is complete."""
    lines = b"".join(json.dumps(each).encode() + b"\n" for each in given)
    report = pipeline.json("publish", "-", "--format", "jsonl", "--tenant", tenant, "--source", "bistro", stdin=lines)
    pipeline.until_quiet()
    return report


def delete(pipeline: Pipeline, tenant: str) -> None:
    """As a compacting publisher does: no value, and a key that names the review."""
    key = json.dumps({"tenant": tenant, "source": "bistro", "external_id": "bill-7"})
    producer = Producer({"bootstrap.servers": bootstrap(pipeline.parts.settings.url("kafka"))})
    producer.produce(INBOUND, None, key)
    assert producer.flush(30) == 0


def days(pipeline: Pipeline, tenant: str, *options: str) -> dict[str, int]:
    """Reviews by day of publication."""
    asked = ("query", "metrics", "--tenant", tenant, "--since", "2024-03-01", "--until", "2024-03-03", *options)
    return {row["key"]: row["total_reviews"] for row in pipeline.json(*asked)}


def reviews(pipeline: Pipeline, tenant: str) -> list[Any]:
    found: list[Any] = pipeline.json("query", "reviews", "--tenant", tenant)["reviews"]
    return found


def stream(pipeline: Pipeline, tenant: str) -> str:
    return str(review_id(pipeline.parts.tenants.get(tenant).id, "bistro", "bill-7"))


def raw(pipeline: Pipeline, tenant: str) -> dict[str, Any]:
    """The document of the raw store."""
    stream_id = review_id(pipeline.parts.tenants.get(tenant).id, "bistro", "bill-7")
    found = pipeline.parts.raw_reviews.find_one({"_id": ObjectId(raw_review_id(stream_id))})
    assert found is not None
    return found
