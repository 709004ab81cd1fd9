"""Which reviews are due for analysis with another processing version, and how far the requested ones are."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool

from projections.queries.rows import ask

PAGE = 500


@dataclass(frozen=True, slots=True)
class Chosen:
    """Filters; None matches all. Of tenants, `only` these, and not those `without`. Label and language are those of the current result. `since` <= published < `until`."""

    tenant_id: UUID | None = None
    source: str | None = None
    label: str | None = None
    language: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    only: tuple[UUID, ...] | None = None
    without: tuple[UUID, ...] = ()


EVERY_REVIEW = Chosen()


@dataclass(frozen=True, slots=True)
class Due:
    """A review whose current result, if any, is of another processing version."""

    review_id: UUID
    tenant_id: UUID


@dataclass(frozen=True, slots=True)
class Counts:
    """Of the chosen reviews: complete ones of another version, complete ones of this version, and those in flight."""

    due: int
    already: int
    incomplete: int


@dataclass(frozen=True, slots=True)
class SagaState:
    """The current state of a review: the version of its stream, and what its saga waits for."""

    review_id: UUID
    revision: int
    version: int
    next_step: str
    not_before: datetime | None


def due(pool: ConnectionPool[Any], chosen: Chosen, version: str, *, page: int = PAGE) -> Iterator[Due]:
    """The chosen reviews without a result of `version`, by id; one page in memory at a time.

    Some may not be complete, or wait for that version already: the event log knows.
    """
    after: UUID | None = None
    while True:
        found = ask(pool, Due, "reprocessing_due", _values(chosen, version) | {"after": after, "limit": page})
        yield from found
        if len(found) < page:
            return
        after = found[-1].review_id


def counts(pool: ConnectionPool[Any], chosen: Chosen, version: str) -> Counts:
    """How many there are now, by the read models."""
    return ask(pool, Counts, "reprocessing_counts", _values(chosen, version))[0]


def saga_states(pool: ConnectionPool[Any], reviews: Collection[UUID]) -> list[SagaState]:
    """One entry for each review that the saga's read model knows; it may be behind."""
    return ask(pool, SagaState, "saga_standing", {"reviews": list(reviews)})


def _values(chosen: Chosen, version: str) -> dict[str, Any]:
    only = None if chosen.only is None else list(chosen.only)
    return asdict(chosen) | {"version": version, "only": only, "without": list(chosen.without)}
