"""What `status` says while things move."""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from rich.console import Console

from aggregates.review.aggregate import Review
from aggregates.review.commands import fail
from aggregates.review.compensation import retry_now
from cli.status import page
from eventstore.log import EventLog
from operations.status.reader import StatusReader
from operations.status.report import Lag, Replay, Retry, Status, Stuck
from schemas.events.review import ReviewMarkedForRetry
from streams.runtime.reviews import Change, fold
from tests.e2e.pipeline import Pipeline, wait_for
from tests.e2e.test_deadletters import send
from tests.streams.making import collected
from tests.waiting import crowding, until

REVIEW = b'{"id": "1", "text": "A lovely view over Porto.", "rating": 5, "date": "2026-09-01"}\n'


def test_a_pipeline_that_moved_while_it_was_asked_is_not_at_rest(
    pipeline: Pipeline, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each answer is true at its moment: old positions, no step that waits. Together they must not mean rest."""
    before = pipeline.until_quiet()["events"]
    ask = StatusReader.steps

    def slowly(reader: StatusReader) -> dict[str, Lag]:
        pipeline.ok("publish", "-", "--format", "jsonl", "--tenant", tenant, "--source", "status", stdin=REVIEW)
        wait_for(lambda: reader.read_models.log.head() == before + 6, "the review does not complete", 60)
        return ask(reader)

    monkeypatch.setattr(StatusReader, "steps", slowly)
    found = pipeline.parts.status.read()
    assert not found.quiet
    monkeypatch.undo()
    assert pipeline.until_quiet()["events"] == before + 6


def test_a_review_is_through_within_a_second_when_nothing_else_is_to_do(
    pipeline: Pipeline, tenant: str, record_property: pytest.RecordProperty
) -> None:
    """From the message at the broker to the last of its six events."""
    pipeline.until_quiet()
    seconds = []
    for number in range(9):
        before, began = pipeline.parts.event_log.head(), time.monotonic()
        send(pipeline, tenant, [f"idle-{number}"])
        until(lambda before=before: pipeline.parts.event_log.head() == before + 6)
        seconds.append(time.monotonic() - began)
    median = statistics.median(seconds)
    record_property("idle_latency_seconds", median)
    print(f"publish to last event, idle: median {median:.3f} s, worst {max(seconds):.3f} s")
    assert median <= 1.0 * crowding()


def test_a_review_that_waits_for_a_retry_is_shown_and_is_no_rest(pipeline: Pipeline, tenant: str) -> None:
    pipeline.until_quiet()
    log, later = pipeline.parts.event_log, datetime.now(UTC) + timedelta(hours=1)
    tenant_id = pipeline.parts.tenants.get(tenant).id
    review = waiting_for_retry(log, tenant_id, later)
    wait_for(lambda: pipeline.parts.status.read().retrying == 1, "the retry is not shown", 30)
    found = pipeline.parts.status.read()
    assert found.retries == [Retry(review.id, tenant_id, "store", 2, later)]
    assert (found.steps["store"].events, found.stuck, found.quiet) == (1, {}, False)
    assert [each["review_id"] for each in pipeline.json("status")["retries"]] == [str(review.id)]
    assert f"{later:%Y-%m-%d %H:%M:%S} UTC" in pipeline.ok("status")
    revived = Change(review, retry_now(review, now=datetime.now(UTC)))
    assert not log.append(revived.recorded()).conflicts
    wait_for(lambda: fold(review.id, log.read_stream(review.id)).step == "done", "nobody tries it again", 60)
    assert pipeline.until_quiet()["retrying"] == 0


def waiting_for_retry(log: EventLog, tenant_id: UUID, later: datetime) -> Review:
    """A review that failed and is to be tried again much later."""
    change = collected(tenant=tenant_id)
    review = change.review.after(change.events)
    events = (*change.events, *fail(review, 1, "store", error_type="Broken", error="", now=later))
    events += (ReviewMarkedForRetry(revision=1, step="store", attempt=2, not_before=later, marked_at=later),)
    assert not log.append(Change(change.review, events).recorded()).conflicts
    return change.review.after(events)


def test_people_see_what_is_stuck_and_what_was_given_up() -> None:
    stuck, retry = UUID(int=1), UUID(int=2)
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    found = Status(
        received=3, accepted=3, deduplicated=0, dead_lettered=0, open_letters=7, parked=2, waiting=0, events=9,
        steps={"nlp": Lag(7, 900.0)}, stuck={"nlp": Stuck(6, [stuck])},
        retrying=1, retries=[Retry(retry, UUID(int=3), "notify", 4, at)], abandoned=5,
        subscriptions={}, replays=[Replay("reviews", 4, 120_000, paused=True, since=at, state="paused")], units={},
    )  # fmt: skip
    console = Console(width=110)
    with console.capture() as captured:
        console.print(page(found))
    shown = captured.get()
    sums = ("abandoned: 5", "waiting for a retry: 1", "open dead letters: 7", "parked streams: 2")
    for words in (str(stuck), str(retry), "2026-03-01 12:00:00 UTC", "120000", "paused", *sums):
        assert words in shown
    assert not found.quiet
