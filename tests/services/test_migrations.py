"""The services' migrations may run twice, side by side, and beside those of others."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest

from connectors.databases import scripts_of
from connectors.migrations import migrate

SCRIPTS = pytest.mark.parametrize(
    "scripts", [scripts_of("services.tenancy"), scripts_of("services.inbound")], ids=["tenancy", "inbound"]
)


def columns(url: str) -> list[tuple[str, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name !~ 'yoyo' ORDER BY 1, 2"
        ).fetchall()


@SCRIPTS
def test_a_second_time_changes_nothing(new_database: Callable[[], str], scripts):
    url = new_database()
    assert migrate(url, scripts) == len(list(scripts.glob("*.sql"))) > 0
    before = columns(url)
    assert before
    assert migrate(url, scripts) == 0
    assert columns(url) == before


@SCRIPTS
def test_processes_that_start_together_take_turns(new_database: Callable[[], str], scripts):
    url, start = new_database(), Barrier(3)

    def run(_: int) -> int:
        start.wait(30)
        return migrate(url, scripts)

    with ThreadPoolExecutor(3) as workers:
        assert sum(workers.map(run, range(3))) == len(list(scripts.glob("*.sql")))


@SCRIPTS
def test_a_lost_record_of_what_was_applied_does_no_harm(new_database: Callable[[], str], scripts):
    url = new_database()
    migrate(url, scripts)
    before = columns(url)
    with psycopg.connect(url) as connection:
        connection.execute("DELETE FROM _yoyo_migration")
    assert migrate(url, scripts) == len(list(scripts.glob("*.sql")))
    assert columns(url) == before


def test_the_ledger_stands_beside_the_event_log(new_database: Callable[[], str]):
    url = new_database()
    migrate(url, scripts_of("eventstore"))
    migrate(url, scripts_of("services.inbound"))
    assert {row[0] for row in columns(url)} >= {"events", "inbound_partitions", "inbound_runs", "inbound_rejections"}
