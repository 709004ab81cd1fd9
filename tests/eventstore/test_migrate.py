"""Applying migrations."""

from __future__ import annotations

import subprocess
import sys
from urllib.parse import quote, urlencode

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from connectors.databases import scripts_of
from connectors.migrations import migrate
from schemas.errors import Unavailable

EVENTSTORE = scripts_of("eventstore")


def test_a_second_migration_finds_nothing_to_do(empty_url: str) -> None:
    assert migrate(empty_url, EVENTSTORE) > 0
    assert migrate(empty_url, EVENTSTORE) == 0


def test_processes_that_migrate_at_once_take_turns(empty_url: str) -> None:
    program = (
        "import sys; from pathlib import Path; from connectors.migrations import migrate; "
        "print(migrate(sys.argv[1], Path(sys.argv[2])))"
    )
    racers = [
        subprocess.Popen([sys.executable, "-c", program, empty_url, str(EVENTSTORE)], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    applied = [int(racer.communicate(timeout=240)[0]) for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0, 0, 0]
    assert sorted(applied)[:3] == [0, 0, 0]
    assert max(applied) > 0


def test_a_lock_left_by_a_process_that_died_does_not_stop_us(empty_url: str) -> None:
    migrate(empty_url, EVENTSTORE)
    with psycopg.connect(empty_url, autocommit=True) as connection:
        connection.execute("INSERT INTO yoyo_lock (locked, ctime, pid) VALUES (1, now(), 4711)")
    assert migrate(empty_url, EVENTSTORE) == 0


def test_applying_again_after_dying_before_the_record_does_no_harm(empty_url: str) -> None:
    migrate(empty_url, EVENTSTORE)
    with psycopg.connect(empty_url, autocommit=True) as connection:
        connection.execute("DELETE FROM _yoyo_migration")
    assert migrate(empty_url, EVENTSTORE) > 0


def test_both_forms_of_connection_string_work(empty_url: str) -> None:
    rest = conninfo_to_dict(empty_url)
    names = ("user", "password", "host", "port", "dbname")
    user, password, host, port, name = (quote(str(rest.pop(key, "unused")), safe="") for key in names)
    assert migrate(f"postgresql://{user}:{password}@{host}:{port}/{name}?{urlencode(rest)}", EVENTSTORE) > 0
    assert migrate(empty_url, EVENTSTORE) == 0


def test_an_unreachable_server_is_named_as_the_reason() -> None:
    with pytest.raises(Unavailable, match="start it or correct the URL"):
        migrate("postgresql://nobody@127.0.0.1:1/none?connect_timeout=2", EVENTSTORE)
