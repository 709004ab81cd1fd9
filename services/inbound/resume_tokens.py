"""Where change-stream consumers resume after a stop or crash."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bson import json_util
from psycopg.types.json import Jsonb

from connectors.postgres import Pool
from connectors.sql import statement


class ResumeTokens:
    """Durable resume tokens by consumer. Tokens are opaque; MongoDB's are documents."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def get(self, name: str) -> Mapping[str, Any] | None:
        """The last stored token, None for a new consumer."""
        with self._pool.connection() as connection:
            row = connection.execute(statement(__package__, "resume_token"), {"name": name}).fetchone()
        return dict(json_util.object_hook(row[0])) if row else None

    def keep(self, name: str, token: Mapping[str, Any]) -> None:
        """Store the token: everything before it is handled durably."""
        value = Jsonb(token, dumps=json_util.dumps)
        with self._pool.connection() as connection:
            connection.execute(statement(__package__, "keep_resume_token"), {"name": name, "token": value})

    def forget(self, name: str) -> None:
        """Delete the token: its server can no longer resume from it."""
        with self._pool.connection() as connection:
            connection.execute(statement(__package__, "forget_resume_token"), {"name": name})
