"""Which topics Kafka had when we created or first saw them: one that has another id by now lost what it held."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.postgres import Pool
from connectors.sql import statement


class KnownTopics:
    """Kafka's ids of our topics, in the event store's database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def every(self) -> dict[str, str]:
        """The known id of each topic."""
        with self._pool.connection() as connection:
            return dict(connection.execute(statement(__package__, "known_topics")).fetchall())

    def remember(self, ids: Mapping[str, str]) -> None:
        """Note the ids of topics that are not known yet; a known topic keeps its id, so that its loss shows."""
        self._write("know_topic", ids)

    def accept(self, ids: Mapping[str, str]) -> None:
        """These are the topics from now on: what the earlier ones held was sent again, or is given up."""
        self._write("replace_topic", ids)

    def _write(self, name: str, ids: Mapping[str, str]) -> None:
        with self._pool.connection() as connection, connection.transaction():
            for topic, topic_id in sorted(ids.items()):
                connection.execute(statement(__package__, name), {"topic": topic, "topic_id": topic_id})
