"""Each store is lost while the stack is down: what that stops, what is said, and what `recover` brings back.

What is lost while it runs: e2e/test_recover.py.
"""

from __future__ import annotations

import shutil

import pytest
from confluent_kafka import Consumer, TopicPartition

from connectors.kafka import client_config, end_offsets
from schemas.topics import public_topics
from tests.e2e.pipeline import wait_for
from tests.recovery.conftest import ROW, TENANT, Installation
from tests.waiting import until


def messages(url: str, topic: str) -> list[bytes]:
    """The values of all messages of a topic."""
    ends = end_offsets(url, topic)
    consumer = Consumer({**client_config(url), "group.id": "tests", "enable.auto.commit": False})
    consumer.assign([TopicPartition(topic, partition, 0) for partition in ends])
    found: list[bytes] = []
    try:
        until(
            lambda: (
                found.extend(each.value() for each in consumer.consume(500, 0.2)) or len(found) >= sum(ends.values())
            )
        )
    finally:
        consumer.close()
    return found


@pytest.mark.long
def test_an_installation_that_lost_nothing_says_so_and_recovering_changes_nothing(installation: Installation) -> None:
    head = installation.parts.event_log.head()
    assert installation.ok("recover", "--yes") == "nothing is lost\n"
    assert installation.parts.event_log.head() == head == 6 * installation.published


@pytest.mark.long
def test_read_stores_raw_store_cache_and_passwords_come_back_after_they_were_removed(
    installation: Installation,
) -> None:
    """All of them at once, while the stack is down."""
    installation.lose("clickhouse", "secantus", "valkey", "secrets.json")
    said = installation.up()
    assert "LOST: clickhouse: analytics v1 has no database analytics_v1 in ClickHouse" in said
    assert "LOST: mongo: of 20 reviews" in said
    assert "reviewstream recover" in said
    examined = installation.run("doctor")
    assert examined.returncode == 1
    assert set(installation.losses()) == {"clickhouse", "mongo"}
    assert installation.losses().keys() == {"clickhouse", "mongo"}, "a look has changed something"
    installation.dies_at("recovery.replaced")
    assert set(installation.losses()) == {"mongo"}
    refused = installation.run("replay", "analytics", "--rollback")
    assert b"nothing to go back to" in refused.stderr
    installation.recovered()
    installation.works()


@pytest.mark.long
def test_kafka_s_topics_are_filled_again_from_the_log(installation: Installation) -> None:
    before = {topic: set(messages(installation.parts.url("kafka"), topic)) for topic in public_topics().values()}
    assert all(before[topic] for topic in before if "subscribers" in topic)
    installation.lose("kafka")
    said = installation.up()
    assert "LOST: kafka: reviews.inbound is not the topic that it was" in said
    installation.dies_at("recovery.sent")
    assert set(installation.losses()) == {"kafka"}
    installation.recovered()
    after = {topic: set(messages(installation.parts.url("kafka"), topic)) for topic in public_topics().values()}
    assert after == before
    installation.works()


@pytest.mark.long
@pytest.mark.timeout(400)
@pytest.mark.parametrize(("name", "lost"), [("clickhouse", "clickhouse"), ("secantus", "mongo"), ("kafka", "kafka")])
def test_a_directory_is_removed_under_a_running_server(installation: Installation, name: str, lost: str) -> None:
    """The server ends by itself or by its supervisor, and comes back empty."""
    installation.close()
    pid = installation.pid(name)
    shutil.rmtree(installation.data_dir / name)
    if name != "kafka":  # whether that takes a message before it ends, no one can tell
        installation.send(1)
    installation.until_replaced(name, pid)
    wait_for(lambda: set(installation.losses()) == {lost}, f"the loss of {name} is not seen", 60)
    assert installation.run("status").returncode == 1
    installation.recovered()
    installation.works()


@pytest.mark.long
def test_passwords_are_rotated_while_it_is_down(installation: Installation) -> None:
    refused = installation.run("rotate-passwords")
    assert refused.returncode == 1
    assert b"reviewstream down" in refused.stderr
    before = installation.ok("urls", "--show-secrets")
    installation.lose()
    installation.ok("rotate-passwords")
    installation.up()
    after = installation.ok("urls", "--show-secrets")
    old, new = ({line.partition("=")[2] for line in text.splitlines() if "@" in line} for text in (before, after))
    assert old
    assert not old & new
    installation.works()


@pytest.mark.long
@pytest.mark.timeout(300)
def test_publishing_says_that_no_worker_reads(installation: Installation) -> None:
    installation.lose()
    installation.ok("up", "--detach", "--no-workers")
    wait_for(lambda: installation.parts.desk.inbound_readers() == 0, "the group still has its members", 60)
    row = ROW.format(id="alone", text="The tea was cold.").encode()
    refused = installation.run(
        "publish", "-", "--format", "jsonl", "--tenant", TENANT, "--source", "kiosk", stdin=row
    )  # fmt: skip
    assert refused.returncode == 1
    assert b"no worker reads reviews.inbound" in refused.stderr
    assert b"The rows are safe in Kafka" in refused.stderr
    installation.lose()
    installation.up()
    installation.published += 1
    wait_for(
        lambda: installation.parts.ledger.totals().accepted == installation.published, "the row was not taken up", 60
    )
    installation.until_quiet()
    installation.works()


@pytest.mark.long
def test_a_lost_event_log_is_not_replaced_by_a_new_one(installation: Installation) -> None:
    """The last one: nothing brings it back."""
    said = "the event log has no tables, and yet the raw store has reviews"
    installation.close()
    pid = installation.pid("postgres")
    shutil.rmtree(installation.data_dir / "postgres")
    wait_for(
        lambda: installation.state().units["postgres"].pid not in {pid, None}, "PostgreSQL does not come back", 120
    )
    wait_for(lambda: said in installation.run("recover", "--dry-run").stdout.decode(), "the loss is not seen", 60)
    for asked in (["recover", "--yes"], ["setup"], ["migrate", "apply"]):
        refused = installation.run(*asked)
        assert refused.returncode == 1, asked
        assert b"backup" in refused.stderr
    assert said in installation.run("doctor").stdout.decode()
    status = installation.run("status")
    assert status.returncode == 1
    assert said in status.stdout.decode()
    installation.lose()
    started = installation.run("up", "--detach")
    assert started.returncode == 1
    assert b"the event log is empty, and yet the raw store has reviews" in started.stderr
    assert b"backup" in started.stderr
    installation.ok("up", "--detach", "--no-workers")
    refused = installation.run("recover", "--yes")
    assert refused.returncode == 1
    assert b"backup" in refused.stderr
    assert installation.parts.event_log.head() == 0
    assert installation.documents() == installation.published


@pytest.mark.parametrize("option", [["--dry-run"], []])
def test_without_a_stack_it_says_what_to_start(tmp_path, option: list[str]) -> None:
    found = Installation(tmp_path).run("recover", *option)
    assert found.returncode == 1
    assert b"reviewstream up" in found.stderr
