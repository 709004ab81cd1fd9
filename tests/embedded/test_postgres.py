"""PostgreSQL as a child process."""

from __future__ import annotations

import psycopg
import pytest


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
