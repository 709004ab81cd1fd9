"""Workers that live but stand still end themselves by a code of their own; ones that only take long do not."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from embedded.datadir import DataDir
from embedded.kafka import Kafka
from embedded.ready import announced_port
from embedded.secantus import Secantus
from eventstore.log import EventLog
from eventstore.positions import Positions
from reviewstream.health.watchdog import EXIT_CODE
from streams.runtime.reviews import Reviews
from tests.servers import running
from tests.streams.making import collected
from tests.streams.pipeline import SAGA, Pipeline, pipeline_on
from tests.streams.workers import Child
from tests.waiting import crowding, until

PARTITIONS = 4
BLOCKED = Path(__file__).with_name("blocked_worker.py")
STORED = ("review.collected", "review.raw_stored")
WITHIN = 15.0
HASTY = {"REVIEWSTREAM_WATCHDOG_SECONDS": "5"}
"""For what needs no proof with the default patience of 12 s."""


@pytest.fixture(scope="module")
def own_mongo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secantus]:
    """A raw store that may be stopped."""
    yield from running(Secantus(DataDir(tmp_path_factory.mktemp("mongo"))))


@pytest.fixture(scope="module")
def pipeline(
    own_kafka: Kafka,
    postgres_url: str,
    streams_template: str,
    own_mongo: Secantus,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Pipeline]:
    directory = tmp_path_factory.mktemp("standstill")
    with pipeline_on(
        postgres_url, streams_template, own_kafka.bootstrap, directory, partitions=PARTITIONS, mongo_url=own_mongo.url,
        subscriptions="steps", steps="collect,store",
    ) as made:  # fmt: skip
        yield made


def ask(child: Child, path: str) -> tuple[int, str]:
    """Status and text of the worker's endpoint."""
    port = announced_port(child.ready_file)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


@pytest.mark.long
@pytest.mark.parametrize(
    ("how", "patience"),
    [("loop", HASTY), ("agent", HASTY), ("agent", {})],
    ids=["loop", "agent", "agent, by default"],
)
def test_a_step_that_hangs_for_ever_ends_the_process_and_the_next_one_goes_on(
    pipeline: Pipeline,
    tailer: Child,
    tmp_path: Path,
    how: str,
    patience: dict[str, str],
    record_property: pytest.RecordProperty,
) -> None:
    hang = tmp_path / "hang"
    hang.touch()
    child = pipeline.program(BLOCKED, HANG_WHILE=str(hang), HANG_HOW=how, **patience)
    ids = [f"{how}{len(patience)}-{n}" for n in range(100)]
    try:
        child.start()
        child.wait_ready()
        pipeline.publish(ids)
        until((tmp_path / "hang.reached").exists)
        began = time.monotonic()
        assert child.wait(120) == EXIT_CODE, child.output.read_text()[-3000:]
        ended = time.monotonic() - began
        record_property("ended_after_seconds", ended)
        print(f"{how} stuck: ended after {ended:.1f} s")
        assert ended <= WITHIN * crowding()
        assert "watchdog.standstill" in child.output.read_text()
        hang.unlink()
        child.start()
        until(lambda: pipeline.histories(ids) == {STORED: 100})
    finally:
        child.end()


@pytest.mark.long
def test_told_to_stop_while_a_batch_hangs_it_ends_in_time_and_nothing_is_lost(
    pipeline: Pipeline, tailer: Child, tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    hang = tmp_path / "hang"
    hang.touch()
    child = pipeline.program(BLOCKED, HANG_WHILE=str(hang), HANG_HOW="agent", REVIEWSTREAM_WATCHDOG_SECONDS="60")
    ids = [f"stop{n}" for n in range(100)]
    try:
        child.start()
        child.wait_ready()
        pipeline.publish(ids)
        until((tmp_path / "hang.reached").exists)
        began = time.monotonic()
        child.signal(signal.SIGTERM)
        assert child.wait(120) == 0, child.output.read_text()[-3000:]
        ended = time.monotonic() - began
        record_property("stop_seconds", ended)
        print(f"told to stop while a batch hangs: ended after {ended:.1f} s")
        assert ended <= 10 * crowding()
        assert "worker.stop_cut_short" in child.output.read_text()
        hang.unlink()
        child.start()
        until(lambda: pipeline.histories(ids) == {STORED: 100})
    finally:
        child.end()


@pytest.mark.long
def test_a_subscription_that_hangs_ends_the_tailer(pipeline: Pipeline, tmp_path: Path) -> None:
    """Somebody holds the row of its position: the server answers, and the subscription gets no further."""
    alone = replace(pipeline, directory=tmp_path).child("tailer", REVIEWSTREAM_SUBSCRIPTIONS="public", **HASTY)
    try:
        alone.start()
        alone.wait_ready()
        with pipeline.pool.connection() as connection:
            Positions(pipeline.pool).move("public", 0)
            connection.execute("SELECT FROM subscriptions WHERE name = 'public' FOR UPDATE")
            asyncio.run(Reviews(EventLog(pipeline.pool)).append([collected()]))
            began = time.monotonic()
            assert alone.wait(120) == EXIT_CODE, alone.output.read_text()[-3000:]
        assert time.monotonic() - began <= WITHIN * crowding()
        alone.start()
        until(lambda: Positions(pipeline.pool).get("public") == EventLog(pipeline.pool).head())
    finally:
        alone.end()


@pytest.mark.long
def test_a_worker_with_nothing_to_do_lives_and_serves_its_state(streams: Child) -> None:
    streams.start()
    streams.wait_ready()
    until(lambda: ask(streams, "/readyz") == (200, "ok\n"))
    assert ask(streams, "/livez") == (200, "ok\n")
    metrics = ask(streams, "/metrics")[1]
    assert 'reviewstream_server_up{server="mongo"} 1.0' in metrics
    assert 'reviewstream_pool_size{pool="streams.eventstore"}' in metrics
    assert ask(streams, "/nowhere")[0] == 404


@pytest.mark.long
def test_a_batch_that_waits_for_a_server_is_no_standstill(
    pipeline: Pipeline, streams: Child, own_mongo: Secantus
) -> None:
    """The server is away for longer than the watchdog has patience; the same process goes on when it is back."""
    streams.start(**HASTY)
    streams.wait_ready()
    until(lambda: ask(streams, "/readyz")[0] == 200)
    ids = [f"m{n}" for n in range(50)]
    own_mongo.kill()
    pipeline.publish(ids)
    until(lambda: "mongo does not answer" in ask(streams, "/readyz")[1])
    gone = time.monotonic()
    until(lambda: time.monotonic() > gone + 10 or streams.exit_code is not None)
    own_mongo.start()
    until(lambda: pipeline.histories(ids) == {STORED: 50} or streams.exit_code is not None)
    assert streams.exit_code is None, streams.output.read_text()[-3000:]
    assert 'reviewstream_retries_total{what="store"}' in ask(streams, "/metrics")[1]


@pytest.mark.long
def test_a_long_analysis_is_no_standstill(pipeline: Pipeline, streams: Child) -> None:
    """One batch takes several times as long as the watchdog has patience."""
    patience = 2
    every_step = "collect,store,nlp,analytics,notify"
    streams.start(REVIEWSTREAM_STEPS=every_step, REVIEWSTREAM_WATCHDOG_SECONDS=str(patience))
    streams.wait_ready(200)
    ids = [f"l{n}" for n in range(30)]
    pipeline.publish(ids, content="The staff at the Grand Hotel in Vienna was kind, but the coffee was cold. " * 250)
    until(lambda: pipeline.histories(ids) == {SAGA: 30} or streams.exit_code is not None, 300)
    assert streams.exit_code is None, streams.output.read_text()[-3000:]
    seconds = re.findall(
        r'batch_seconds_bucket{le="2.5",phase="prepare",step="nlp"} ([0-9.]+)', ask(streams, "/metrics")[1]
    )
    batches = re.findall(r'batch_seconds_count{phase="prepare",step="nlp"} ([0-9.]+)', ask(streams, "/metrics")[1])
    assert float(seconds[0]) < float(batches[0]), "no batch took longer than the watchdog's patience"


@pytest.mark.long
@pytest.mark.timeout(400)
def test_a_suspended_analysis_process_ends_the_worker(pipeline: Pipeline, streams: Child) -> None:
    """Nobody answers for the texts, and no processor time is spent: that is a standstill, long analysis is not."""
    streams.start(REVIEWSTREAM_STEPS="collect,store,nlp,analytics,notify", **HASTY)
    streams.wait_ready(200)
    assert streams.process is not None
    family = psutil.Process(streams.process.pid).children(recursive=True)
    analyst = max(family, key=lambda process: process.memory_info().rss).pid
    ids = [f"n{n}" for n in range(50)]
    os.kill(analyst, signal.SIGSTOP)
    pipeline.publish(ids)
    until(lambda: pipeline.histories(ids)[STORED] > 0)
    began = time.monotonic()
    assert streams.wait(120) == EXIT_CODE
    assert time.monotonic() - began <= WITHIN * crowding()
    os.kill(analyst, signal.SIGKILL)
    streams.start(REVIEWSTREAM_STEPS="collect,store,nlp,analytics,notify")
    until(lambda: pipeline.histories(ids) == {SAGA: 50})
