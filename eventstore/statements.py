"""The event log's SQL statements, one per file in eventstore/sql, read by name."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from connectors.sql import statement as _statement

statement = partial(_statement, "eventstore")
"""`statement(name)` is the SQL of `eventstore/sql/<name>.sql`."""

MIGRATIONS = Path(__file__).with_name("migrations")
"""Of the tables of the event log, for `connectors.migrations.migrate(url, MIGRATIONS)`."""
