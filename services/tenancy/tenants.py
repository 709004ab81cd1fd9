"""Registering and finding tenants."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from aggregates.review.notification_rule import NotificationRule
from connectors.postgres import Pool
from connectors.sql import statement
from schemas.errors import InvalidInput
from schemas.known import meant

SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant; `settings` is free-form except for keys that the product interprets, such as `notify`."""

    id: UUID
    slug: str
    name: str
    created_at: datetime
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rule(self) -> NotificationRule:
        """Which reviews this tenant wants to be notified about."""
        return NotificationRule.from_settings(self.settings)


def may_name(text: str) -> bool:
    """Whether a text can be a tenant's slug or id at all."""
    return SLUG.fullmatch(text) is not None


@contextmanager
def _storable() -> Iterator[None]:
    try:
        yield
    except (psycopg.DataError, UnicodeEncodeError):
        raise InvalidInput(
            "name or settings hold what PostgreSQL cannot store; leave out NUL, NaN and half characters",
            field="settings",
            reason="unstorable",
        ) from None


class Tenants:
    """The tenancy service on its own database. Thread-safe as far as the pool is."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def create(self, slug: str, *, name: str = "", settings: Mapping[str, Any] | None = None) -> Tenant:
        """Register a tenant. Raises InvalidInput for a bad slug, bad settings, or a slug that is taken."""
        if not SLUG.fullmatch(slug) or ID.fullmatch(slug):  # a slug that looks like an id could match another tenant
            raise InvalidInput(
                "slug: use 1 to 63 lower-case letters, digits and hyphens, for example blue-harbour, and nothing like an id",
                field="slug",
                reason="format",
            )
        NotificationRule.from_settings(settings or {})
        values = {"id": uuid4(), "slug": slug, "name": name or slug, "settings": Jsonb(dict(settings or {}))}
        with _storable(), self._pool.connection() as connection:
            if connection.execute(statement(__package__, "create_tenant"), values).fetchone() is None:
                raise InvalidInput(f"tenant {slug} exists already", field="slug", reason="taken")
        tenant = self.find(slug)
        assert tenant is not None
        return tenant

    def find(self, name: str) -> Tenant | None:
        """The tenant with that slug or id, if there is one; any text may be given."""
        if not may_name(name):
            return None
        with self._pool.connection() as connection, connection.cursor(row_factory=class_row(Tenant)) as cursor:
            return cursor.execute(statement(__package__, "find_tenant"), {"name": name}).fetchone()

    def get(self, name: str) -> Tenant:
        """The tenant with that slug or id. Raises InvalidInput that says how to register one."""
        tenant = self.find(name)
        if tenant is None:
            similar = meant(name, (each.slug for each in self.every()))
            raise InvalidInput(
                f"tenant {name} is not registered{similar}; `reviewstream tenant create {name}` registers it",
                field="tenant",
                reason="unknown_tenant",
            )
        return tenant

    def every(self) -> list[Tenant]:
        """All tenants by slug."""
        with self._pool.connection() as connection, connection.cursor(row_factory=class_row(Tenant)) as cursor:
            return cursor.execute(statement(__package__, "list_tenants")).fetchall()

    def change_settings(self, slug: str, settings: Mapping[str, Any]) -> Tenant:
        """Replace a tenant's settings. Raises InvalidInput for invalid settings."""
        NotificationRule.from_settings(settings)
        values = {"slug": self.get(slug).slug, "settings": Jsonb(dict(settings))}
        with _storable(), self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Tenant))
            changed = cursor.execute(statement(__package__, "change_settings"), values).fetchone()
        assert changed is not None
        return changed
