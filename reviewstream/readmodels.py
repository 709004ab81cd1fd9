"""Which projections there are, and their handlers: the wiring of the read side."""

from __future__ import annotations

from eventstore.subscription import Handler
from reviewstream.bootstrap import Bootstrap


class _Idle:
    def __init__(self, name: str) -> None:
        self.name = name

    def position(self) -> int:
        return 0

    def handle(self, events) -> None:
        pass


def postgres_handler(parts: Bootstrap) -> Handler:
    return _Idle("postgres")


def clickhouse_handler(parts: Bootstrap) -> Handler:
    return _Idle("clickhouse")
