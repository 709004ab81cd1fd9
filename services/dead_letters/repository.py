"""The table of dead letters: written by the streams worker, used from the command line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal, TypeVar
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from connectors.postgres import Pool
from connectors.sql import statement
from schemas.errors import InvalidInput
from schemas.messages import DeadLetter
from services.dead_letters.records import AuditEntry, Content, OpenDeadLetter, Selection, State, StoredDeadLetter

REPLAY_OF = "ce_replayof"
"""Header of a replayed message: the id of its dead letter."""

T = TypeVar("T")


class DeadLetterRepository:
    """Dead dead_letters and what was done with them. Thread-safe as far as the pool is."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def keep(self, dead_letters: Iterable[DeadLetter]) -> None:
        """Durable when it returns. A known dead letter is left as it is, in any state."""
        with self._pool.connection() as connection, connection.cursor() as cursor:
            for letter in dead_letters:
                cursor.execute(statement(__package__, "keep"), _row(letter))

    def find(self, selection: Selection) -> list[StoredDeadLetter]:
        """The dead letters that match, oldest first."""
        return self._rows(StoredDeadLetter, "find", asdict(selection))

    def get(self, letter_id: UUID) -> StoredDeadLetter:
        """One dead letter. Raises InvalidInput that says how to list them."""
        found = self.find(Selection(ids=[letter_id], state=None))
        if not found:
            raise InvalidInput(
                f"there is no dead letter {letter_id}; `reviewstream deadletters list --state all` lists them",
                field="id",
            )
        return found[0]

    def content(self, letter_id: UUID) -> Content:
        """The original message. Personal data: show it only on request, and log nothing."""
        self.get(letter_id)
        return self._rows(Content, "content", {"id": letter_id})[0]

    def history(self, letter_id: UUID) -> list[AuditEntry]:
        """The actions on a dead letter, in order."""
        return self._rows(AuditEntry, "history", {"id": letter_id})

    def mentioning(self, text: str, *, tenants: Collection[str] | None = None, limit: int = 100) -> list[UUID]:
        """Ids of the newest dead letters, in any state, whose message has that id or holds that text as a whole word.

        `text` may be any that PostgreSQL can hold; reads payloads, and shows nothing of them.
        """
        whole = re.compile(rb"(?<![\w-])" + re.escape(text.encode()) + rb"(?![\w-])")
        values = {"text": text, "tenants": list(tenants) if tenants else None, "limit": limit}
        with self._pool.connection() as connection:
            rows = connection.execute(statement(__package__, "mentioning"), values, prepare=False).fetchall()
        return [found for found, payload in rows if text.encode() not in payload or whole.search(payload)]

    def forget_settled(self, before: datetime, *, limit: int = 1_000) -> int:
        """Remove at most `limit` dead letters that were replayed or discarded before that time; how many it were.

        Their audit stays.
        """
        with self._pool.connection() as connection, connection.transaction():
            rows = connection.execute(
                statement(__package__, "lock_settled"), {"before": before, "limit": limit}
            ).fetchall()
            ids = [row[0] for row in rows]
            connection.execute(statement(__package__, "forget_settled"), {"ids": ids})
        return len(ids)

    def sizes(self) -> dict[str, tuple[int, int]]:
        """By state, how many dead letters there are, and the bytes of their messages."""
        with self._pool.connection() as connection:
            rows = connection.execute(statement(__package__, "sizes")).fetchall()
        return {state: (count, size) for state, count, size in rows}

    def values(self, column: Literal["stage", "reason"]) -> list[str]:
        """The different values that dead letters have there, in any state. Reads the whole table."""
        with self._pool.connection() as connection:
            return [row[0] for row in connection.execute(statement(__package__, f"{column}s")).fetchall()]

    def count_open(self) -> int:
        """How many dead letters are open."""
        return self._count("count_open")

    def identity(self) -> str:
        """Tells this table from one that was made after it was lost."""
        with self._pool.connection() as connection:
            row = connection.execute(statement(__package__, "identity")).fetchone()
        assert row is not None, "its migration inserts one"
        return str(row[0])

    def count(self) -> int:
        """How many there are in all states."""
        return self._count("count")

    def _count(self, name: str) -> int:
        with self._pool.connection() as connection:
            row = connection.execute(statement(__package__, name)).fetchone()
        return int(row[0]) if row else 0

    @contextmanager
    def held(self, ids: Collection[UUID]) -> Iterator[Held]:
        """A transaction that locks those of the dead letters that are open and not locked by another transaction."""
        with self._pool.connection() as connection, connection.transaction():
            with connection.cursor(row_factory=class_row(OpenDeadLetter)) as cursor:
                dead_letters = cursor.execute(statement(__package__, "lock_open"), {"ids": list(ids)}).fetchall()
            yield Held(connection, dead_letters)

    def discard(self, ids: Collection[UUID], *, actor: str, why: str) -> list[UUID]:
        """Discard these; returns the ids of those that were open."""
        with self.held(ids) as held:
            return held.settle([letter.dead_letter_id for letter in held.dead_letters], "discarded", actor, why)

    def note(self, subject: str, action: str, *, actor: str, detail: str) -> None:
        """Record an action on something other than a dead letter, for example the parked streams of a projection."""
        values = {"subject": subject, "action": action, "actor": actor, "detail": detail}
        with self._pool.connection() as connection:
            connection.execute(statement(__package__, "note"), values)

    def _rows(self, kind: type[T], name: str, values: dict[str, Any]) -> list[T]:
        with self._pool.connection() as connection, connection.cursor(row_factory=class_row(kind)) as cursor:
            # Never prepared: unused filters must vanish from the plan.
            return cursor.execute(statement(__package__, name), values, prepare=False).fetchall()


class Held:
    """Open dead letters in a transaction of our own: changes commit when the block ends without an error."""

    def __init__(self, connection: Connection[Any], dead_letters: Sequence[OpenDeadLetter]) -> None:
        self._connection, self.dead_letters = connection, dead_letters

    def settle(self, ids: Collection[UUID], state: State, actor: str, detail: str) -> list[UUID]:
        """Change the state and record the actor, in one statement; returns the ids of those that were open."""
        values = {"ids": list(ids), "state": state, "actor": actor, "detail": detail}
        rows = self._connection.execute(statement(__package__, "settle"), values).fetchall()
        return [row[0] for row in rows]


def _row(letter: DeadLetter) -> dict[str, Any]:
    """PostgreSQL accepts no NUL in texts; the payload is bytes and is left as it is."""
    texts = {name: _storable(value) for name, value in asdict(letter).items() if name != "headers"}
    headers = {_storable(name): _storable(value) for name, value in letter.headers.items()}
    return {**texts, "headers": Jsonb(headers), "replay_of": headers.get(REPLAY_OF)}


def _storable(value: Any) -> Any:
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else value
