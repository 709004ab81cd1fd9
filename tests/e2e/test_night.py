"""What an operator asks at night: where is it, why, what was logged; and what they restart."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from aggregates.ids import review_id
from aggregates.review.compensation import retry_now
from streams.runtime.reviews import Change
from tests.e2e.pipeline import Pipeline, wait_for
from tests.e2e.test_deadletters import SECRET, letters, send
from tests.e2e.test_status import waiting_for_retry

SOURCE = "shop"


@pytest.fixture(scope="module")
def external() -> str:
    """What the shop calls a review; a name of its own, as others are in the log, too."""
    return f"order-{uuid4().hex[:8]}"


@pytest.fixture(scope="module")
def tenants(pipeline: Pipeline, external: str) -> list[str]:
    """Two tenants who use the same id for a review each; both are through."""
    slugs = [f"night-{uuid4().hex[:8]}" for _ in range(2)]
    for slug in sorted(slugs):
        pipeline.ok("tenant", "create", slug)
        send(pipeline, slug, [external])
    wait_for(lambda: all(stream(pipeline, slug, external) for slug in slugs), "the reviews are not collected", 60)
    pipeline.until_quiet()
    return sorted(slugs)


def stream(pipeline: Pipeline, slug: str, external: str) -> Sequence[Any]:
    """The events of a review of the shop."""
    tenant_id = pipeline.parts.tenants.get(slug).id
    return pipeline.parts.event_log.read_stream(review_id(tenant_id, SOURCE, external))


@contextmanager
def suspended(pid: int) -> Iterator[None]:
    """It does nothing meanwhile; the supervisor kills it after some 15 s, which does no harm."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def test_a_review_is_found_by_each_of_its_names(pipeline: Pipeline, tenants: list[str], external: str) -> None:
    slug, _ = tenants
    events = stream(pipeline, slug, external)
    by_name = {
        "review id": events[0].stream_id,
        "id of its last event, or correlation id": events[0].correlation_id,
        "id of event 3": events[2].event_id,
    }
    for by, name in by_name.items():
        (found,) = pipeline.json("find", str(name))["reviews"]
        assert (found["found_by"], found["review_id"], found["tenant"]) == (by, str(events[0].stream_id), slug)
        assert (found["step"], found["why"], found["external_id"]) == ("done", "its saga is complete", external)
        assert [event["event_id"] for event in found["history"]] == [str(event.event_id) for event in events]
    assert "reading through all" in pipeline.run("find", str(events[2].event_id)).stderr.decode()
    assert pipeline.run("find", str(events[2].event_id), "--no-scan").returncode == 1


def test_what_several_tenants_call_the_same_is_listed_with_the_tenant(
    pipeline: Pipeline, tenants: list[str], external: str
) -> None:
    found = pipeline.json("find", f" {external} ")
    assert sorted(each["tenant"] for each in found["reviews"]) == tenants
    assert SECRET not in json.dumps(found)
    shown = pipeline.ok("find", external)
    assert all(slug in shown for slug in tenants)
    assert "no index" not in pipeline.run("find", external).stderr.decode()
    (one,) = pipeline.json("find", external, "--tenant", tenants[0])["reviews"]
    assert one["tenant"] == tenants[0]
    alone = pipeline.ok("find", external, "--tenant", tenants[0])
    assert one["review_id"] in alone
    assert "review.subscribers_notified" in alone


def test_a_review_that_waits_says_for_what_and_why(pipeline: Pipeline, tenant: str) -> None:
    log, later = pipeline.parts.event_log, datetime.now(UTC) + timedelta(hours=1)
    review = waiting_for_retry(log, pipeline.parts.tenants.get(tenant).id, later)
    (found,) = pipeline.json("find", str(review.id))["reviews"]
    assert (found["step"], found["not_before"]) == ("store", later.isoformat())
    assert found["why"] == (
        f"attempt 2 of store is due at {later:%Y-%m-%d %H:%M:%S} UTC; before, store failed in attempt 1: Broken: "
    )
    assert not log.append(Change(review, retry_now(review, now=datetime.now(UTC))).recorded()).conflicts
    pipeline.until_quiet()
    assert pipeline.json("find", str(review.id))["reviews"][0]["step"] == "done"


def test_a_message_that_was_refused_is_found_by_its_run_its_letter_and_what_it_is_called(
    pipeline: Pipeline, tenant: str
) -> None:
    external = f"refused-{uuid4().hex[:8]}"
    send(pipeline, tenant, [external], rating=17)
    (letter,) = letters(pipeline, tenant, 1)
    for term in (external, letter["dead_letter_id"], f"run-{tenant}"):
        found = pipeline.json("find", term)
        assert [each["dead_letter_id"] for each in found["letters"]] == [letter["dead_letter_id"]]
        assert found["reviews"] == []
    assert (found["run"]["received"], found["run"]["dead_lettered"]) == (1, 1)
    assert "out_of_range" in pipeline.ok("find", external, "--tenant", tenant)
    assert pipeline.run("find", external[:-1], "--no-scan").returncode == 1  # a part of a name is no name


def test_a_message_that_nobody_has_validated_yet_is_found_in_the_topic(pipeline: Pipeline, tenant: str) -> None:
    external, worker = f"waits-{uuid4().hex[:8]}", pipeline.pid("streams")
    pipeline.until_quiet()
    with suspended(worker):
        send(pipeline, tenant, [external])
        shown = pipeline.ok("find", external)
    assert "waits in reviews.inbound to be validated: partition" in shown
    assert f"tenant {tenant} (found by external id)" in shown
    pipeline.until_ready()
    wait_for(lambda: stream(pipeline, tenant, external), "the message is not validated", 60)


def test_what_there_is_not_is_said_with_where_was_looked(pipeline: Pipeline, tenants: list[str]) -> None:
    for term in (str(uuid4()), "no such order"):
        done = pipeline.run("find", term, "--json")
        assert done.returncode == 1
        assert json.loads(done.stdout)["reviews"] == []
        said = done.stderr.decode()
        for place in ("sources of", "dead letters", "publishing runs", "reviews.inbound", "the event log, all"):
            assert place in said
    assert pipeline.run("find", " ").returncode == 2
    assert pipeline.run("find", "x", "--tenant", "nobody-here").returncode == 2


def test_a_file_that_is_not_waited_for_promises_no_counts(pipeline: Pipeline, tenant: str) -> None:
    line = b'{"id": "1", "text": "A lovely view over Porto.", "rating": 5, "date": "2026-09-01"}\n'
    args = ("publish", "-", "--format", "jsonl", "--tenant", tenant, "--source", "night", "--no-wait")
    sent = pipeline.json(*args, stdin=line)
    assert sent == {"run_id": sent["run_id"], "sent": 1, "notes": []}
    shown = pipeline.ok(*args, stdin=line)
    assert "sent 1 rows, not waiting" in shown
    assert "accepted" not in shown
    pipeline.until_quiet()
    run = pipeline.json("find", sent["run_id"])["run"]
    assert (run["received"], run["accepted"], run["interrupted_at"]) == (1, 1, None)


def test_logs_of_all_processes_come_by_time(pipeline: Pipeline, tenants: list[str]) -> None:
    lines = [json.loads(line) for line in pipeline.ok("logs", "--json").splitlines()]
    times = [datetime.fromisoformat(line["timestamp"]) for line in lines]
    assert times == sorted(times)
    # A streams worker to which nothing happened has said nothing.
    assert "tailer" in {line["process"] for line in lines}
    assert "subscription.started" in pipeline.ok("logs", "tailer", "--since", "1d")
    assert pipeline.ok("logs", "--since", "2999-01-01") == ""
    unknown = pipeline.run("logs", "tailor")
    assert unknown.returncode == 2
    assert "there are clickhouse, kafka" in unknown.stderr.decode()


def test_a_worker_is_restarted_by_its_name(pipeline: Pipeline, tenant: str) -> None:
    before, pid, others = (
        pipeline.state().units["tailer"],
        pipeline.pid("tailer"),
        {name: pipeline.pid(name) for name in ("streams", "kafka")},
    )
    done = pipeline.json("restart", "tailer")
    assert done["restarted"]["tailer"] == pipeline.pid("tailer") != pid
    assert {name: pipeline.pid(name) for name in others} == others
    after = pipeline.state().units["tailer"]
    assert (after.restarts, after.requested) == (before.restarts, before.requested + 1)
    send(pipeline, tenant, ["after"])
    wait_for(lambda: len(stream(pipeline, tenant, "after")) == 6, "the restarted tailer feeds nothing", 120)
    unknown = pipeline.run("restart", "tailor")
    assert unknown.returncode == 2
    assert "run " in unknown.stderr.decode()
    assert "tailer, streams" in unknown.stderr.decode()


def test_what_takes_room_is_shown_with_how_long_it_is_kept(pipeline: Pipeline, tenants: list[str]) -> None:
    pipeline.json("replay", "failures")
    rooms = pipeline.json("status", "--disk")["disk"]
    assert [room["problem"] for room in rooms if room["problem"]] == []
    kept = {(room["store"], room["what"]): room["kept"] for room in rooms}
    assert kept["event log", "events"] == kept["Kafka", "reviews.collected"] == "for ever"
    assert kept["Kafka", "reviews.inbound"] == kept["Kafka", "steps.nlp"] == "7 days after they were handled"
    assert "3 older files" in kept["logs", "files"]
    (retired,) = (room for room in rooms if room["what"].startswith("failures ") and room["what"].endswith("retired"))
    assert retired["kept"] == "14 days after the switch, or until the next replay"
    for store in ("event log", "read models", "logs", "data directory"):
        assert sum(room["bytes"] for room in rooms if room["store"] == store) > 10_000
    assert next(room["items"] for room in rooms if room["store"] == "event log") == pipeline.parts.event_log.head()
    shown = pipeline.ok("status", "--disk")
    assert "7 days after they were handled" in " ".join(shown.split())


def test_only_what_was_handled_or_replaced_is_removed_when_its_time_is_over(pipeline: Pipeline, tenant: str) -> None:
    pipeline.json("replay", "failures")
    keeper, worker = pipeline.parts.retention(), pipeline.pid("streams")
    pipeline.until_quiet()
    assert keeper.round().messages == {}
    assert keeper.round(datetime.now(UTC) - timedelta(days=1)).versions == []
    with suspended(worker):  # so that one message is not handled
        send(pipeline, tenant, ["unhandled"])
        removed = keeper.round(datetime.now(UTC) + timedelta(days=8))
    assert removed.messages.keys() >= {"reviews.inbound", "steps.nlp"}
    assert removed.versions == []
    pipeline.until_ready()
    wait_for(lambda: len(stream(pipeline, tenant, "unhandled")) == 6, "the message is not handled", 120)
    dropped = keeper.round(datetime.now(UTC) + timedelta(days=15)).versions
    assert any(version.startswith("failures_v") for version in dropped)
    gone = pipeline.run("replay", "failures", "--rollback")
    assert "none was kept" in gone.stderr.decode()
    pipeline.until_quiet()
