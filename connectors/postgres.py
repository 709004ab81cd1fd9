"""PostgreSQL: bounded pools, and which of its errors pass by themselves."""

from __future__ import annotations

from typing import Any, TypeAlias

import psycopg
import psycopg.errors as pg
from psycopg_pool import ConnectionPool, PoolTimeout

from telemetry import pools

Pool: TypeAlias = ConnectionPool[psycopg.Connection[tuple[Any, ...]]]

TRANSIENT: tuple[type[Exception], ...] = (
    psycopg.OperationalError,  # connection refused, lost, server starting or stopping
    psycopg.InterfaceError,  # the connection was closed under us
    pg.SerializationFailure,
    pg.DeadlockDetected,
    pg.LockNotAvailable,
    pg.QueryCanceled,
    pg.DiskFull,
    PoolTimeout,
)


def open_pool(url: str, *, name: str, size: int = 4, timeout: float = 15.0) -> Pool:
    """An open pool of at most `size` connections; waits up to `timeout` seconds when one is asked for.

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
