"""`query review`: one review, as it is or as it was."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click

from cli.at import MOMENT_HELP, Moment
from cli.common import bootstrap, data_dir_option, err, json_option, print_json, tenant_option
from cli.history import is_analysed, show_history
from projections.queries.as_of import position_of, review_as_of
from projections.queries.history import ReviewHistory, review_history
from schemas.errors import InvalidInput

if TYPE_CHECKING:
    from reviewstream.bootstrap import Bootstrap

NOT_YET = "; it was not analysed then, its last event was {}: without --at you see it as it is now"


@click.command()
@click.argument("review_id", type=click.UUID)
@tenant_option
@click.option("--at", type=Moment(), help=f"As it was at {MOMENT_HELP}.")
@json_option
@data_dir_option
def review(review_id: UUID, tenant: str, at: int | datetime | None, as_json: bool, data_dir: Path | None) -> None:
    """Show one review with its history and the evidence behind its results.

    With --at, history and results as they were then, rebuilt from the review's events.
    """
    with bootstrap(data_dir) as parts:
        tenant_id = parts.tenants.get(tenant).id
        if at is None:
            found = review_history(parts.readmodels_pool, parts.event_log, tenant_id, review_id)
        else:
            found = _past(parts, tenant_id, review_id, at)
    if found is None:
        raise InvalidInput(
            f"tenant {tenant} has no review {review_id}; `reviewstream query reviews --tenant {tenant}` lists them",
            field="review_id",
        )
    if as_json:
        print_json(found)
    else:
        show_history(found)


def _past(parts: Bootstrap, tenant_id: UUID, review_id: UUID, at: int | datetime) -> ReviewHistory | None:
    position = position_of(parts.event_log, at)
    found = review_as_of(parts.readmodels_pool, parts.event_log, tenant_id, review_id, position)
    if found is not None:
        past = "" if is_analysed(found.state) else NOT_YET.format(found.events[-1].type)
        err.print(f"as of position {position}{past}")
    return found
