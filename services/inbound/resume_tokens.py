"""Where followers of other stores' changes go on after an end of any kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bson import json_util
from psycopg.types.json import Jsonb

from connectors.postgres import Pool
from connectors.sql import statement


class ResumeTokens:
    """Durable resume tokens by follower. What a token means is its server's business; MongoDB's are documents."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def get(self, name: str) -> Mapping[str, Any] | None:
        """The token kept last, None for a new follower."""
        with self._pool.connection() as connection:
            row = connection.execute(statement(__package__, "resume_token"), {"name": name}).fetchone()
        return dict(json_util.object_hook(row[0])) if row else None

    def keep(self, name: str, token: Mapping[str, Any]) -> None:
        """Everything up to this token is handled durably."""
        value = Jsonb(token, dumps=json_util.dumps)
        with self._pool.connection() as connection:
            connection.execute(statement(__package__, "keep_resume_token"), {"name": name, "token": value})

    def forget(self, name: str) -> None:
        """The token is of no use any more: its server cannot go on from it."""
        with self._pool.connection() as connection:
            connection.execute(statement(__package__, "forget_resume_token"), {"name": name})
