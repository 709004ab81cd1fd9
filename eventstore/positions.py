"""The positions of subscribers that keep none themselves."""

from __future__ import annotations

from typing import Any

from psycopg_pool import ConnectionPool

from eventstore.parking import ParkedStreams
from eventstore.statements import statement


class Positions:
    """How far each named subscriber has come. A position only ever grows."""

    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool
        self.parked = ParkedStreams(pool)

    def get(self, name: str) -> int:
        """The last position handled, 0 for a new subscriber."""
        with self._pool.connection() as connection:
            row = connection.execute(statement("subscription_position"), {"name": name}).fetchone()
        return int(row[0]) if row else 0

    def move(self, name: str, position: int) -> None:
        """Everything up to `position` is handled durably."""
        with self._pool.connection() as connection:
            connection.execute(statement("move_subscription"), {"name": name, "position": position})

    def every(self) -> dict[str, int]:
        """All positions by subscriber."""
        with self._pool.connection() as connection:
            return dict(connection.execute(statement("subscription_positions")).fetchall())
