"""`query alarms`: what was unusual, what drove it, and which reviews it is about."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.table import Column

from cli.common import bootstrap, data_dir_option, json_option, print_json, tenant_option
from cli.since import SINCE_HELP, Since
from cli.tables import show_table
from projections.queries.alarms import Alarm
from projections.queries.alarms import alarms as find_alarms

WORDS = 4


@click.command("alarms")
@tenant_option
@click.option("--open", "only_open", is_flag=True, help="Only those that are not closed.")
@click.option("--since", type=Since(), help=f"Only those that were open on that day or later: {SINCE_HELP}.")
@click.option("--limit", type=click.IntRange(1, 500), default=20, show_default=True)
@json_option
@data_dir_option
def query_alarms(
    tenant: str, only_open: bool, since: datetime | None, limit: int, as_json: bool, data_dir: Path | None
) -> None:
    """List alarms, newest first: what was unusual, what stands out, and some of the reviews (all with --json)."""
    day = since.date() if since else None
    with bootstrap(data_dir) as parts:
        tenant_id = parts.tenants.get(tenant).id
        found = find_alarms(parts.readmodels_pool, tenant_id, only_open=only_open, since=day, limit=limit)
    if as_json:
        print_json(found)
        return
    head = ("days", "measure", "source", "topic", "kind", "observed", "usual", "state")
    show_table((*head, Column("drivers", overflow="fold"), Column("a review", overflow="fold")), list(map(_row, found)))


def _row(alarm: Alarm) -> tuple[Any, ...]:
    days = str(alarm.day) if alarm.first_day == alarm.day else f"{alarm.first_day} to {alarm.day}"
    state = f"{alarm.closed_reason} {alarm.closed_day}".replace("_", " ") if alarm.closed_day else "open"
    words = ", ".join(each["text"] for each in alarm.drivers[:WORDS])
    scope = (alarm.source or "all", alarm.topic or "all")
    return (
        days,
        alarm.measure,
        *scope,
        alarm.kind,
        alarm.observed,
        alarm.expected,
        state,
        words,
        next(iter(alarm.review_ids), "-"),
    )
