"""`query metrics`: sums by day, by source or by platform, now or at a moment in the past."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Column, Table

from cli.at import MOMENT_HELP, Moment
from cli.common import bootstrap, data_dir_option, err, json_option, out, print_json, tenant_option
from cli.tables import cell
from projections.queries.as_of import position_of
from projections.queries.metrics import FIRST_DAY, LAST_DAY, Metrics, Origin, Sums
from projections.queries.past_metrics import MOST_DAYS, PastMetrics
from schemas.errors import InvalidInput

if TYPE_CHECKING:
    from reviewstream.bootstrap import Bootstrap

DAY = click.DateTime(formats=["%Y-%m-%d"])
COUNTS = ("total_reviews", "sentiment_positive", "sentiment_neutral", "sentiment_negative", "sentiment_undetermined")


@click.command()
@tenant_option
@click.option("--by", type=click.Choice(["day", "source", "platform"]), default="day", show_default=True)
@click.option("--source", default="", help="Only this source.")
@click.option("--since", type=DAY, help="First day, YYYY-MM-DD.")
@click.option("--until", type=DAY, help="Last day, YYYY-MM-DD.")
@click.option("--at", type=Moment(), help=f"The sums as they were at {MOMENT_HELP}. Needs --since and --until.")
@json_option
@data_dir_option
def metrics(
    tenant: str,
    by: str,
    source: str,
    since: datetime | None,
    until: datetime | None,
    at: int | datetime | None,
    as_json: bool,
    data_dir: Path | None,
) -> None:
    """Count sentiments and average ratings, by day of publication, by source or by platform.

    With --at, the sums of at most 31 days of publication as they were then. Past sums are not stored, so this reads the
    tenant's history in the event log from its beginning up to that point, and takes longer the longer the log is.
    """
    if at is not None:
        _check_days(since, until)
    if since is not None and until is not None and until < since:
        raise InvalidInput("--until: is before --since, so no day is between them", field="until")
    asked: dict[str, Any] = {"since": _day(since, FIRST_DAY), "until": _day(until, LAST_DAY), "source": source}
    with bootstrap(data_dir) as parts:
        tenant_id, sums = parts.tenants.get(tenant).id, _metrics(parts, at)
        if by == "day":
            found = [(str(each.day), each.sums) for each in sums.by_day(tenant_id, **asked)]
        else:
            origin: Origin = "source" if by == "source" else "platform"
            found = [(each.origin, each.sums) for each in sums.by_origin(origin, tenant_id, **asked)]
    if as_json:
        print_json([{"key": key, **_flat(counted)} for key, counted in found])
    else:
        out.print(metrics_table(by, found))


def metrics_table(by: str, found: Sequence[tuple[str, Sums]]) -> Table:
    """Metrics as a table."""
    table = Table(
        Column(by, no_wrap=True), "reviews", "positive", "neutral", "negative", "undeterm.", "rating", "score"
    )
    for key, counted in found:
        numbers = [getattr(counted, name) for name in COUNTS]
        table.add_row(key or "-", *map(str, numbers), cell(counted.avg_rating), cell(counted.avg_score))
    return table


def _metrics(parts: Bootstrap, at: int | datetime | None) -> Metrics | PastMetrics:
    if at is None:
        return Metrics(parts.readmodels_pool, parts.clickhouse)
    position = position_of(parts.event_log, at)
    err.print(f"as of position {position}")
    return PastMetrics(parts.event_log, position)


def _check_days(since: datetime | None, until: datetime | None) -> None:
    for name, day in (("since", since), ("until", until)):
        if day is None:
            raise InvalidInput(
                f"--{name}: missing; --at answers for at most {MOST_DAYS} days of publication: "
                f"give the days as --since and --until",
                field=name,
            )


def _flat(sums: Sums) -> dict[str, Any]:
    return {name: getattr(sums, name) for name in (*COUNTS, "avg_rating", "avg_score")}


def _day(given: datetime | None, otherwise: date) -> date:
    return given.date() if given else otherwise
