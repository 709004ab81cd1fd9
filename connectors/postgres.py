"""PostgreSQL: bounded pools, and the classification of its errors."""

from __future__ import annotations

from typing import Any, TypeAlias

import psycopg
import psycopg.errors as pg
from psycopg_pool import ConnectionPool, PoolTimeout

from connectors.faults import Fault, Faults
from telemetry import pools

Pool: TypeAlias = ConnectionPool[psycopg.Connection[tuple[Any, ...]]]

FAULTS = Faults(
    {
        psycopg.OperationalError: Fault.TRANSIENT,  # connection refused, lost, server starting or stopping
        psycopg.InterfaceError: Fault.TRANSIENT,  # the connection was closed under us
        pg.SerializationFailure: Fault.TRANSIENT,
        pg.DeadlockDetected: Fault.TRANSIENT,
        pg.LockNotAvailable: Fault.TRANSIENT,
        pg.QueryCanceled: Fault.TRANSIENT,
        pg.DiskFull: Fault.TRANSIENT,
        pg.ReadOnlySqlTransaction: Fault.TRANSIENT,  # a standby, until it is promoted
        PoolTimeout: Fault.TRANSIENT,
        psycopg.DataError: Fault.POISON,
        pg.ProgramLimitExceeded: Fault.POISON,  # a value too large for an index
        psycopg.IntegrityError: Fault.POISON,
        psycopg.InternalError: Fault.PERMANENT,
        pg.InvalidPassword: Fault.FATAL,
        pg.InvalidAuthorizationSpecification: Fault.FATAL,
        pg.InvalidCatalogName: Fault.FATAL,
        psycopg.ProgrammingError: Fault.FATAL,  # no such table, no right to it, a wrong statement
        psycopg.NotSupportedError: Fault.FATAL,
    }
)
TRANSIENT = FAULTS.named(Fault.TRANSIENT)


def open_pool(url: str, *, name: str, size: int = 4, timeout: float = 15.0) -> Pool:
    """An open pool of at most `size` connections; a request for one waits up to `timeout` seconds.

    Connections are checked when handed out, so a restarted server costs a retry and no error. The caller closes it.
    """
    pool: Pool = ConnectionPool(
        url,
        min_size=1,
        max_size=size,
        open=True,
        name=name,
        timeout=timeout,
        reconnect_timeout=timeout,
        check=ConnectionPool.check_connection,
        kwargs={"application_name": f"reviewstream/{name}", "connect_timeout": 5, "keepalives_idle": 10},
    )
    pools.watch(pool)
    return pool
