"""PostgreSQL as a child process."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from reviewstream.embedded.datadir import DataDir
from reviewstream.embedded.postgres import Postgres


def test_owner_is_bound_by_row_level_security(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute("select rolsuper, rolbypassrls from pg_roles where rolname = current_user").fetchone()
    assert row == (False, False)


@pytest.mark.parametrize(
    ("setting", "value"), [("fsync", "on"), ("wal_level", "logical"), ("password_encryption", "scram-sha-256")]
)
def test_setting(postgres_url: str, setting: str, value: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("select current_setting(%s)", [setting]).fetchone() == (value,)


def test_wrong_password_is_refused(postgres_url: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres_url.replace("reviewstream:", "reviewstream:x"))


def test_half_made_cluster_of_a_killed_start_is_made_anew(tmp_path: Path) -> None:
    server = Postgres(DataDir(tmp_path))
    half = tmp_path / "postgres" / "fresh"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    server.prepare()
    assert (server.cluster / "global" / "pg_control").exists()
    assert not half.exists()
