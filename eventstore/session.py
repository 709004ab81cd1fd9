"""One transaction on one connection of the pool, with its failures as errors of our tree."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import psycopg
from psycopg.rows import tuple_row
from psycopg_pool import ConnectionPool

from connectors.faults import Fault
from connectors.postgres import FAULTS, TRANSIENT
from schemas.errors import NotSetUp, TransientError
from telemetry.error_text import named_text

Cursor: TypeAlias = psycopg.Cursor[tuple[Any, ...]]


@contextmanager
def transaction(pool: ConnectionPool[Any]) -> Iterator[Cursor]:
    """A cursor with binary results in a transaction of its own.

    Raises TransientError when the server cannot be reached or ends the session, Unavailable when tables are missing.
    """
    try:
        with (
            pool.connection() as connection,
            connection.transaction(),
            connection.cursor(binary=True, row_factory=tuple_row) as cursor,
        ):
            yield cursor
    except TRANSIENT as error:
        if FAULTS.of(error) is not Fault.TRANSIENT:
            raise
        raise TransientError(
            f"the event log's server did not finish the work: {named_text(error)}; try again"
        ) from error
    except psycopg.errors.UndefinedTable as error:
        raise NotSetUp("the event log has no tables yet: `reviewstream migrate apply` creates them") from error
