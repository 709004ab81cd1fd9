"""What a projector into PostgreSQL is: topics in, rows in the tables of one schema out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Protocol, TypeAlias
from uuid import UUID

from projections.decoding import Decoded

Changes: TypeAlias = dict[str, str]


class Projector(Protocol):
    """One read model. Its folder `projections/postgres/sql/<name>/` holds tables.sql, indexes.sql and views.sql.

    Every table has the columns review_id and tenant_id, so that one review or one tenant can be made anew.
    """

    name: ClassVar[str]
    topics: ClassVar[frozenset[str]]
    tables: ClassVar[tuple[str, ...]]
    statements: ClassVar[tuple[tuple[str, str], ...]]
    """(.sql file, name of its one parameter), in the order in which they run."""

    def prepare(self, events: Sequence[Decoded]) -> Changes:
        """JSON documents by parameter name, from events in order; a parameter that is left out is not run.

        Pure, so that a rebuild can do it in other processes. Raises ValueError for NaN and infinities.
        """
        ...


def to_json(value: Any) -> str:
    """JSON for PostgreSQL, which makes typed rows of it faster than the driver could send them.

    Raises ValueError for NaN and infinities, which would poison averages.
    """
    return json.dumps(value, allow_nan=False, ensure_ascii=False, default=_plain)


def _plain(value: datetime | UUID) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
