"""`reviewstream cdc`, as operators use it, and what a slot does when nothing happens."""

from __future__ import annotations

import json
from collections.abc import Callable

import psycopg
import pytest

from debezium.captures import TENANTS
from reviewstream.main import main
from telemetry import logs
from tests.debezium.conftest import World
from tests.waiting import until

URLS = ("eventstore_url", "tenancy_url", "kafka_url", "connect_url", "cdc_login")


@pytest.fixture
def here(world: Callable[..., World], monkeypatch: pytest.MonkeyPatch) -> World:
    """A world whose settings stand in the environment."""
    made = world(label="")
    monkeypatch.setattr(logs, "configure", lambda *_, **__: None)  # its hooks would outlive the command in this process
    for name in URLS:
        value = getattr(made.parts.settings, name)
        monkeypatch.setenv(f"REVIEWSTREAM_{name.upper()}", value.get_secret_value())
    monkeypatch.setenv("REVIEWSTREAM_CONNECT_SECRETS", str(made.parts.settings.connect_secrets))
    monkeypatch.setenv("REVIEWSTREAM_DATA_DIR", str(made.parts.settings.data_dir))
    return made


Said = pytest.CaptureFixture[str]


def run(said: Said, *argv: str, code: int = 0) -> str:
    """What it prints; `code` is what it must exit with."""
    ended = 0
    try:
        main(argv)
    except SystemExit as ending:
        ended = int(ending.code or 0)
    shown = said.readouterr()
    assert ended == code, shown.err
    return shown.out if code == 0 and shown.out else shown.err


def test_a_connector_s_life(here: World, capsys: Said) -> None:
    assert "tenants: registered and running" in run(capsys, "cdc", "register", "tenants")
    until(lambda: states(capsys) == ("RUNNING", "RUNNING", True), otherwise="it does not run")
    assert "is paused" in run(capsys, "cdc", "pause", "tenants")
    until(lambda: states(capsys) == ("STOPPED", "", False), otherwise="it does not stand still")
    assert "tenants is running" in run(capsys, "cdc", "resume", "tenants")
    until(lambda: states(capsys) == ("RUNNING", "RUNNING", True), otherwise="it does not run")
    assert "active, reserved" in run(capsys, "cdc", "status")
    assert "removed" in run(capsys, "cdc", "remove", "tenants")
    assert states(capsys) == ("", "", None)
    assert "`reviewstream cdc register tenants` registers it" in run(capsys, "cdc", "resume", "tenants", code=1)


def test_no_slot_is_made_for_a_publisher_that_does_not_publish(world: Callable[..., World]) -> None:
    by_tailer = world(public_topics="tailer").capturing
    assert by_tailer.wanted() == ["tenants", "raw_reviews"]
    by_tailer.refresh()
    assert by_tailer.status("outbox").slot is None


def states(said: Said) -> tuple[str, str, bool | None]:
    found = {each["name"]: each for each in json.loads(run(said, "cdc", "status", "--json"))}["tenants"]
    return found["connector"], found["task"], found["slot"] and found["slot"]["active"]


def test_a_refused_configuration_names_the_field_and_no_secret(
    here: World, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVIEWSTREAM_CDC_LOGIN", "reviewstream_cdc:not-the-password")
    monkeypatch.delenv("REVIEWSTREAM_CONNECT_SECRETS")
    said = run(capsys, "cdc", "register", "tenants", code=2)
    assert "connector tenants is refused:" in said
    assert "database.hostname" in said
    assert "not-the-password" not in said
    assert here.capturing.status("tenants").slot is None


def test_a_login_that_does_not_exist_is_asked_for(here: World, capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWSTREAM_CDC_LOGIN", "nobody:s3cret")
    said = run(capsys, "cdc", "register", "tenants", code=1)
    assert "CREATE ROLE" in said
    assert "s3cret" not in said


def test_a_missing_table_is_asked_for(here: World, capsys: Said) -> None:
    with here.parts.eventstore_pool.connection() as connection:
        connection.execute("DROP TABLE tenants")
    assert "`reviewstream setup` creates it" in run(capsys, "cdc", "register", "tenants", code=1)


@pytest.mark.parametrize(
    ("url", "says"),
    [(None, "`reviewstream up --cdc` starts one"), ("http://user:s3cret@127.0.0.1:9", "127.0.0.1:9 does not answer")],
    ids=["none named", "nobody there"],
)
def test_without_connect_it_says_what_to_do(
    url: str | None, says: str, here: World, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REVIEWSTREAM_CONNECT_URL") if url is None else monkeypatch.setenv(
        "REVIEWSTREAM_CONNECT_URL", url
    )
    said = run(capsys, "cdc", "status", code=1)
    assert says in said
    assert "s3cret" not in said


def test_the_embedded_connect_needs_the_embedded_broker(
    here: World, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REVIEWSTREAM_CONNECT_URL")
    assert "REVIEWSTREAM_CONNECT_URL" in run(capsys, "up", "--cdc", code=2)


def test_no_password_stands_in_what_connect_shows(here: World, capsys: Said) -> None:
    run(capsys, "cdc", "register", "tenants")
    config = here.rest.config("reviewstream-tenants")
    assert config is not None
    login = here.parts.settings.cdc_login
    assert login is not None
    assert config["database.password"].startswith("${file:")
    assert login.get_secret_value().partition(":")[2] not in json.dumps(config)


def test_a_slot_moves_on_while_its_tables_are_idle(here: World, postgres_url: str) -> None:
    assert here.capturing.register("tenants").runs
    with psycopg.connect(postgres_url, autocommit=True) as elsewhere:
        elsewhere.execute("CREATE TABLE busy_elsewhere AS SELECT generate_series(1, 20000)")
        elsewhere.execute("DROP TABLE busy_elsewhere")
    source = here.capturing.source(TENANTS)
    end = source.end()
    until(lambda: source.confirmed(TENANTS, end), otherwise="the slot pins the log of other databases")
