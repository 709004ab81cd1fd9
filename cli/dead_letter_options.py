"""Filters for dead letters, shared by the commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

import click

from services.dead_letters.records import Selection, State

if TYPE_CHECKING:
    from reviewstream.bootstrap import Bootstrap

F = TypeVar("F", bound=Callable[..., Any])
FILTERS = (
    click.option("--tenant", help="Slug or id; an unregistered tenant is found by what its messages state."),
    click.option("--stage", help="inbound, a saga step, or where streams are parked: projection, publisher."),
    click.option("--reason", help="The machine-readable reason, for example unknown_tenant."),
    click.option("--since", type=click.DateTime(), help="Dead-lettered at this time or later (UTC)."),
    click.option("--until", type=click.DateTime(), help="Dead-lettered before this time (UTC)."),
    click.option("--id", "ids", type=click.UUID, multiple=True, help="This dead letter. Repeatable."),
    click.option("--run", help="The publishing run."),
    click.option("--review", type=click.UUID, help="The review."),
)


def selecting(function: F) -> F:
    """Add the filters to a command."""
    for option in reversed(FILTERS):
        function = option(function)
    return function


def limit_option(most: int) -> Callable[[F], F]:
    """`--limit`."""
    return click.option("--limit", type=click.IntRange(1, 100_000), default=most, show_default=True)


def selection(
    parts: Bootstrap,
    *,
    tenant: str | None,
    stage: str | None,
    reason: str | None,
    since: datetime | None,
    until: datetime | None,
    ids: Sequence[UUID],
    run: str | None,
    review: UUID | None,
    limit: int,
    state: str = "open",
) -> Selection:
    """The options as a Selection."""
    return Selection(
        tenants=_names(parts, tenant) if tenant else None,
        stage=stage,
        reason=reason,
        since=since.replace(tzinfo=UTC) if since else None,
        until=until.replace(tzinfo=UTC) if until else None,
        ids=list(ids) or None,
        run=run,
        review=str(review) if review else None,
        state=None if state == "all" else cast("State", state),
        limit=limit,
    )


def _names(parts: Bootstrap, name: str) -> list[str]:
    """A dead letter carries its tenant's id, or, if the tenant is not registered, the name that the message stated."""
    found = parts.tenants.find(name)
    return [name] if found is None else [str(found.id), found.slug]
