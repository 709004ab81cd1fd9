"""Which topics and tables there were when we made or first saw them: one that is another by now lost what it held."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.postgres import Pool
from connectors.sql import statement


class KnownStores:
    """By name, what identifies a store: a topic by Kafka's id, a table by an id of its own. In the event store's database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def every(self) -> dict[str, str]:
        """The known identity of each."""
        with self._pool.connection() as connection:
            return dict(connection.execute(statement(__package__, "known_stores")).fetchall())

    def remember(self, identities: Mapping[str, str]) -> None:
        """Note those that are not known yet; what is known keeps its identity, so that its loss shows."""
        self._write("know_store", identities)

    def accept(self, identities: Mapping[str, str]) -> None:
        """These are ours from now on: what the earlier ones held is made again, or given up."""
        self._write("replace_store", identities)

    def _write(self, name: str, identities: Mapping[str, str]) -> None:
        with self._pool.connection() as connection, connection.transaction():
            for store, identity in sorted(identities.items()):
                connection.execute(statement(__package__, name), {"store": store, "identity": identity})
