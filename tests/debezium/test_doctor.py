"""What the doctor finds about Connect: the session's, somebody else's, and none at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from embedded.connect import Connect
from embedded.datadir import DataDir
from embedded.kafka import Kafka
from reviewstream.doctor import connect as examination
from reviewstream.doctor.findings import Finding, Level, Subject
from reviewstream.doctor.run import examine
from reviewstream.main import main
from reviewstream.settings import Settings, load
from telemetry import logs
from tests.debezium.guarded import PASSWORD, USER, guard
from tests.servers import running

CONNECT = Subject("connect")
POSTGRES = "io.debezium.connector.postgresql.PostgresConnector"


class Meagre(Connect):
    """Without Debezium's connector for MongoDB, and without exactly-once."""

    def _link_plugins(self, directory: Path) -> None:
        super()._link_plugins(directory)
        for jar in directory.glob("debezium-connector-mongodb-*"):
            jar.unlink()

    def argv(self) -> list[str]:
        found = super().argv()
        with self.properties.open("a") as properties:
            properties.write("\nexactly.once.source.support=disabled\n")
        return found


@pytest.fixture(scope="module")
def meagre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connect]:
    """On a Kafka of its own."""
    data = DataDir(tmp_path_factory.mktemp("meagre"))
    for _ in running(Kafka(data)):
        yield from running(Meagre(data))


@pytest.fixture
def settings(kafka: Kafka, tmp_path: Path) -> Settings:
    return load(kafka_url=f"kafka://{kafka.bootstrap}", data_dir=tmp_path)


def found_at(url: str, settings: Settings) -> dict[str, Finding]:
    return {finding.check: finding for finding in examination.examine(CONNECT, url, settings)}


def test_nothing_is_amiss_with_ours(connect: Connect, settings: Settings) -> None:
    found = found_at(connect.url, settings)
    assert list(found) == ["login", "version", "tls", "cluster", "plugins", "exactly once", "rights"]
    assert {finding.level for finding in found.values()} == {Level.OK}, found
    assert found["version"].detail.startswith("4.")
    assert "PostgresConnector 3.6" in found["plugins"].detail


@pytest.mark.long
def test_what_another_one_lacks_is_named_with_what_to_do(meagre: Connect, kafka: Kafka, settings: Settings) -> None:
    found = found_at(meagre.url, settings)
    bad = {check for check, finding in found.items() if finding.level is Level.PROBLEM}
    assert bad == {"cluster", "plugins", "exactly once"}
    assert found["plugins"].detail == "missing: MongoDbConnector"
    assert "plugin.path" in found["plugins"].fix
    assert "exactly.once.source.support=enabled" in found["exactly once"].fix
    assert "REVIEWSTREAM_KAFKA_URL leads to" in found["cluster"].detail
    assert "bootstrap.servers" in found["cluster"].fix


def test_the_cluster_is_not_judged_while_kafka_does_not_answer(
    connect: Connect, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examination, "KAFKA_SECONDS", 0.5)
    found = found_at(connect.url, load(kafka_url="kafka://127.0.0.1:9", data_dir=settings.data_dir))
    assert found["cluster"].level is Level.WARNING
    assert found["rights"].level is Level.OK


def test_a_password_is_asked_for_and_its_user_may_not_do_everything(connect: Connect, settings: Settings) -> None:
    with guard(connect.url, forbidden="/connectors") as port:
        refused = found_at(f"http://{USER}:mistyped@127.0.0.1:{port}", settings)
        let_in = found_at(f"http://{USER}:{PASSWORD}@127.0.0.1:{port}", settings)
    assert list(refused) == ["login"]
    assert refused["login"].level is Level.PROBLEM
    assert refused["login"].fix == "put user and password into REVIEWSTREAM_CONNECT_URL"
    assert {check for check, finding in let_in.items() if finding.level is not Level.OK} == {"rights"}
    assert let_in["rights"].detail == "may not read connectors"


@pytest.mark.parametrize("path", ["/connector-plugins", "/nothing"])
def test_somebody_else_s_url_is_told_as_such(path: str, connect: Connect, settings: Settings) -> None:
    found = found_at(connect.url + path, settings)
    assert list(found) == ["reachable"]
    assert "is not Kafka Connect" in found["reachable"].detail
    assert found["reachable"].fix == "correct REVIEWSTREAM_CONNECT_URL"


def test_the_command_tells_that_nobody_is_there_and_no_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(logs, "configure", lambda *_, **__: None)  # its hooks would outlive the command in this process
    monkeypatch.setenv("REVIEWSTREAM_CONNECT_URL", "http://operator:mistyped@127.0.0.1:9")
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--json", "--data-dir", str(tmp_path)])
    shown, on_the_side = capsys.readouterr()
    assert ended.value.code == 1
    (told,) = [each for each in json.loads(shown)["findings"] if each["subject"] == "connect"]
    assert (told["check"], told["level"]) == ("reachable", "problem")
    assert "127.0.0.1:9 does not answer" in told["detail"]
    assert "`reviewstream up --cdc`" in told["fix"]
    assert "mistyped" not in shown + on_the_side


@pytest.mark.parametrize("given", [{}, {"connect_url": ""}], ids=["none", "an empty one"])
def test_nothing_is_said_of_a_connect_that_nobody_named(given: dict[str, Any], tmp_path: Path) -> None:
    assert "connect" not in {finding.subject for finding in examine(load(data_dir=tmp_path, **given))}


def test_plaintext_over_a_network_is_warned_of() -> None:
    assert examination.encryption_of_http(CONNECT, "http://connect.example:8083").level is Level.WARNING
    assert examination.encryption_of_http(CONNECT, "https://connect.example").level is Level.OK


@pytest.mark.parametrize(("version", "level"), [("3.5.2.Final", Level.PROBLEM), ("3.6.0.Final", Level.OK), ("4.0.0", Level.OK)])  # fmt: skip
def test_an_older_debezium_does_not_know_our_templates(version: str, level: Level, connect: Connect) -> None:
    with examination.Connect(connect.url) as asked:
        installed = asked.plugins() | {POSTGRES: version}
    assert examination.plugins(CONNECT, installed).level is level
