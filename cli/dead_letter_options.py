"""Filters for dead letters, shared by the commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

import click

from cli.confirm import need_all, say_selected
from cli.dead_letter_pages import slugs
from cli.given import any_given, check_period, refuse_where
from eventstore.parking import PROJECTION, PUBLISHER
from operations.dead_letter_filters import check_filters, check_tenant
from operations.parked_streams import STAGES
from operations.selected import Count, counted
from services.dead_letters.records import Selection, State, StoredDeadLetter

if TYPE_CHECKING:
    from reviewstream.bootstrap import Bootstrap

F = TypeVar("F", bound=Callable[..., Any])
FILTERS = (
    click.option("--tenant", help="Slug or id; an unregistered tenant is found by what its messages state."),
    click.option(
        "--stage", help="inbound, a saga step, deadletters, or where streams are parked: projection, publisher."
    ),
    click.option("--reason", help="The machine-readable reason, for example unknown_tenant."),
    click.option("--since", type=click.DateTime(), help="Dead-lettered at this time or later (UTC)."),
    click.option("--until", type=click.DateTime(), help="Dead-lettered before this time (UTC)."),
    click.option("--id", "ids", type=click.UUID, multiple=True, help="This dead letter. Repeatable."),
    click.option("--run", help="The publishing run."),
    click.option("--review", type=click.UUID, help="The review."),
)


LETTER_FILTERS = frozenset({"tenant", "reason", "since", "until", "ids", "run", "review"})
"""The parameters of FILTERS that say nothing of parked streams."""
NARROWING = "--tenant, --stage, --reason, --since, --until, --id, --run or --review"
PARKED_BY = (
    click.option("--projection", help="With --stage projection: only what this read model parked."),
    click.option("--publisher", help="With --stage publisher: only what this publisher parked."),
)


def selecting(function: F) -> F:
    """Add the filters to a command."""
    return _added(function, FILTERS)


def parked_by(function: F) -> F:
    """`--projection` and `--publisher`, for commands that also know parked streams."""
    return _added(function, PARKED_BY)


def _added(function: F, options: Sequence[Callable[[F], F]]) -> F:
    for option in reversed(options):
        function = option(function)
    return function


def is_parked(stage: str | None, *, done: str) -> bool:
    """Whether the stage is one where streams are parked. Raises InvalidInput for options that then do not apply.

    `done` is what the command does with them, for example `listed`.
    """
    refuse_where(stage != PROJECTION, {"projection"}, "names what a projection parked; add --stage projection")
    refuse_where(stage != PUBLISHER, {"publisher"}, "names what a publisher parked; add --stage publisher")
    whole = f"parked streams are {done} as a whole; only --projection or --publisher narrows them"
    refuse_where(stage in STAGES, {*LETTER_FILTERS, "limit", "state", "rate"}, whole)
    return stage in STAGES


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
    """The options as a Selection. Raises InvalidInput for values that nothing has."""
    check_period(since, until)
    check_filters(parts.dead_letters, stage=stage, reason=reason)
    return Selection(
        tenants=_names(parts, tenant) if tenant is not None else None,
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


def selected(
    parts: Bootstrap, filters: dict[str, Any], *, everything: bool, dry_run: bool
) -> tuple[Sequence[StoredDeadLetter], Sequence[Count]]:
    """The open dead letters that the filters select, shown by their counts on stderr."""
    wanted = selection(parts, **filters)
    found, more = parts.desk.dead_letters.select(wanted)
    counts = counted(found)
    say_selected(counts, slugs(parts), limit=wanted.limit if more else None)
    need_all(everything, narrowed=any_given(LETTER_FILTERS | {"stage"}), dry_run=dry_run, how=NARROWING)
    return found, counts


def _names(parts: Bootstrap, name: str) -> list[str]:
    """A dead letter carries its tenant's id, or, if the tenant is not registered, the name that the message stated."""
    found = parts.tenants.find(name)
    if found is not None:
        return [str(found.id), found.slug]
    check_tenant(parts.dead_letters, name, (tenant.slug for tenant in parts.tenants.every()))
    return [name]
