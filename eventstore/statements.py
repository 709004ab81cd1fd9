"""The event log's SQL statements, one per file in eventstore/sql, read by name."""

from __future__ import annotations

from functools import partial

from connectors.sql import statement as _statement

statement = partial(_statement, "eventstore")
"""`statement(name)` is the SQL of `eventstore/sql/<name>.sql`."""
