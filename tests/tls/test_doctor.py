"""What the doctor finds, and that it says how to mend it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient

from connectors.endpoints import Endpoint, endpoint
from connectors.kafka import create_topics
from reviewstream.doctor import disk, kafka
from reviewstream.doctor.clock import assessed
from reviewstream.doctor.encryption import encryption
from reviewstream.doctor.findings import Finding, Level, Subject
from reviewstream.doctor.run import examine
from reviewstream.main import main
from reviewstream.settings import load
from streams.topics import all_topics
from telemetry import logs
from tests.tls.broker import NOBODY, PASSWORD, TlsKafka

KAFKA, EVENTSTORE = Subject("kafka"), Subject("eventstore")


@pytest.fixture
def without_servers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in ("EVENTSTORE", "READMODELS", "TENANCY", "KAFKA", "MONGO", "CLICKHOUSE", "REDIS"):
        monkeypatch.delenv(f"REVIEWSTREAM_{name}_URL", raising=False)
    return tmp_path


def by_check(found: list[Finding]) -> dict[str, Finding]:
    return {finding.check: finding for finding in found}


@pytest.mark.parametrize(
    ("ahead", "level"), [(0.4, Level.OK), (-1.5, Level.WARNING), (29, Level.WARNING), (-31, Level.PROBLEM), (86_400, Level.PROBLEM)]
)  # fmt: skip
def test_clocks_may_differ_a_little(ahead: float, level: Level):
    assert assessed(KAFKA, ahead, accurate_to=0.1).level is level


def test_what_the_round_trip_explains_is_no_difference():
    assert assessed(KAFKA, 1.5, accurate_to=1.0).level is Level.OK


@pytest.mark.parametrize(
    ("url", "version", "level"),
    [
        ("postgresql://db.example/x", None, Level.WARNING),
        ("postgresql://db.example/x?sslmode=require", "TLSv1.3", Level.WARNING),
        ("postgresql://db.example/x?sslmode=verify-ca&sslrootcert=/ca", "TLSv1.3", Level.WARNING),
        ("postgresql://db.example/x?sslmode=verify-full&sslrootcert=/ca", "TLSv1.3", Level.OK),
        ("postgresql://127.0.0.2/x", None, Level.OK),
        ("postgresql:///x?host=/run/postgresql", None, Level.OK),
    ],
)
def test_plaintext_and_unverified_servers_are_warned_of_unless_they_are_here(
    url: str, version: str | None, level: Level
):
    found = encryption(EVENTSTORE, endpoint("postgres", url), version)
    assert found.level is level
    assert bool(found.fix) is (level is not Level.OK)


@pytest.mark.parametrize(
    ("system", "url", "expected"),
    [
        ("kafka", "kafka+sasl_ssl://u:p@h:1,i:2", (True, True, True)),
        ("kafka", "kafka+ssl://h:1?ssl.endpoint.identification.algorithm=none", (True, True, False)),
        ("kafka", "kafka+ssl://h:1?enable.ssl.certificate.verification=false", (True, False, False)),
        ("mongo", "mongodb://h:1/?tls=true", (True, True, True)),
        ("mongo", "mongodb://h:1/?tls=true&tlsAllowInvalidHostnames=true", (True, True, False)),
        ("mongo", "mongodb://h:1/?tls=true&tlsInsecure=true", (True, False, False)),
        ("clickhouse", "clickhouses://u:p@h:1/d", (True, True, True)),
        ("clickhouse", "clickhouse://u:p@h:1/d?secure=true&verify=false", (True, False, False)),
        ("redis", "rediss://:p@h:1/0", (True, True, True)),
        ("redis", "rediss://:p@h:1/0?ssl_check_hostname=false", (True, True, False)),
        ("redis", "redis://:p@h:1/0", (False, False, False)),
    ],
)
def test_urls_are_read_as_their_drivers_do(system: str, url: str, expected: tuple[bool, bool, bool]):
    found = endpoint(system, url)
    assert (found.host, found.port, found.tls, found.verified, found.name_checked) == ("h", 1, *expected)


def test_only_this_machine_is_local():
    assert [Endpoint(host, 1, tls=False).local for host in ("::1", "localhost", "10.0.0.1", "db")] == [
        True,
        True,
        False,
        False,
    ]


def test_a_version_that_is_too_old_is_a_problem():
    assert EVENTSTORE.at_least("14.9", 15).level is Level.PROBLEM
    assert EVENTSTORE.at_least("18.6 (Debian)", 15).level is Level.OK


def test_a_user_without_rights_is_told_which_are_missing(tls_kafka: TlsKafka):
    create_topics(tls_kafka.bootstrap, all_topics(1))
    found = by_check(list(kafka.examine(KAFKA, tls_kafka.sasl_url(user=NOBODY), "reviewstream")))
    assert found["login"].level is Level.OK
    assert found["agents"].level is Level.OK
    assert (found["create topics"].level, found["rights"].level) == (Level.WARNING, Level.PROBLEM)
    assert found["group"].level is Level.PROBLEM
    assert "allow Read, Write and Describe" in found["rights"].fix


def test_a_broker_is_left_as_it_was(tls_kafka: TlsKafka):
    create_topics(tls_kafka.bootstrap, all_topics(1))
    admin = AdminClient({"bootstrap.servers": tls_kafka.bootstrap})
    before = ours(admin)
    found = by_check(list(kafka.examine(KAFKA, tls_kafka.sasl_url(), "reviewstream")))
    assert {finding.level for finding in found.values()} == {Level.OK}, found
    assert ours(admin) == before


def ours(admin: AdminClient) -> set[str]:
    """Without what the broker makes for itself when it is first asked about groups."""
    return {name for name in admin.list_topics(timeout=10).topics if not name.startswith("__")}


def test_nothing_secret_is_shown(tls_kafka: TlsKafka, without_servers: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.setattr(logs, "configure", lambda *_, **__: None)  # its hooks would outlive the command in this process
    monkeypatch.setenv("REVIEWSTREAM_KAFKA_URL", tls_kafka.sasl_url(password="mistyped"))
    monkeypatch.setenv("REVIEWSTREAM_EVENTSTORE_URL", "postgresql://me:mistyped@127.0.0.1:9/x")
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--json", "--data-dir", str(without_servers)])
    shown, on_the_side = capsys.readouterr()
    assert ended.value.code == 1
    told = {finding["subject"]: finding for finding in json.loads(shown)["findings"]}
    assert told["kafka"]["detail"] == "the server refuses the user or the password"
    assert told["kafka"]["fix"].startswith("REVIEWSTREAM_KAFKA_URL: correct user and password")
    assert told["eventstore"]["check"] == "reachable"
    assert not any(secret in shown + on_the_side for secret in ("mistyped", PASSWORD, "://me"))


def test_servers_that_nobody_named_are_problems_that_name_the_setting(without_servers: Path):
    found = {finding.subject: finding for finding in examine(load(data_dir=without_servers))}
    assert found["mongo"].level is Level.PROBLEM
    assert "REVIEWSTREAM_MONGO_URL" in found["mongo"].fix
    assert "redis" not in found


def test_a_wrong_option_is_wrong_usage(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--no-such-option"])
    assert ended.value.code == 2
    assert "no-such-option" in capsys.readouterr().err


def test_little_free_space_is_a_finding():
    assert [disk._free_space(free).level for free in (10**10, 5 * 10**8, 10**7)] == [
        Level.OK,
        Level.WARNING,
        Level.PROBLEM,
    ]
