"""Reprocessing as an operator does it: workers of another version, the command, a kill in the middle, the comparison."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from embedded import control
from nlp.tiers import DEFAULT, VERSIONS
from schemas.events.review import ReprocessingRequested
from streams.topics import NOTIFICATIONS
from tests.e2e.pipeline import Pipeline, wait_for
from tests.streams.topics import Topic
from tests.streams.workers import ROOT, Child

VERSION = "short"
SETTING = "REVIEWSTREAM_PROCESSING_VERSION"
RELEASE = VERSIONS[DEFAULT]
ASK = ("reprocess", "--processing-version", VERSION)
HARBOUR, PIER = 24, 8


@contextmanager
def short_sighted(pipeline: Pipeline, directory: Path) -> Iterator[Child]:
    """An NLP worker of a version that looks at thirty characters, beside those of this release's version, as in a roll-out."""
    settings = {SETTING: VERSION, "REVIEWSTREAM_STEPS": "nlp", "REVIEWSTREAM_NLP_MAX_CHARACTERS": "30"}
    settings |= {"REVIEWSTREAM_NLP_WORKERS": "1", "REVIEWSTREAM_DATA_DIR": str(directory)}
    worker = Child("streams", {**control.urls(pipeline.data_dir), **settings}, directory)
    try:
        worker.start()
        worker.wait_ready(120)
        yield worker
    finally:
        worker.end()


def publish(pipeline: Pipeline, tenant: str, source: str, count: int) -> None:
    """Reviews whose verdict stands behind the thirtieth character, but for those of the pier."""
    moods = ["lovely", "dreadful", "awful"]
    texts = [f"Visit {n} to the old lighthouse in Porto was {moods[n % 3]}." for n in range(count)]
    if source == "pier":
        texts = [f"Lovely, wonderful! We liked it. Visit {n} to the old lighthouse in Porto." for n in range(count)]
    rows = [{"id": str(n), "text": text, "rating": 1 + n % 5, "date": "2026-09-01"} for n, text in enumerate(texts)]
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    pipeline.ok("publish", "-", "--format", "jsonl", "--tenant", tenant, "--source", source, stdin=lines)


def shown(pipeline: Pipeline, tenant: str) -> dict[str, dict[str, Any]]:
    found = pipeline.json("query", "reviews", "--tenant", tenant, "--limit", "500")["reviews"]
    return {row["review_id"]: row for row in found}


def requests(pipeline: Pipeline, after: int) -> Counter[str]:
    """How often each review was asked for since."""
    pages = pipeline.parts.event_log.scan(after, topics={ReprocessingRequested.TOPIC})
    return Counter(str(event.stream_id) for page in pages for event in page)


def kill_in_the_middle(pipeline: Pipeline, *options: str) -> None:
    """Start the command in a process of its own, and kill it when it has asked for some."""
    head = pipeline.parts.event_log.head()
    argv = [
        sys.executable,
        "-m",
        "reviewstream",
        *ASK,
        *options,
        "--in-flight",
        "2",
        "--data-dir",
        str(pipeline.data_dir),
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), SETTING: VERSION}
    with subprocess.Popen(argv, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        wait_for(lambda: len(requests(pipeline, head)) >= 4, "the command asks for nothing", 60)
        running.send_signal(signal.SIGKILL)
    assert running.returncode == -signal.SIGKILL


@pytest.mark.long
@pytest.mark.timeout(300)
def test_reviews_are_analysed_anew_once_each_and_nobody_is_told(
    pipeline: Pipeline, tenant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.ok("tenant", "create", "bystander")
    for slug, source, count in ((tenant, "harbour", HARBOUR), (tenant, "pier", PIER), ("bystander", "harbour", 3)):
        publish(pipeline, slug, source, count)
    head = pipeline.until_quiet()["events"]
    before, others = shown(pipeline, tenant), shown(pipeline, "bystander")
    told = Topic(pipeline.parts.settings.url("kafka").removeprefix("kafka://"), NOTIFICATIONS)
    monkeypatch.setenv(SETTING, VERSION)
    planned = pipeline.json(*ASK, "--tenant", tenant, "--dry-run")
    assert (planned["due"], planned["incomplete"], pipeline.parts.event_log.head()) == (HARBOUR + PIER, 0, head)

    with short_sighted(pipeline, tmp_path):
        reprocess_in_parts(pipeline, tenant, head)
    after = shown(pipeline, tenant)
    assert {row["processing_version"] for row in after.values()} == {VERSION}
    assert shown(pipeline, "bystander") == others
    assert told.messages() == []
    verified = pipeline.run("verify")
    assert verified.returncode == 0, verified.stdout.decode()
    check_metrics(pipeline, tenant, after)
    check_history(pipeline, tenant, before, after)
    check_comparison(pipeline, tenant, before, after)


def reprocess_in_parts(pipeline: Pipeline, tenant: str, head: int) -> None:
    """The harbour's reviews, killed in between; then all; then once more."""
    kill_in_the_middle(pipeline, "--tenant", tenant, "--source", "harbour")
    rest = pipeline.json(*ASK, "--tenant", tenant, "--source", "harbour", "--reason", "shorter")
    assert rest["asked"] < HARBOUR
    assert set(requests(pipeline, head).values()) == {1}
    assert len(requests(pipeline, head)) == HARBOUR
    after = shown(pipeline, tenant)
    assert {(row["source"], row["processing_version"]) for row in after.values()} == {
        ("harbour", VERSION),
        ("pier", RELEASE),
    }

    last = pipeline.json(*ASK, "--tenant", tenant)
    assert (last["asked"], last["analysed"], last["refused"]) == (PIER, PIER, 0)
    again = pipeline.json(*ASK, "--tenant", tenant)
    assert again["asked"] == again["analysed"] == 0


def check_metrics(pipeline: Pipeline, tenant: str, after: dict[str, dict[str, Any]]) -> None:
    """ClickHouse counts each review once, by its new label."""
    labels = Counter((row["source"], row["sentiment_label"]) for row in after.values())
    for row in pipeline.json("query", "metrics", "--tenant", tenant, "--by", "source"):
        for label in ("positive", "neutral", "negative", "undetermined"):
            assert row[f"sentiment_{label}"] == labels[row["key"], label], (row, labels)


def check_history(
    pipeline: Pipeline, tenant: str, before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]
) -> None:
    """Both results of a review whose label changed are there."""
    changed = next(id_ for id_, row in after.items() if row["sentiment_label"] != before[id_]["sentiment_label"])
    events = pipeline.json("query", "review", changed, "--tenant", tenant)["events"]
    found = [event["data"] for event in events if event["type"] == "review.sentiment_analyzed"]
    assert [(each["processing_version"], each["label"]) for each in found] == [
        (RELEASE, before[changed]["sentiment_label"]), (VERSION, after[changed]["sentiment_label"]),
    ]  # fmt: skip
    (asked,) = (event["data"] for event in events if event["type"] == "review.reprocessing_requested")
    assert (asked["replaces"], asked["processing_version"]) == (RELEASE, VERSION)
    assert events[-1]["data"]["suppressed"] == "reprocessing"


def check_comparison(
    pipeline: Pipeline, tenant: str, before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]
) -> None:
    """The report says what the read models said before and after."""
    report = pipeline.json(*ASK, "--tenant", tenant, "--compare", "--examples", "5")
    turns = Counter((before[id_]["sentiment_label"], row["sentiment_label"]) for id_, row in after.items())
    assert {(each["old"], each["new"]): each["reviews"] for each in report["total"]["labels"]} == turns
    assert report["total"]["labels_changed"] == sum(n for (old, new), n in turns.items() if old != new) >= HARBOUR / 2
    assert {name: found["compared"] for name, found in report["sources"].items()} == {"harbour": HARBOUR, "pier": PIER}
    assert len(report["examples"]) == 5
    for each in report["examples"]:
        assert each["old_label"] == before[each["review_id"]]["sentiment_label"] != each["new_label"]
    page = pipeline.ok(*ASK, "--tenant", tenant, "--compare")
    assert "lighthouse" not in page
    assert "labels changed" in page


def test_what_no_worker_runs_is_refused(pipeline: Pipeline, tenant: str) -> None:
    head = pipeline.parts.event_log.head()
    refused = pipeline.run("reprocess", "--processing-version", "9", "--tenant", tenant)
    assert refused.returncode == 2
    assert b"REVIEWSTREAM_PROCESSING_VERSION=9" in refused.stderr
    assert pipeline.parts.event_log.head() == head
