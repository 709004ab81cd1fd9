"""What a projector into PostgreSQL is: topics in, rows in the tables of one schema out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

from psycopg import Cursor

from projections.decoding import Decoded


class Projector(Protocol):
    """One read model. Its folder `projections/postgres/sql/<name>/` holds tables.sql, indexes.sql and views.sql.

    Every table has the columns review_id and tenant_id, so that one review or one tenant can be made anew.
    """

    name: ClassVar[str]
    topics: ClassVar[frozenset[str]]
    tables: ClassVar[tuple[str, ...]]

    def apply(self, cursor: Cursor[Any], schema: str, events: Sequence[Decoded]) -> None:
        """Bring the tables in `schema` forward by `events`, which are in order and new to it. Does not commit."""
        ...
