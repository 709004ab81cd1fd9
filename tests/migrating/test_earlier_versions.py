"""A database of any earlier version, with rows in every table that it had, comes to the present one with all of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row

from connectors.migrations import applied, known, migrate
from operations.migrate.databases import DATABASES, every_migration
from tests.databases import database

ROWS = Path(__file__).with_name("rows")
Content = dict[str, list[dict[str, Any]]]


def versions() -> Iterator[Any]:
    """Every version of every set of migrations that has a later one, and the newest, to be brought up again."""
    for scripts in (one for some in DATABASES.values() for one in some):
        for number, name in enumerate(known(scripts), 1):
            yield pytest.param(scripts, number, id=name)


def up_to(scripts: Path, number: int, into: Path) -> Path:
    """The first of these migrations, alone."""
    into.mkdir()
    for name in known(scripts)[:number]:
        shutil.copy(scripts / f"{name}.sql", into)
    return into


def content(url: str) -> Content:
    """Every row of every table of ours."""
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename !~ 'yoyo' ORDER BY 1"
    with psycopg.connect(url, row_factory=dict_row) as connection:
        names = [row["tablename"] for row in connection.execute(tables)]
        every = {name: connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))) for name in names}
        return {name: rows.fetchall() for name, rows in every.items()}


def key(row: dict[str, Any]) -> str:
    return str(sorted(row.items()))


@pytest.mark.parametrize(("scripts", "number"), list(versions()))
def test_rows_of_an_earlier_version_are_all_there_in_the_present_one(
    postgres_url: str, tmp_path: Path, scripts: Path, number: int
) -> None:
    with database(postgres_url) as url:
        assert migrate(url, up_to(scripts, number, tmp_path / "earlier")) == number
        with psycopg.connect(url) as connection:
            for name in known(scripts)[:number]:
                connection.execute((ROWS / f"{name}.sql").read_bytes())
        before = content(url)
        assert before
        assert all(before.values()), "a table without rows proves nothing: add some to tests/migrating/rows"
        assert migrate(url, scripts) == len(known(scripts)) - number
        after = content(url)
        for table, rows in before.items():
            kept = [{column: row[column] for column in rows[0]} for row in after[table]]
            assert sorted(map(key, kept)) == sorted(map(key, rows)), table
        assert applied(url) == known(scripts)


def test_every_migration_has_rows_to_be_tried_with() -> None:
    assert {path.stem for path in ROWS.iterdir()} == every_migration()


def test_names_of_migrations_are_unique_because_databases_may_be_one() -> None:
    every = [name for some in DATABASES.values() for scripts in some for name in known(scripts)]
    assert sorted(every) == sorted(set(every))


def test_one_database_may_be_all_of_them(postgres_url: str) -> None:
    with database(postgres_url) as url:
        for scripts in (one for some in DATABASES.values() for one in some):
            migrate(url, scripts)
        assert set(applied(url)) == every_migration()
