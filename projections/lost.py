"""Whether a read model's content is gone while its server answers, and what then to say."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from projections.ports import EventSource, ProjectionStore
from projections.registry import Version
from schemas.errors import StoreLost, Unavailable

FIX = "`reviewstream recover` builds it again from the event log"
GONE = (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName)


def why_lost(pool: ConnectionPool[Any], store: ProjectionStore, live: Version, source: EventSource) -> str:
    """Why the live version is no copy of the log any more; empty if it is. Raises what the servers raise."""
    with pool.connection() as connection:
        missing = store.missing(connection, live)
    if missing:
        return f"{live.name} v{live.version} has no {', '.join(missing)}"
    if live.position > (head := source.head()):
        return f"{live.name} v{live.version} is at position {live.position}, and the event log ends at {head}"
    return ""


def require_content(pool: ConnectionPool[Any], store: ProjectionStore, live: Version, source: EventSource) -> None:
    """Raises StoreLost if the version is lost."""
    if why := why_lost(pool, store, live, source):
        raise StoreLost(f"{why}; {FIX}")


def as_lost(url: str, error: Exception) -> StoreLost | None:
    """The error as StoreLost if its cause is that the read models' tables, or their database at `url`, are gone."""
    if isinstance(error, StoreLost):
        return error
    if isinstance(error, GONE):
        return StoreLost(f"the read models' database lacks tables; {FIX}")
    if isinstance(error, PoolTimeout | psycopg.OperationalError | Unavailable) and not database_exists(url):
        return StoreLost(f"the read models' database is gone; {FIX}")
    return None


def database_exists(url: str) -> bool:
    """Whether there is such a database; also when its server does not answer, since then no one knows."""
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.errors.InvalidCatalogName:
        return False
    except psycopg.OperationalError as error:
        # While a connection is made the driver has no SQLSTATE to tell this by.
        return "does not exist" not in str(error) or "database" not in str(error)
    return True
