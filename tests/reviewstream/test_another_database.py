"""A service database that comes with a newer release: docs/extending.md is followed in a copy, which runs on older data.

One stack for the module: everything that reads the registry is asked by the command line of the copy.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent
from typing import Any

import psycopg
import pytest

from connectors.databases import DATABASES
from connectors.migrations import migrate
from embedded import control
from embedded.datadir import DataDir
from embedded.postgres import Postgres
from tests.recipes.copies import ROOT, Copy
from tests.recipes.page import block
from tests.servers import running

pytestmark = pytest.mark.long
SECTION = "A service database"
NAME, TABLE, SCRIPT = "watchlist", "watched_products", "watchlist-0001-products"
VARIABLE = "REVIEWSTREAM_WATCHLIST_URL"
END_OF_REGISTRY = '    )\n}\n"""By name'
ASK_ITS_POOL_AND_PING = """
import sys
from pathlib import Path
from reviewstream.entry import Entry
from reviewstream.health.pings import pings

with Entry().bootstrap(Path(sys.argv[1])) as parts:
    assert parts.pool("watchlist") is parts.pool("watchlist")
    with parts.pool("watchlist").connection() as connection:
        print(connection.info.dbname)
    for name, ping in pings({"watchlist": parts.settings.url("watchlist")}, lambda: parts.mongo).items():
        print(name, ping())
"""


@dataclass
class Release(Copy):
    """With one more database, and a data directory of the release before."""

    data: Path

    def ok(self, *arguments: str, **environment: str) -> str:
        """`reviewstream ARGUMENTS` on the data, which must succeed; its standard output."""
        argv = ("-m", "reviewstream", *arguments)
        done = self.python(*argv, **{"REVIEWSTREAM_DATA_DIR": str(self.data), **environment})
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def json(self, *arguments: str) -> Any:
        return json.loads(self.ok(*arguments, "--json"))

    def urls(self) -> dict[str, str]:
        """What `urls` prints for other programs."""
        return dict(line.split("=", 1) for line in self.ok("urls", "--show-secrets").splitlines())


def older_data(directory: Path) -> None:
    """Of a release that knew fewer databases, and made one that is not in the registry any more."""
    for server in running(Postgres(DataDir(directory))):
        with psycopg.connect(server.url("postgres", admin=True), autocommit=True) as connection:
            connection.execute("CREATE DATABASE ledger OWNER reviewstream")
        for name in DATABASES:
            for scripts in DATABASES[name].scripts:
                migrate(server.url(name), scripts)
        with psycopg.connect(server.url("tenancy")) as connection:
            connection.execute(
                "INSERT INTO tenants (id, slug, name) VALUES (gen_random_uuid(), 'blue-harbour', 'Blue Harbour')"
            )
        with psycopg.connect(server.url("ledger")) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS row")


def follow_the_recipe(copy: Copy) -> None:
    """Steps 1 and 2."""
    copy.make()
    service = copy.code / "services" / NAME
    (service / "migrations").mkdir(parents=True)
    (service / "__init__.py").write_text('"""Products that a tenant watches."""\n')
    (service / "migrations" / f"{SCRIPT}.sql").write_text(block(SECTION, "sql"))
    registry = copy.code / "connectors/databases.py"
    before = registry.read_text()
    assert before.count(END_OF_REGISTRY) == 1
    registry.write_text(
        before.replace(END_OF_REGISTRY, indent(block(SECTION, "python").rstrip() + ",\n", " " * 8) + END_OF_REGISTRY)
    )


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    """Its servers, started by its own `up` on the older data."""
    made = Release(tmp_path_factory.mktemp("code"), tmp_path_factory.mktemp("older") / "data")
    older_data(made.data)
    follow_the_recipe(made)
    made.ok("up", "--detach", "--no-workers")
    yield made
    made.ok("down")


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def test_the_page_of_settings_documents_it(release: Release) -> None:
    page = release.python("-m", "reviewstream.settings_page").stdout
    assert f"| `{VARIABLE}` |  | PostgreSQL database of the watchlist service. |\n" in page
    assert VARIABLE not in (ROOT / "docs/settings.md").read_text()


def test_its_url_may_stand_in_a_file(release: Release, tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://somewhere/else\n")
    program = "from reviewstream.settings import load; print(load().url('watchlist'))"
    found = release.python("-c", program, **{f"{VARIABLE}_FILE": str(tmp_path / "url")})
    assert found.stdout == "postgresql://somewhere/else\n", found.stderr


def test_up_made_it_and_its_tables_beside_what_was_there(release: Release) -> None:
    urls = release.urls()
    assert rows(urls[VARIABLE], f"SELECT * FROM {TABLE}") == []
    assert rows(urls["REVIEWSTREAM_TENANCY_URL"], "SELECT slug FROM tenants") == [("blue-harbour",)]
    server = Postgres(DataDir(release.data))
    made = {name for (name,) in rows(server.url("postgres"), "SELECT datname FROM pg_database WHERE NOT datistemplate")}
    assert made == {*DATABASES, NAME, "ledger", "postgres"}
    assert rows(server.url("ledger"), "SELECT * FROM kept") == [(1,)]


def test_urls_prints_it_and_no_database_that_is_not_registered(release: Release) -> None:
    printed = release.ok("urls")
    assert f"{VARIABLE}=postgresql://reviewstream:***@127.0.0.1:" in printed
    assert "LEDGER" not in printed


def test_a_plan_names_its_migration_and_apply_makes_it(release: Release) -> None:
    with psycopg.connect(release.urls()[VARIABLE]) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    planned = release.json("migrate", "plan")
    assert {each["store"]: each["missing"] for each in planned if each["missing"]} == {NAME: [SCRIPT]}
    made = release.json("migrate", "apply")
    assert {each["store"]: each["made"] for each in made if each["made"]} == {NAME: [SCRIPT]}
    assert NAME in release.ok("migrate", "status")


def test_the_doctor_examines_it(release: Release) -> None:
    told = [found for found in release.json("doctor")["findings"] if found["subject"] == NAME]
    assert {"login", "version", "role", "rights", "clock"} <= {found["check"] for found in told}
    assert {found["level"] for found in told} == {"ok"}, told


def test_it_has_a_pool_and_a_ping_of_its_own(release: Release) -> None:
    done = release.python("-c", ASK_ITS_POOL_AND_PING, str(release.data))
    assert done.stdout.split() == [NAME, NAME, "1"], done.stderr


@pytest.mark.long
def test_where_all_others_are_named_up_starts_postgresql_for_it_alone(release: Release, tmp_path: Path) -> None:
    """An operator who has servers of their own, and has not heard of the new database."""
    others = {name: url for name, url in release.urls().items() if name != VARIABLE}
    other = Release(release.code, tmp_path / "data")
    other.ok("up", "--detach", "--no-workers", **others)
    try:
        state = control.running(other.data)
        assert state is not None
        assert list(state.units) == ["postgres"]
        assert rows(other.urls()[VARIABLE], f"SELECT * FROM {TABLE}") == []
    finally:
        other.ok("down")
