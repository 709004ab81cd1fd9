"""What waits for a slot that nobody reads is measured, and what is gone is not."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from debezium.captures import OUTBOX, TENANTS
from debezium.slots import Source
from embedded.datadir import DataDir
from embedded.postgres import Postgres
from reviewstream.health.slots import SlotWatch
from telemetry.metrics import REGISTRY
from tests.servers import running
from tests.waiting import until

OURS = "eventstore_outbox"
MEGABYTE = 1_000_000
CREATE = "SELECT pg_create_logical_replication_slot(%s, 'pgoutput')"
WRITE = "SELECT pg_logical_emit_message(true, 'test', repeat('x', %s))"
END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'eventstore' AND pid <> pg_backend_pid()
"""


class Narrow(Postgres):
    """Gives slots up early."""

    def argv(self) -> list[str]:
        return [*super().argv(), "-cmax_slot_wal_keep_size=48MB", "-cmin_wal_size=32MB"]


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    yield from running(Narrow(DataDir(tmp_path_factory.mktemp("narrow"))))


@pytest.fixture
def server(narrow: Postgres) -> Iterator[psycopg.Connection]:
    with psycopg.connect(narrow.url("eventstore", admin=True), autocommit=True) as connection:
        yield connection
        connection.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots")


@pytest.fixture
def watch(narrow: Postgres, server: psycopg.Connection) -> Iterator[SlotWatch]:
    """As the tailer has it: it knows the URL of one database."""
    made = SlotWatch([narrow.url("eventstore")], every=0.05)
    made.start()
    yield made
    made.stop()


def waiting(slot: str = OURS) -> float | None:
    return REGISTRY.get_sample_value("reviewstream_replication_slot_bytes", {"slot": slot})


def lost(slot: str = OURS) -> float | None:
    return REGISTRY.get_sample_value("reviewstream_replication_slot_lost", {"slot": slot})


def test_what_waits_for_a_slot_that_nobody_reads_grows_and_ends_with_it(
    server: psycopg.Connection, watch: SlotWatch
) -> None:
    server.execute(CREATE, [OURS])
    until(lambda: waiting() is not None, otherwise="the slot is not seen")
    assert (waiting() or 0) < MEGABYTE
    server.execute(WRITE, [3 * MEGABYTE])
    until(lambda: (waiting() or 0) > 3 * MEGABYTE, otherwise="what waits is not seen")
    assert lost() == 0
    server.execute("SELECT pg_drop_replication_slot(%s)", [OURS])
    until(lambda: waiting() is None and lost() is None, otherwise="its series stay")


def test_a_slot_that_the_server_gave_up_is_lost(server: psycopg.Connection, watch: SlotWatch) -> None:
    server.execute(CREATE, [OURS])
    until(lambda: lost() == 0, otherwise="the slot is not seen")
    for _ in range(6):
        server.execute(WRITE, [MEGABYTE])
        server.execute("SELECT pg_switch_wal()")
    server.execute("CHECKPOINT")
    until(lambda: lost() == 1, otherwise="nobody sees that it is lost")


def test_slots_of_other_databases_are_seen_and_strangers_are_not(
    narrow: Postgres, server: psycopg.Connection, watch: SlotWatch
) -> None:
    login = narrow.environment()["REVIEWSTREAM_CDC_LOGIN"].partition(":")
    for name, what in (("eventstore", OUTBOX), ("tenancy", TENANTS)):
        assert Source(narrow.url(name), (login[0], login[2])).hold(what)
    server.execute(CREATE, ["eventstore_of_somebody"])
    server.execute("SELECT pg_create_physical_replication_slot('standby', true)")
    until(lambda: waiting("tenancy_tenants") is not None and waiting() is not None, otherwise="ours are not seen")
    shown = {s.labels["slot"] for m in REGISTRY.collect() if "replication_slot" in m.name for s in m.samples}
    assert shown == {OURS, "tenancy_tenants"}


def test_nothing_is_shown_of_a_server_that_answers_no_more(narrow: Postgres) -> None:
    url = narrow.url("eventstore")
    with psycopg.connect(narrow.url("postgres", admin=True), autocommit=True) as server:
        with psycopg.connect(narrow.url("eventstore", admin=True), autocommit=True) as inside:
            inside.execute(CREATE, [OURS])
        watch = SlotWatch([url, "postgresql://127.0.0.1:9/x"], every=0.05)
        watch.start()
        until(lambda: waiting() is not None, otherwise="the other server keeps it from being seen")
        server.execute("ALTER DATABASE eventstore ALLOW_CONNECTIONS false")
        server.execute(END_OTHERS)
        until(lambda: waiting() is None, otherwise="its series stays")
        server.execute("ALTER DATABASE eventstore ALLOW_CONNECTIONS true")
        until(lambda: waiting() is not None, otherwise="it is not asked again")
        watch.stop()
        assert waiting() is None
        server.execute("SELECT pg_drop_replication_slot(%s)", [OURS])
