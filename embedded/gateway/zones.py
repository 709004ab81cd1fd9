"""Which statements may return DateTime columns with a time zone of their own.

The engine writes blocks as for the oldest clients, which knew no time zone in DateTime('Europe/Berlin'); today's driver
reads it there to return aware datetimes. For such statements the true types are asked for, which costs a millisecond;
so they are identified first: a zone can only come from a column of a table or view, or from a literal in the statement.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Any

_TABLES = (
    "SELECT DISTINCT upper(table) FROM system.columns WHERE position(type, 'DateTime(\\'') > 0 AND database != 'system'"
)
_UNCHANGING = frozenset(
    {"SELECT", "WITH", "FROM", "(", "VALUES", "INSERT", "SET", "USE", "SHOW", "DESCRIBE", "DESC", "EXISTS", "EXPLAIN"}
)


class ZonedTables:
    """`rows` runs a query on the control session. Safe to use from several threads."""

    def __init__(self, rows: Callable[[str], list[list[Any]]]) -> None:
        self._rows = rows
        self._zones = frozenset(row[0] for row in rows("SELECT upper(time_zone) FROM system.time_zones"))
        self._tables: frozenset[str] | None = None
        self._lock = threading.Lock()

    def may_be_in(self, mentioned: AbstractSet[str]) -> bool:
        """`mentioned`: names and literals of a statement, in upper case."""
        return not mentioned.isdisjoint(self._zones) or not mentioned.isdisjoint(self._known_tables())

    def after(self, statement_kind: str) -> None:
        """Forget the known tables after a statement that may have changed them."""
        if statement_kind not in _UNCHANGING:
            with self._lock:
                self._tables = None

    def _known_tables(self) -> frozenset[str]:
        with self._lock:
            if self._tables is None:
                self._tables = frozenset(row[0] for row in self._rows(_TABLES))
            return self._tables
