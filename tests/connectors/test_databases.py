"""The registry of databases is complete, and what reads it agrees with it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from connectors.databases import DATABASES, Database
from connectors.migrations import known
from connectors.preflight import system_of
from embedded.stack import KINDS
from reviewstream.commands import stack
from reviewstream.doctor.run import NEEDED
from reviewstream.health import pings
from reviewstream.settings import Settings
from reviewstream.wiring.migrations import SET_UP
from reviewstream.workers import streams, tailer

ROOT = Path(__file__).parents[2]
ROOMS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
EACH = pytest.mark.parametrize("database", DATABASES.values(), ids=DATABASES)


def test_every_directory_of_migrations_belongs_to_one_database() -> None:
    """One that nobody registered would never be applied."""
    there = [path for room in ROOMS for path in (ROOT / room).rglob("migrations") if any(path.glob("*.sql"))]
    registered = [path for each in DATABASES.values() for path in each.scripts]
    assert sorted(registered) == sorted(there)


@EACH
def test_a_database_has_migrations_and_a_name_that_is_nothing_else(database: Database) -> None:
    assert all(known(scripts) for scripts in database.scripts)
    assert re.fullmatch(r"[a-z]+", database.name)
    assert database.name not in {*KINDS, "mongo", "redis"}
    assert database.connections > 0


@EACH
def test_its_setting_is_that_of_the_registry(database: Database) -> None:
    assert Settings.model_fields[f"{database.name}_url"].description == database.description
    assert database.variable == f"REVIEWSTREAM_{database.name.upper()}_URL"


@EACH
def test_commands_and_workers_know_it_as_postgresql(database: Database) -> None:
    assert system_of(database.name) == "postgres"
    assert database.name in SET_UP
    assert database.name in NEEDED
    assert database.name in stack.SERVERS["postgres"]
    assert pings._PING[database.name] is pings._postgres


def test_other_servers_are_asked_by_their_own_names() -> None:
    assert [system_of(name) for name in ("kafka", "mongo", "clickhouse", "redis")] == [
        "kafka", "mongo", "clickhouse", "redis",
    ]  # fmt: skip


def test_workers_rely_on_no_server_that_nobody_can_ping() -> None:
    needed = {name for names in tailer._SERVERS.values() for name in names} | set(streams.servers_of(streams.STEPS))
    assert needed <= {*pings._PING, "mongo"}


def test_a_package_that_is_not_there_is_named() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"services\.nothing"):
        _ = Database("nothing", "", migrations=("services.nothing",)).scripts
