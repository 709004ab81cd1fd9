"""PostgreSQL as a child process."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from embedded.datadir import DataDir
from embedded.hung_server import is_stopping
from embedded.postgres import Postgres
from tests.servers import running
from tests.waiting import until


def test_owner_is_bound_by_row_level_security(postgres: Postgres) -> None:
    with psycopg.connect(postgres.url("eventstore")) as connection:
        row = connection.execute("select rolsuper, rolbypassrls from pg_roles where rolname = current_user").fetchone()
    assert row == (False, False)


@pytest.mark.parametrize(
    ("setting", "value"), [("fsync", "on"), ("wal_level", "logical"), ("password_encryption", "scram-sha-256")]
)
def test_setting(postgres: Postgres, setting: str, value: str) -> None:
    with psycopg.connect(postgres.url("eventstore")) as connection:
        assert connection.execute("select current_setting(%s)", [setting]).fetchone() == (value,)


def test_wrong_password_is_refused(postgres: Postgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres.url("eventstore").replace("reviewstream:", "reviewstream:x"))


def test_half_made_cluster_of_a_killed_start_is_made_anew(tmp_path: Path) -> None:
    server = Postgres(DataDir(tmp_path))
    half = tmp_path / "postgres" / "fresh"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    server.prepare()
    assert (server.cluster / "global" / "pg_control").exists()
    assert not half.exists()


@pytest.fixture
def own_postgres(tmp_path: Path) -> Iterator[Postgres]:
    yield from running(Postgres(DataDir(tmp_path)))


def test_asked_to_wait_for_its_clients_it_ends_in_spite_of_them(own_postgres: Postgres) -> None:
    child = own_postgres.child
    assert child is not None
    with psycopg.connect(own_postgres.url("eventstore")) as client:
        assert client.execute("SELECT 1").fetchone() == (1,)
        child.process.send_signal(signal.SIGTERM)
        until(lambda: child.exit_code is not None)
        with pytest.raises(psycopg.OperationalError):
            client.execute("SELECT 1")
    own_postgres.start()
    assert own_postgres.health().ok


@pytest.mark.parametrize(
    ("text", "stopping"),
    [("1\n" * 7 + "stopping\n", True), ("1\n" * 7 + "ready   \n", False), ("1\n", False), ("", False)],
)
def test_the_postmaster_tells_its_state_in_the_eighth_line(tmp_path: Path, text: str, stopping: bool) -> None:
    (tmp_path / "postmaster.pid").write_text(text)
    assert is_stopping(tmp_path / "postmaster.pid") is stopping


def test_no_file_is_no_state(tmp_path: Path) -> None:
    assert not is_stopping(tmp_path / "postmaster.pid")
