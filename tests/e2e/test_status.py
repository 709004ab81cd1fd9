"""What `status` says while things move."""

from __future__ import annotations

import io
import json
import os
import signal
import statistics
import time
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID

import pytest
from rich.console import Console
from rich.live import Live

from aggregates.review.aggregate import Review
from aggregates.review.commands import fail
from aggregates.review.compensation import retry_now
from cli.status_page import page
from debezium.slots import Slot
from eventstore.log import EventLog
from operations.status.reader import StatusReader
from operations.status.report import Lag, Replay, Retry, Status, Stuck, StuckReview, UnitStatus
from operations.status.troubles import troubles
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
    found = pipeline.parts.desk.status.read()
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
    wait_for(lambda: pipeline.parts.desk.status.read().retrying == 1, "the retry is not shown", 30)
    found = pipeline.parts.desk.status.read()
    assert found.retries == [Retry(review.id, tenant_id, "store", 2, later)]
    assert (found.steps["store"].events, found.stuck, found.quiet) == (1, {}, False)
    assert [each["review_id"] for each in pipeline.json("status")["retries"]] == [str(review.id)]
    assert f"{later:%Y-%m-%d %H:%M:%S} UTC" in pipeline.ok("status")
    retried = Change(review, retry_now(review, now=datetime.now(UTC)))
    assert not log.append(retried.recorded()).conflicts
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


def test_a_suspended_supervisor_is_a_trouble(pipeline: Pipeline) -> None:
    pipeline.until_ready()
    until(lambda: pipeline.run("status", "--check").returncode == 0, otherwise="it is in trouble already")
    assert pipeline.ok("status", "--check") == ""
    supervisor = pipeline.state().supervisor
    os.kill(supervisor, signal.SIGSTOP)
    try:
        done = until(lambda: (found := pipeline.run("status", "--check")).returncode and found)
    finally:
        os.kill(supervisor, signal.SIGCONT)
    assert done.returncode == 1
    assert done.stdout.decode().startswith("supervisor: suspended: ")
    until(lambda: pipeline.run("status").returncode == 0)


@pytest.mark.parametrize("refused", ["readmodels", "eventstore", "kafka"])
def test_what_can_be_asked_is_shown_and_what_cannot_is_named(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    url = {"kafka": "kafka://127.0.0.1:1"}.get(refused, "postgresql://anna:hunter2@127.0.0.1:1/none")
    monkeypatch.setenv(f"REVIEWSTREAM_{refused.upper()}_URL", url)
    done = pipeline.run("status", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert list(found["silent"]) == [refused]
    unknown = {name for name, value in found.items() if value is None}
    assert (
        unknown
        >= {"readmodels": {"steps", "stuck"}, "eventstore": {"received", "events"}, "kafka": {"waiting"}}[refused]
    )
    assert unknown.isdisjoint(
        {"readmodels": {"received", "events"}, "eventstore": {"steps"}, "kafka": {"events"}}[refused]
    )
    assert found["units"]["tailer"]["ok"]
    first = pipeline.run("status").stdout.decode().splitlines()[0]
    assert first.startswith(f"{refused}: cannot be asked: ")
    assert "hunter2" not in first


def test_a_review_that_is_stuck_is_named_with_its_reason(
    pipeline: Pipeline, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.until_quiet()
    log, later = pipeline.parts.event_log, datetime.now(UTC) + timedelta(hours=1)
    review = waiting_for_retry(log, pipeline.parts.tenants.get(tenant).id, later)
    wait_for(lambda: pipeline.parts.desk.status.read().retrying == 1, "the retry is not shown", 30)
    late = StatusReader._stuck

    def tomorrow(reader: StatusReader, shown: int) -> dict[str, Stuck]:
        class Tomorrow(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:
                return datetime.now(tz) + timedelta(days=1)

        with monkeypatch.context() as patched:
            patched.setattr("operations.status.reader.datetime", Tomorrow)
            return late(reader, shown)

    monkeypatch.setattr(StatusReader, "_stuck", tomorrow)
    done = pipeline.run("status", "--check")
    assert done.returncode == 1
    (line,) = [line for line in done.stdout.decode().splitlines() if str(review.id) in line]
    assert "stuck at store since " in line
    assert line.endswith("1 failed attempt, the last at store, Broken")
    monkeypatch.undo()
    assert not log.append(Change(review, retry_now(review, now=datetime.now(UTC))).recorded()).conflicts
    pipeline.until_quiet()


AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
STUCK = StuckReview(UUID(int=1), UUID(int=3), AT, 2, "at nlp, TransientError: no answer")


def status(**changes: Any) -> Status:
    """Of a pipeline with many parts, nothing of which is in trouble unless the changes say so."""
    running = {f"worker-{n}": UnitStatus(True, "worker", "ready", f"http://127.0.0.1:{n}", 0) for n in range(12)}
    given: dict[str, Any] = {
        "received": 3, "accepted": 3, "revised": 0, "corrected": 0, "withdrawn": 0, "deduplicated": 0, "dead_lettered": 0,
        "open_letters": 7, "parked": 0, "waiting": 0,
        "events": 9, "steps": dict.fromkeys(("store", "nlp", "analytics", "notify", "failed"), Lag(7, 900.0)), "stuck": {},
        "retrying": 1, "retries": [Retry(UUID(int=2), UUID(int=3), "notify", 4, AT)], "abandoned": 5,
        "subscriptions": dict.fromkeys(("steps", "public", "projection.reviews"), Lag(0, 0.0)),
        "replays": [Replay("reviews", 4, 120_000, paused=True, since=AT, state="paused")], "units": running, "patience": 300.0,
    }  # fmt: skip
    return Status(**{**given, **changes})


def drawn(found: Status, width: int = 110, height: int = 100) -> list[str]:
    """What a terminal of that size shows while it is watched."""
    console = Console(width=width, height=height, force_terminal=True, color_system=None, file=io.StringIO())
    with Live(page(found), console=console, auto_refresh=False, screen=False) as live:
        live.refresh()
        return ["".join(part.text for part in line) for line in console.render_lines(live.get_renderable())][:height]


def test_people_see_what_is_stuck_and_what_was_given_up() -> None:
    found = status(stuck={"nlp": Stuck(6, [STUCK])}, parked=2)
    shown = "\n".join(drawn(found))
    sums = ("abandoned: 5", "waiting for a retry: 1", "open dead letters: 7", "parked streams: 2")
    for words in (
        str(STUCK.review_id),
        str(UUID(int=2)),
        "2026-03-01 12:00:00 UTC",
        "120000",
        "paused",
        "5 more",
        *sums,
    ):
        assert words in shown
    assert not found.quiet


LOOP = "crash loop: ended 5 times within 300 s; it ended with code 1"
IN_TROUBLE: dict[str, tuple[dict[str, Any], str]] = {
    "gone": ({"units": {"kafka": UnitStatus(False, "server", "gone", "", 0)}}, "kafka: gone"),
    "loop": ({"units": {"tailer": UnitStatus(True, "worker", "ready", LOOP, 7)}}, f"tailer: {LOOP}"),
    "silent": ({"silent": {"readmodels": "OperationalError"}}, "readmodels: cannot be asked: OperationalError"),
    "stuck": (
        {"stuck": {"nlp": Stuck(1, [STUCK])}},
        f"review {STUCK.review_id}: stuck at nlp since 2026-03-01 12:00:00,",
    ),
    "more": ({"stuck": {"nlp": Stuck(9, [STUCK])}}, "step nlp: 8 more reviews are stuck"),
    "behind": ({"subscriptions": {"public": Lag(5, 301.0)}}, "public: stuck: 5 events wait, the oldest for 301 s"),
    "parked": ({"parked": 2}, "parked streams: 2 stand still"),
    "slot": ({"slots": [Slot("outbox", False, "lost", 9, None)]}, "slot outbox: is lost"),
}


@pytest.mark.parametrize("changes", [each for each, _ in IN_TROUBLE.values()], ids=list(IN_TROUBLE))
def test_a_trouble_stands_first_on_a_small_terminal(changes: dict[str, Any]) -> None:
    said = next(words for each, words in IN_TROUBLE.values() if each is changes)
    found = status(**changes)
    assert any(f"{each.what}: {each.why}".startswith(said) for each in troubles(found))
    lines = drawn(found, width=80, height=24)
    assert len(lines) <= 24
    assert " ".join("".join(lines[:3]).split()).find(" ".join(said.split())[:60]) >= 0, lines


def test_ever_so_many_troubles_leave_room_for_the_sums() -> None:
    found = status(units={f"w{n}": UnitStatus(False, "worker", "gone", "", 0) for n in range(40)})
    lines = drawn(found, width=80, height=24)
    assert any("32 more" in line for line in lines)
    assert any("received" in line for line in lines)


def test_what_waits_for_its_time_or_for_a_decision_is_no_trouble() -> None:
    assert troubles(status()) == []
