"""Kafka Connect as a child process."""

from __future__ import annotations

from pathlib import Path

import httpx
import psutil

from connectors.jars import read_listing
from embedded.connect import PLUGINS, Connect
from embedded.kafka import Kafka


def test_it_offers_debezium_s_connectors_and_no_others(connect: Connect) -> None:
    offered = httpx.get(f"{connect.url}/connector-plugins", trust_env=False).json()
    sources = {each["class"].rpartition(".")[2] for each in offered if each["type"] == "source"}
    assert sources == {"PostgresConnector", "MongoDbConnector"}


def test_a_jar_that_nobody_listed_is_gone_at_the_next_start(tmp_path: Path, kafka: Kafka) -> None:
    idle = Connect(kafka.data)
    idle.plugins = tmp_path
    (tmp_path / "debezium").mkdir()
    (tmp_path / "debezium" / "stranger-6.6.jar").write_bytes(b"x")
    idle.prepare()
    assert {path.name for path in (tmp_path / "debezium").iterdir()} == {jar.filename for jar in read_listing(PLUGINS)}


def test_it_listens_on_loopback_alone(connect: Connect) -> None:
    assert connect.pid is not None
    listening = [each.laddr for each in psutil.Process(connect.pid).net_connections() if each.status == "LISTEN"]
    assert [(at.ip.removeprefix("::ffff:"), at.port) for at in listening] == [("127.0.0.1", connect.port)]
