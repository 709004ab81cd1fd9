"""Debian's PostgreSQL, which refuses connections without TLS, by every way in which we connect."""

from __future__ import annotations

import psycopg
import pytest

from connectors.databases import scripts_of
from connectors.migrations import applied, known, migrate
from connectors.postgres import open_pool
from connectors.preflight import preflight
from embedded.postgres import Postgres
from eventstore.wakeup import Wakeup
from reviewstream.health.pings import OneConnection
from schemas.errors import Unavailable
from tests.debian.postgres import DebianPostgres
from tests.tls.authority import Certificates
from tests.waiting import until

TLS_VERSION = b"SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
ALL_ENCRYPTED = "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'reviewstream'"


@pytest.fixture(scope="module")
def url(tls_postgres: DebianPostgres, certificates: Certificates) -> str:
    return tls_postgres.url("sslmode=verify-full", f"sslrootcert={certificates.ca}")


def test_migrations_keep_the_query_of_the_url(url: str):
    """On a server that refuses connections without TLS; whichever test comes first, all are there afterwards."""
    migrate(url, scripts_of("eventstore"))
    assert set(known(scripts_of("eventstore"))) <= set(applied(url))
    assert migrate(url, scripts_of("eventstore")) == 0


def test_pools_the_listening_connection_and_health_are_encrypted(url: str):
    wakeup, ping = Wakeup(url), OneConnection(url)
    try:
        assert wakeup.wait(1)
        assert ping.value(b"SELECT count(*) FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl") == 1
        with open_pool(url, name="tls", size=2) as pool, pool.connection() as connection:
            assert connection.execute(TLS_VERSION).fetchone() == ("TLSv1.3",)
            assert connection.execute(ALL_ENCRYPTED).fetchone() == (True,)
            connection.execute("NOTIFY event_log")
            connection.commit()
            assert wakeup.wait(10)
    finally:
        wakeup.close()
        ping.close()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda server, made: server.url("sslmode=verify-full", f"sslrootcert={made.other_ca}"), "signed by no authority that we trust; .*sslrootcert"),
        (lambda server, made: server.url("sslmode=verify-full", f"sslrootcert={made.ca}", password="mistyped"), "refuses the user or the password"),
        (lambda server, made: server.url("sslmode=disable"), "refuses connections without TLS; use sslmode=verify-full"),
        (lambda server, made: server.url("sslmode=require", database="nowhere"), "no such database"),
    ],
    ids=["other authority", "password", "plaintext client", "database"],
)  # fmt: skip
def test_what_the_server_refuses_is_told_with_setting_and_fix(
    tls_postgres: DebianPostgres, certificates: Certificates, change, told: str
):
    with pytest.raises(Unavailable, match=f"^REVIEWSTREAM_EVENTSTORE_URL: .*{told}") as caught:
        preflight("eventstore", change(tls_postgres, certificates))
    assert "mistyped" not in str(caught.value)


def test_a_plaintext_server_is_told_apart(postgres: Postgres, certificates: Certificates):
    with pytest.raises(Unavailable, match="does not speak TLS on this port"):
        preflight("readmodels", f"{postgres.url('readmodels')}?sslmode=verify-full&sslrootcert={certificates.ca}")


@pytest.mark.parametrize(("which", "told"), [("elsewhere", "does not match the URL"), ("expired", "has expired")])
def test_a_certificate_that_is_not_good_is_refused_until_it_is_renewed(
    tls_postgres: DebianPostgres, url: str, certificates: Certificates, which: str, told: str
):
    tls_postgres.present(getattr(certificates, which))
    try:
        assert told in until(lambda: refused(url))
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(url)
    finally:
        tls_postgres.present(certificates.server)
    until(lambda: not refused(url))


def refused(url: str) -> str:
    try:
        preflight("tenancy", url)
    except Unavailable as error:
        return str(error)
    return ""
