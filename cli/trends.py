"""`query trends`: reviews by week or month, of a source, label or topic, and how fresh the numbers are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.table import Column

from cli.common import bootstrap, data_dir_option, err, json_option, print_json, tenant_option
from cli.tables import show_table
from projections.queries.metrics import FIRST_DAY, LAST_DAY
from projections.queries.trends import ALL_TOPICS, Period, Trend, Trends
from schemas.errors import InvalidInput

DAY = click.DateTime(formats=["%Y-%m-%d"])
LABELS = ("positive", "neutral", "negative", "undetermined")


@click.command()
@tenant_option
@click.option(
    "--by", type=click.Choice(["week", "month"]), default="week", show_default=True, help="Weeks begin on Monday."
)
@click.option("--source", default="", help="Only this source.")
@click.option("--label", type=click.Choice(LABELS), help="Show how many have this label, and their share.")
@click.option(
    "--topic", default="", help=f"Only reviews about this topic, by its id; '{ALL_TOPICS}': each topic by itself."
)
@click.option("--since", type=DAY, help="The first period is the one of this day, YYYY-MM-DD.")
@click.option("--until", type=DAY, help="The last one is that of this day.")
@json_option
@data_dir_option
def trends(
    tenant: str,
    by: Period,
    source: str,
    label: str | None,
    topic: str,
    since: datetime | None,
    until: datetime | None,
    as_json: bool,
    data_dir: Path | None,
) -> None:
    """Count sentiments and average ratings by week or month of publication.

    Says how far the numbers are behind the event log. Periods without reviews are left out; the first and the last are whole ones.
    """
    first, last = since.date() if since else FIRST_DAY, until.date() if until else LAST_DAY
    if last < first:
        raise InvalidInput("--until: is before --since, so no day is between them", field="until")
    with bootstrap(data_dir) as parts:
        asked = Trends(parts.readmodels_pool, parts.clickhouse)
        fresh = asked.freshness(parts.event_log)
        tenant_id = parts.tenants.get(tenant).id
        found = asked.by_period(by, tenant_id, since=first, until=last, source=source, topic=topic)
    rows = [_row(each, label) for each in found]
    if as_json:
        print_json({"fresh": fresh, "by": by, "periods": rows})
        return
    _show(by, rows, topic, label)
    late = f"; {fresh.behind} newer events are not counted yet, for {fresh.seconds:.0f} s" if fresh.behind else ""
    err.print(f"as of position {fresh.position}{late}")


def _row(trend: Trend, label: str | None) -> dict[str, Any]:
    counts = {name: getattr(trend, f"sentiment_{name}") for name in LABELS}
    row = {"first_day": trend.first_day, "topic": trend.topic, "reviews": trend.total_reviews}
    if label is None:
        return {**row, **counts, "avg_rating": trend.avg_rating}
    return {**row, label: counts[label], "share": counts[label] / trend.total_reviews}


def _show(by: str, rows: Sequence[dict[str, Any]], topic: str, label: str | None) -> None:
    columns = [label, "share"] if label else [*LABELS, "avg_rating"]
    names = ["first_day", *(["topic"] if topic else []), "reviews", *columns]
    head: list[str | Column] = [Column(by, no_wrap=True), *(name.replace("avg_", "") for name in names[1:])]
    show_table(head, [[row[name] for name in names] for row in rows])
