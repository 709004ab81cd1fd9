"""The inbound topic deleted and made again under a living ledger: no message is taken for handled, none passed over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from confluent_kafka.admin import AdminClient
from tenacity import retry, stop_after_delay, wait_fixed

from connectors.kafka import client_config, create_topics, describe, end_offsets
from connectors.kafka_groups import committed, set_back
from connectors.wait import wait_out
from embedded.kafka import Kafka
from eventstore.log import EventLog
from schemas.errors import TransientError, Unavailable
from services.inbound.ledger import InboundLedger
from streams.steps.inbound_topic import recognise, replaced
from streams.topics import INBOUND
from tests.streams.pipeline import Pipeline, pipeline_on
from tests.streams.workers import Child
from tests.waiting import until

PARTITIONS = 2
COLLECTED = ("review.collected",)


@pytest.fixture
def pipeline(own_kafka: Kafka, postgres_url: str, streams_template: str, tmp_path: Path) -> Iterator[Pipeline]:
    kafka = own_kafka.bootstrap
    with pipeline_on(postgres_url, streams_template, kafka, tmp_path, partitions=PARTITIONS, steps="collect") as made:
        if sent(kafka):  # by other tests
            made_anew(kafka)
        yield made
        print("counted:", made.totals(), "offsets:", InboundLedger(made.pool).offsets(INBOUND))  # for a failed test


@pytest.fixture
def worker(pipeline: Pipeline) -> Iterator[Child]:
    child = pipeline.program(Path(__file__).with_name("watching_worker.py"))
    yield child
    child.end()


def kept(worker: Child) -> bool:
    """Start it again when it has ended, as its supervisor does."""
    if worker.exit_code is not None:
        worker.start()
    return True


def sent(kafka: str) -> int:
    """How many messages the topic has had. A broker that was just told of a topic does not serve it for a moment."""
    return sum(wait_out(TransientError, lambda: end_offsets(kafka, INBOUND), 30).values())


def made_anew(kafka: str) -> str:
    """The new topic's id. The old one must have held messages.

    A broker names the new topic before it exchanges the partitions; what is sent in between goes to the old ones, is
    confirmed, and deleted with them. So wait until the partitions are empty.
    """
    assert sent(kafka)
    before = describe(kafka, INBOUND).id

    @retry(wait=wait_fixed(0.2), stop=stop_after_delay(20), reraise=True)
    def again() -> str:
        create_topics(kafka, {INBOUND: PARTITIONS})
        found = describe(kafka, INBOUND).id
        assert found != before
        assert not sent(kafka)
        return found

    admin = AdminClient(client_config(kafka))
    for future in admin.delete_topics([INBOUND]).values():
        future.result()
    return again()


def test_a_worker_that_starts_after_it_counts_the_new_topic_from_its_beginning(
    pipeline: Pipeline, worker: Child
) -> None:
    first, second = ([f"{name}{n}" for n in range(30)] for name in "ab")
    pipeline.publish(first)
    worker.start()
    until(lambda: pipeline.histories(first) == {COLLECTED: 30})
    assert pipeline.totals().received == 30
    worker.end()
    made_anew(pipeline.kafka)
    pipeline.publish(second)
    worker.start()
    until(lambda: pipeline.histories(second) == {COLLECTED: 30})
    assert pipeline.totals().received == 60
    assert sum(InboundLedger(pipeline.pool).offsets(INBOUND).values()) == 30


def test_a_running_worker_notices_ends_and_the_next_one_misses_nothing(pipeline: Pipeline, worker: Child) -> None:
    first, second = ([f"{name}{n}" for n in range(30)] for name in "cd")
    pipeline.publish(first)
    worker.start()
    until(lambda: pipeline.histories(first) == {COLLECTED: 30})
    made_anew(pipeline.kafka)
    pipeline.publish(second)
    until(lambda: worker.exit_code is not None)
    assert worker.exit_code != 0
    assert "inbound.replaced" in worker.output.read_text()
    until(lambda: kept(worker) and pipeline.histories(second) == {COLLECTED: 30})
    totals = pipeline.totals()
    assert (totals.accepted, totals.dead_lettered) == (60, 0)


def test_a_group_that_is_ahead_of_the_ledger_is_set_back(pipeline: Pipeline, own_kafka: Kafka) -> None:
    """As after the ledger's database was restored from a backup."""
    url, group, ledger = own_kafka.bootstrap, f"group-{uuid4()}", InboundLedger(pipeline.pool)
    pipeline.publish([f"e{n}" for n in range(20)])
    set_back(url, group, INBOUND, {0: 3, 1: 2})
    assert committed(url, group, INBOUND, PARTITIONS) == {0: 3, 1: 2}
    topic_id = recognise(url, ledger, group)
    assert committed(url, group, INBOUND, PARTITIONS) == {0: 0, 1: 0}
    assert recognise(url, ledger, group) == topic_id == describe(url, INBOUND).id
    assert not replaced(url, topic_id)
    assert replaced(url, "another")
    assert EventLog(pipeline.pool).head() == 0


def test_who_asks_for_what_is_not_there_is_told_so(own_kafka: Kafka) -> None:
    with pytest.raises(Unavailable, match="reviewstream setup"):
        describe(own_kafka.bootstrap, "no.such.topic")
    with pytest.raises(TransientError):
        describe("127.0.0.1:1", INBOUND, timeout=0.5)
    with pytest.raises(TransientError):
        committed("127.0.0.1:1", "group", INBOUND, 1, timeout=0.5)
    with pytest.raises(TransientError):
        set_back("127.0.0.1:1", "group", INBOUND, {0: 0}, timeout=0.5)
    assert not replaced("127.0.0.1:1", "id")
