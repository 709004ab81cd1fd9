"""The running product notices by itself what stands still, and says so."""

from __future__ import annotations

import os
import signal
import time
import urllib.request
from pathlib import Path

import pytest

from debezium.captures import TENANTS
from debezium.slots import Source
from tests.e2e.pipeline import Pipeline, wait_for
from tests.e2e.test_kills import REVIEWS, reviews
from tests.waiting import crowding, is_gone


def test_status_shows_where_workers_serve_their_health_and_metrics(pipeline: Pipeline) -> None:
    pipeline.until_ready()
    for name in ("tailer", "streams"):
        unit = pipeline.json("status")["units"][name]
        assert unit["ok"], unit
        assert b"reviewstream_standstill_seconds" in metrics(pipeline, name)


@pytest.mark.timeout(400)
def test_a_worker_that_stands_still_is_started_again_and_everything_completes(
    pipeline: Pipeline, tenant: str, tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    before = pipeline.until_quiet()["events"]
    restarts = pipeline.state().units["streams"].restarts
    for analyst in pipeline.analysis_processes():  # with one of them left, the work would only take longer
        os.kill(analyst, signal.SIGSTOP)
    file = reviews(tmp_path / "reviews.jsonl", "still")
    pipeline.ok("publish", str(file), "--tenant", tenant, "--source", "still")
    began = time.monotonic()
    wait_for(lambda: pipeline.state().units["streams"].restarts > restarts, "nobody noticed", 60)
    record_property("noticed_after_seconds", time.monotonic() - began)
    assert "its watchdog saw no progress" in pipeline.state().units["streams"].note or pipeline.state().ready
    pipeline.until_ready()
    assert pipeline.until_quiet()["events"] == before + 6 * REVIEWS


@pytest.mark.long
@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", ["tailer", "streams"])
def test_a_worker_stopped_under_load_ends_within_ten_seconds_and_nothing_is_lost(
    pipeline: Pipeline, tenant: str, tmp_path: Path, name: str, record_property: pytest.RecordProperty
) -> None:
    before = pipeline.until_quiet()["events"]
    file = reviews(tmp_path / "reviews.jsonl", f"stop-{name}")
    pipeline.ok("publish", str(file), "--tenant", tenant, "--source", "stop")
    wait_for(lambda: pipeline.parts.event_log.head() > before + REVIEWS, "the sagas do not start", 60)
    pid = pipeline.pid(name)
    began = time.monotonic()
    os.kill(pid, signal.SIGTERM)
    wait_for(lambda: is_gone(pid), f"{name} does not end", 60)
    ended = time.monotonic() - began
    record_property("stop_seconds", ended)
    print(f"{name} stopped under load in {ended:.1f} s")
    assert ended <= 10 * crowding()
    pipeline.until_replaced(name, pid)
    assert pipeline.until_quiet()["events"] == before + 6 * REVIEWS
    verified = pipeline.run("verify")
    assert verified.returncode == 0, verified.stdout.decode()


def test_the_tailer_measures_what_waits_for_slots(pipeline: Pipeline) -> None:
    pipeline.until_ready()
    source = Source(pipeline.parts.settings.url("tenancy"))
    series = f'reviewstream_replication_slot_bytes{{slot="{source.slot_name(TENANTS)}"}}'.encode()

    assert source.hold(TENANTS)
    try:
        wait_for(lambda: series in metrics(pipeline, "tailer"), "the slot is not seen", 60)
    finally:
        source.release(TENANTS)
    wait_for(lambda: series not in metrics(pipeline, "tailer"), "its series stays", 60)


def metrics(pipeline: Pipeline, worker: str) -> bytes:
    """What the worker tells Prometheus, which waits for ten seconds, too."""
    address = pipeline.json("status")["units"][worker]["address"]
    with urllib.request.urlopen(f"{address}/metrics", timeout=10) as answer:
        return bytes(answer.read())
