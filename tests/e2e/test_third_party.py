"""Third-party programs write to and read from every topic with plain clients, by what docs/events.md and docs/publishing.md say.

Their programs see nothing of reviewstream but copies of `schemas/ids.json` and `schemas/avro/`.
"""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from aggregates.alarm.alarm import AlarmedSeries, Found, close_alarm, raise_alarm
from aggregates.ids import alarm_event_id, alarm_stream_id
from aggregates.review.commands import fail, request_reprocessing
from aggregates.review.disputes import Said
from aggregates.review.topics import assign_topics
from aggregates.topic_model.editing import Editor, rename
from aggregates.topic_model.fitting import FitFacts, record_first
from eventstore.log import EventLog
from eventstore.mapper import Mapper
from operations.calibrations import CalibrationDesk
from operations.feedback import FeedbackDesk
from reviewstream.settings import load
from schemas.events.review import ReviewMarkedForRetry
from schemas.parts import TopicShare
from schemas.topic_parts import Topic
from services.inbound.ledger import OUTCOMES
from streams.runtime.reviews import Change, fold
from streams.topic_models.models import TopicModels
from streams.topics import all_topics
from tests.e2e.pipeline import Pipeline
from tests.e2e.third_party.consumer import CARRIES, checked
from tests.streams.making import NOW, collected, next_events

ROOT = Path(__file__).parents[2]
THIRD_PARTY = Path(__file__).parent / "third_party"
REVIEWS = 5  # json, avro, structured, batch-1, batch-2


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory of its own for a third party, with what it is given."""
    place = tmp_path_factory.mktemp("third_party")
    (place / "schemas").mkdir()
    shutil.copy(ROOT / "schemas/ids.json", place / "schemas")
    shutil.copytree(ROOT / "schemas/avro", place / "schemas/avro")
    return place


def broker(pipeline: Pipeline) -> str:
    urls = dict(line.split("=", 1) for line in pipeline.ok("urls").splitlines())
    return urls["REVIEWSTREAM_KAFKA_URL"].removeprefix("kafka://")


def run(name: str, place: Path, *arguments: str) -> list[Any]:
    """What a third party's program prints, run without our path."""
    command = [sys.executable, "-I", str(THIRD_PARTY / f"{name}.py"), *arguments]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("name", ["producer", "consumer"])
def test_third_parties_import_nothing_of_ours(name: str) -> None:
    tree = ast.parse((THIRD_PARTY / f"{name}.py").read_text())
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {module.partition(".")[0] for module in modules} - sys.stdlib_module_names == {"confluent_kafka", "fastavro"}


def test_the_third_party_knows_every_topic_of_the_page() -> None:
    assert set(CARRIES) == {topic for topic in all_topics(1) if not topic.startswith("steps.")}


@dataclass(frozen=True)
class Given:
    """A message as confluent-kafka gives it."""

    headers_: dict[str, str]
    name: str = "review.raw_stored.v1"
    topic_: str = "reviews.raw_stored"
    key_: str = str(UUID(int=1))

    def topic(self) -> str:
        return self.topic_

    def partition(self) -> int:
        return 0

    def key(self) -> bytes:
        return self.key_.encode()

    def headers(self) -> list[tuple[str, bytes]]:
        return [(name, value.encode()) for name, value in self.headers_.items()]

    def value(self) -> bytes:
        return bytes.fromhex(json.loads((ROOT / f"schemas/golden/{self.name}.json").read_text())["bytes"])


GOOD = Given({
    "content-type": "application/avro", "ce_specversion": "1.0", "ce_type": "review.raw_stored",
    "ce_source": "/reviewstream", "ce_id": str(UUID(int=2)), "ce_subject": str(UUID(int=1)),
    "ce_time": "2026-03-01T12:00:00.000000Z", "ce_tenantid": str(UUID(int=3)), "ce_version": "2", "ce_position": "7",
})  # fmt: skip


def test_the_third_party_would_notice_what_is_not_as_the_page_has_it(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(elsewhere)
    assert checked(GOOD)["name"] == GOOD.name  # type: ignore[arg-type]
    without = [replace(GOOD, headers_={k: v for k, v in GOOD.headers_.items() if k != name}) for name in GOOD.headers_]
    wrong = [replace(GOOD, headers_={**GOOD.headers_, name: "?"}) for name in GOOD.headers_]
    others = [
        replace(GOOD, name="review.collected.v1"),
        replace(GOOD, topic_="reviews.collected"),
        replace(GOOD, key_=str(UUID(int=4))),
    ]
    for message in (*without, *wrong, *others):
        with pytest.raises((AssertionError, KeyError, ValueError)):
            checked(message)  # type: ignore[arg-type]


@pytest.mark.timeout(600)
def test_a_third_party_publishes_in_every_form_and_another_reads_every_topic(
    pipeline: Pipeline, tenant: str, elsewhere: Path
) -> None:
    assert published(pipeline, elsewhere, tenant, "first") == [7, 5, 0, 0, 0, 0, 2]
    assert published(pipeline, elsewhere, tenant, "again") == [2, 0, 1, 0, 0, 1, 0]
    assert published(pipeline, elsewhere, tenant, "changed") == [2, 0, 0, 1, 1, 0, 0]
    reviews = pipeline.json("query", "reviews", "--tenant", tenant)["reviews"]
    assert sorted(each["external_id"] for each in reviews) == ["batch-1", "batch-2", "json", "structured"]

    trouble(pipeline, f"{tenant}-troubled")

    messages = run("consumer", elsewhere, broker(pipeline))
    assert {each["topic"] for each in messages} == set(CARRIES), "there are topics that nobody has read from"
    known = pipeline.parts.tenants.get(tenant)
    of_tenant = [each for each in messages if each["headers"].get("ce_tenantid") in {str(known.id), tenant}]
    assert Counter(each["topic"] for each in of_tenant) == {
        "reviews.inbound": 7,  # those in binary mode: the attributes of the others are in their values
        "reviews.collected": REVIEWS,
        "reviews.revised": 1,
        "reviews.facts_corrected": 1,
        "reviews.withdrawn": 1,
        "reviews.raw_stored": REVIEWS + 1,
        "reviews.processed": REVIEWS + 1,
        "reviews.sentiment_analyzed": REVIEWS + 1,
        "reviews.analytics_updated": REVIEWS + 1,
        "reviews.subscribers_notified": REVIEWS + 1,
        "reviews.notifications": 2,  # of ratings 1 and 2
        "reviews.deadletter": 1,
    }
    assert whole_histories(of_tenant) == {"json": 12, "avro": 7, "structured": 7, "batch-1": 6, "batch-2": 6}
    assert [letter["record"]["reason"] for letter in letters(of_tenant)] == ["out_of_range"]
    unknown = [each for each in letters(messages) if each["record"]["headers"].get("ce_tenantid") == f"nobody-{tenant}"]
    assert [(each["headers"]["ce_tenantid"], each["record"]["reason"]) for each in unknown] == [("", "unknown_tenant")]


def published(pipeline: Pipeline, place: Path, tenant: str, what: str) -> list[int]:
    """How many messages were received, and with what outcomes, when the third party had sent them."""
    before = pipeline.until_quiet()
    run("producer", place, broker(pipeline), tenant, what)
    after = pipeline.until_quiet()
    return [after[name] - before[name] for name in ("received", *OUTCOMES)]


def trouble(pipeline: Pipeline, slug: str) -> None:
    """What the first reviews did not bring about: a step that fails, a retry, a review given up, one analysed again; topics."""
    pipeline.ok("tenant", "create", slug)
    log, tenant_id = pipeline.parts.event_log, pipeline.parts.tenants.get(slug).id
    retried, given_up = collected(tenant=tenant_id), collected(tenant=tenant_id)
    for change, attempts in ((retried, 1), (given_up, load().retry_attempts)):
        assert not log.append(replace(change, events=failing(change, attempts)).recorded()).conflicts
    pipeline.until_quiet()
    review = fold(retried.review.id, log.read_stream(retried.review.id))
    again = request_reprocessing(review, load().profile().version, reason="a third party wants to see it", now=NOW)
    assert not log.append(Change(review, again).recorded()).conflicts
    pipeline.until_quiet()
    talk(log, tenant_id, review.id)
    object_to(log, tenant_id, review.id)
    alarm(log, tenant_id)
    pipeline.until_quiet()


def talk(log: EventLog, tenant_id: UUID, review_id: UUID) -> None:
    """A topic is found and named, and the review is about it; for workers it is like no review, as it has no vector."""
    models, by = TopicModels(log), Editor("an operator", NOW)
    model, facts = models.load(tenant_id), FitFacts("e", (), "it is told so", 9.0, 0.3, 0.5, 1, 1, 0, 0)
    found = [Topic("", "", ("gate",), 1, 0.1, 0.9, bytes([127, 0]))]
    model = models.append(tenant_id, model, record_first(model, found, facts, by))
    (topic,) = model.topics
    models.append(tenant_id, model, rename(model, topic.topic_id, "Gate", by))
    review = fold(review_id, log.read_stream(review_id))
    about = assign_topics(review, [TopicShare(topic.topic_id, 0.9)], model_version=2, now=NOW)
    assert not log.append(Change(review, about).recorded()).conflicts


def object_to(log: EventLog, tenant_id: UUID, review_id: UUID) -> None:
    """Somebody says that a label is wrong, and takes it back; and the tenant's probabilities are calibrated by hand."""
    desk = FeedbackDesk(log)
    assert desk.add(tenant_id, review_id, Said("label", "negative", "ann"))
    desk.withdraw(tenant_id, review_id, "label", "ann")
    fitted = {
        "method": "platt",
        "base_version": "0",
        "inputs": [1.0, 0.1],
        "outputs": [],
        "truth": "stars",
        "reviews": 400,
    }
    fitted |= {"error_before": 0.1, "error_after": 0.05, "helps": True}
    CalibrationDesk(log).set(tenant_id, fitted, negative_below=0.4, positive_from=0.6, who="ann", reason="")


def alarm(log: EventLog, tenant_id: UUID) -> None:
    """An alarm is raised, and closed."""
    stream, day = alarm_stream_id(tenant_id, "negative", "inn", ""), date(2026, 9, 1)
    found = Found(
        measure="negative", source="inn", topic="", kind="spike", direction="up", first_day=day, day=day,
        observed=9.0, expected=2.0, reviews=9, surprise=7.0, drivers=(), review_ids=(),
    )  # fmt: skip
    series = AlarmedSeries(stream)
    for decide in (
        lambda it: raise_alarm(it, found, now=NOW),
        lambda it: close_alarm(it, date(2026, 9, 3), "calm", now=NOW),
    ):
        (event,) = decide(series)
        series = series.then(event)
        number = alarm_event_id(stream, event.TOPIC, event.day.isoformat())
        new = Mapper().to_new(event, tenant_id=tenant_id, stream_id=stream, version=series.version, event_id=number)
        assert not log.append([new]).conflicts


def by_an_older_version(event: Any) -> Any:
    """The workers run one version only, and shall have something to do."""
    return replace(event, processing_version="0") if hasattr(event, "processing_version") else event


def failing(change: Change, attempts: int) -> tuple[Any, ...]:
    """The events of a review whose last step has failed so often; compensation is left to the worker."""
    review, events = change.review.after(change.events), change.events
    for attempt in range(1, attempts + 1):
        while review.step != "notify":
            events += (more := tuple(map(by_an_older_version, next_events(review))))
            review = review.after(more)
        events += (more := fail(review, 1, "notify", error_type="Planted", error="", now=NOW))
        if attempt < attempts:
            retry = ReviewMarkedForRetry(revision=1, step="notify", attempt=attempt + 1, not_before=NOW, marked_at=NOW)
            events, more = (*events, retry), (*more, retry)
        review = review.after(more)
    return events


def letters(messages: list[Any]) -> list[Any]:
    return [each for each in messages if each["topic"] == "reviews.deadletter"]


def whole_histories(messages: list[Any]) -> dict[str, int]:
    """How many events each review has by its external id: their versions have no gap, their partition is one."""
    events = [each for each in messages if "ce_version" in each["headers"]]
    names = {each["key"]: each["record"]["external_id"] for each in events if each["topic"] == "reviews.collected"}
    found: dict[str, int] = {}
    for review, name in names.items():
        versions = sorted(int(each["headers"]["ce_version"]) for each in events if each["key"] == review)
        assert versions == list(range(1, len(versions) + 1)), name
        assert len({each["partition"] for each in events if each["key"] == review}) == 1, name
        found[name] = len(versions)
    return found
