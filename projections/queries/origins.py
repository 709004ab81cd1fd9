"""Where reviews come from, and which ones a saga's ids belong to: for finding reviews by what outsiders know of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool

from projections.queries.rows import MOST, ask


@dataclass(frozen=True, slots=True)
class Origin:
    """A source of a tenant's reviews."""

    tenant_id: UUID
    source: str


@dataclass(frozen=True, slots=True)
class _Saga:
    review_id: UUID


def origins(pool: ConnectionPool[Any], tenant_id: UUID | None = None) -> list[Origin]:
    """Every source of a tenant, or of all, by tenant and name."""
    return ask(pool, Origin, "origins", {"tenant_id": tenant_id})


def sagas_of(pool: ConnectionPool[Any], id_: UUID, tenant_id: UUID | None = None) -> list[UUID]:
    """Reviews whose saga stands at an event with that id or correlation id; at most 500."""
    return [each.review_id for each in ask(pool, _Saga, "sagas_of", {"id": id_, "tenant_id": tenant_id, "limit": MOST})]
