"""What a projector into PostgreSQL is: topics in, rows in the tables of one schema out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, ClassVar, Protocol, TypeAlias

from psycopg import Cursor
from pydantic_core import to_json as _to_json

from projections.decoder import Decoded
from projections.statements import in_schema

Changes: TypeAlias = dict[str, str]


class Projector(Protocol):
    """One read model. Its folder `projections/postgres/sql/<name>/` holds tables.sql, indexes.sql and views.sql.

    Every table has the columns review_id and tenant_id, so that one review or one tenant can be rebuilt.
    """

    name: ClassVar[str]
    topics: ClassVar[frozenset[str]]
    tables: ClassVar[tuple[str, ...]]
    statements: ClassVar[tuple[tuple[str, str], ...]]
    """(.sql file, name of its one parameter), in execution order."""

    def prepare(self, events: Sequence[Decoded]) -> Changes:
        """JSON documents by parameter name, from events in order; a statement without its parameter is not run.

        Pure, so that a rebuild can do it in other processes. Raises ValueError for NaN and infinities.
        """
        ...


def write(cursor: Cursor[Any], projector: Projector, schema: str, changes: Changes) -> None:
    """Run the projector's statements on the tables of `schema`."""
    for name, parameter in projector.statements:
        if parameter in changes:
            statement = in_schema(f"postgres/sql/{projector.name}/{name}", schema)
            cursor.execute(statement, {parameter: changes[parameter]})


def to_json(value: Any) -> str:
    """JSON for PostgreSQL, which turns it into typed rows faster than the driver could send them.

    By pydantic-core, in a third of the standard library's time. Raises ValueError for NaN and infinities, which would
    poison averages; PostgreSQL would refuse them too, but quote the surrounding values in its log.
    """
    encoded = _to_json(value, inf_nan_mode="constants")
    if b"NaN" in encoded or b"Infinity" in encoded:  # as numbers, or as words in a review: json.dumps distinguishes
        json.dumps(value, allow_nan=False, default=str)
    return encoded.decode()
