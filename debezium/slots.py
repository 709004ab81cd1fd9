"""Publications and replication slots: created, watched and dropped by us, so that a connector needs no right to create any."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import starmap
from typing import Any

import psycopg
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import class_row

from connectors.sql import statement
from connectors.wait import wait_out
from debezium.captures import ON_POSTGRES, Capture
from schemas.errors import Unavailable

HINTS: Mapping[type[psycopg.Error], str] = {
    errors.InsufficientPrivilege: "its URL's login must own the tables and may CREATE in the database; that of "
    "REVIEWSTREAM_CDC_LOGIN needs REPLICATION",
    errors.UndefinedObject: "there is no login of REVIEWSTREAM_CDC_LOGIN; CREATE ROLE … LOGIN REPLICATION creates it",
    errors.UndefinedTable: "a table is missing; `reviewstream setup` creates it",
    errors.UndefinedColumn: "a column is missing; `reviewstream setup` migrates tables",
    errors.ObjectNotInPrerequisiteState: "its server needs wal_level=logical, and a restart",
    errors.ConfigurationLimitExceeded: "its server has no slot left; raise max_replication_slots",
    errors.ObjectInUse: "another process reads its slot; stop that reader",
}


@dataclass(frozen=True, slots=True)
class Slot:
    """A replication slot. `retained_bytes` of WAL are kept for it on the server's disk; `wal_status` as PostgreSQL reports it:
    `lost` means that max_slot_wal_keep_size was reached, and `safe_wal_size` how many bytes are left until then.
    """

    slot_name: str
    active: bool
    wal_status: str
    retained_bytes: int
    safe_wal_size: int | None


class Source:
    """One PostgreSQL database as a source of changes: `url` is its owner's, `login` (user, password) that of the capture."""

    def __init__(self, url: str, login: tuple[str, str] | None = None) -> None:
        self._url = url
        given = conninfo_to_dict(url)
        self.user, self.password = login or (str(given.get("user", "")), str(given.get("password", "")))
        self.database = str(given.get("dbname") or self.user)
        self.host, self.port = str(given.get("host") or "localhost"), str(given.get("port") or 5432)
        self.sslmode = str(given.get("sslmode") or "prefer")

    def slot_name(self, capture: Capture) -> str:
        """Also the name of its publication."""
        return slot_name(self.database, capture)

    def publish(self, capture: Capture) -> None:
        """Create or update the publication, and grant the capture's login SELECT on these columns. Idempotent."""
        name = sql.Identifier(self.slot_name(capture))
        with self._connected(self._url) as connection, connection.transaction():
            there = connection.execute(
                statement(__package__, "publication"), {"name": self.slot_name(capture)}
            ).rowcount
            verb = sql.SQL("ALTER PUBLICATION {} SET TABLE {}" if there else "CREATE PUBLICATION {} FOR TABLE {}")
            connection.execute(verb.format(name, sql.SQL(", ").join(starmap(_columns, capture.tables.items()))))
            options = sql.SQL("ALTER PUBLICATION {} SET (publish = {})")
            connection.execute(options.format(name, sql.Literal(capture.operations)))
            self._grant(connection, capture)

    def _grant(self, connection: psycopg.Connection[Any], capture: Capture) -> None:
        role = sql.Identifier(self.user)
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role))
        for table, columns in capture.tables.items():
            allowed = sql.SQL(", ").join(map(sql.Identifier, columns))
            grant = sql.SQL("GRANT SELECT ({}) ON {} TO {}")
            connection.execute(grant.format(allowed, sql.Identifier("public", table), role))

    def hold(self, capture: Capture) -> bool:
        """Create the slot at the current end of the WAL; True when it is new, also as the replacement of a lost one."""
        found = self.slot(capture)
        if found is not None and found.wal_status != "lost":
            return False
        if found is not None:
            self.release(capture)
        with self._connected(make_conninfo(self._url, user=self.user, password=self.password)) as connection:
            connection.execute(statement(__package__, "create_slot"), {"name": self.slot_name(capture)})
        return True

    def release(self, capture: Capture) -> None:
        """Drop the slot, so that it retains no more WAL. Waits for its reader, which must have been stopped."""
        name = {"name": self.slot_name(capture)}
        drop = statement(__package__, "drop_slot")
        with self._connected(self._url) as connection:
            wait_out(errors.ObjectInUse, lambda: connection.execute(drop, name), 15, every=0.2)

    def unpublish(self, capture: Capture) -> None:
        """Drop the publication. Harmless when there is none."""
        with self._connected(self._url) as connection:
            name = sql.Identifier(self.slot_name(capture))
            connection.execute(sql.SQL("DROP PUBLICATION IF EXISTS {}").format(name))

    def slot(self, capture: Capture) -> Slot | None:
        """The current state of its slot, or None."""
        with self._connected(self._url) as connection:
            return next(iter(slots(connection, [self.slot_name(capture)])), None)

    def end(self) -> str:
        """The current end of the WAL, as an LSN: everything committed so far is before it."""
        with self._connected(self._url) as connection:
            row = connection.execute("SELECT pg_current_wal_insert_lsn()::text").fetchone()
        assert row is not None
        return str(row[0])

    def confirmed(self, capture: Capture, lsn: str) -> bool:
        """Whether the connector has published, and Kafka confirmed, everything before `lsn`."""
        with self._connected(self._url) as connection:
            asked = {"name": self.slot_name(capture), "lsn": lsn}
            row = connection.execute(statement(__package__, "confirmed"), asked).fetchone()
        return bool(row and row[0])

    @contextmanager
    def _connected(self, url: str) -> Iterator[psycopg.Connection[Any]]:
        try:
            connection = psycopg.connect(url, autocommit=True, connect_timeout=5, application_name="reviewstream/cdc")
        except psycopg.OperationalError as error:
            where = f"{self.host}:{self.port}/{self.database}"
            raise Unavailable(
                f"PostgreSQL at {where} does not accept our login; start it, or correct its URL"
            ) from error
        try:
            with connection:
                yield connection
        except tuple(HINTS) as error:
            hint = next(hint for kind, hint in HINTS.items() if isinstance(error, kind))
            raise Unavailable(
                f"database {self.database} at {self.host}:{self.port} cannot be captured: {hint}"
            ) from error


def slot_name(database: str, capture: Capture) -> str:
    """Slots are global to the server, so the name begins with the database's."""
    plain = "".join(letter if letter.isalnum() else "_" for letter in database.lower())
    return f"{plain[:45]}_{capture.name}"


def slots(connection: psycopg.Connection[Any], names: Collection[str]) -> list[Slot]:
    """The slots with these names on the connection's server."""
    with connection.cursor(row_factory=class_row(Slot)) as cursor:
        return cursor.execute(statement(__package__, "slots"), {"names": list(names)}).fetchall()


def slots_of_captures(connection: psycopg.Connection[Any]) -> list[Slot]:
    """Every slot on the connection's server that is named like ours, in any of its databases.

    They share one disk, and the caller need not know the URLs of the other databases.
    """
    databases = [str(name) for (name,) in connection.execute(statement(__package__, "captured_databases"))]
    return slots(connection, [slot_name(database, each) for database in databases for each in ON_POSTGRES])


def _columns(table: str, columns: tuple[str, ...]) -> sql.Composed:
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("{} ({})").format(sql.Identifier("public", table), listed)
