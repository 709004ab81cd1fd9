"""`alarms`: look for what is unusual in the daily numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.common import bootstrap, data_dir_option, err, json_option, print_json
from cli.tables import show_table
from schemas.errors import InvalidInput

if TYPE_CHECKING:
    from operations.alarms.detect import Outcome

DAY = click.DateTime(formats=["%Y-%m-%d"])
MOST_DAYS = 3660


@click.group()
def alarms() -> None:
    """Look for what is unusual in the daily numbers; `query alarms` shows what was found."""


@alarms.command()
@click.option("--tenant", help="Slug of the tenant; all tenants if not given.")
@click.option("--day", type=DAY, help="The day to judge, YYYY-MM-DD, UTC.  [default: yesterday]")
@click.option("--since", type=DAY, help="Judge every day from this one on, one after the other.")
@click.option("--dry-run", is_flag=True, help="Show what would be raised and closed; record nothing.")
@json_option
@data_dir_option
def detect(
    tenant: str | None,
    day: datetime | None,
    since: datetime | None,
    dry_run: bool,
    as_json: bool,
    data_dir: Path | None,
) -> None:
    """Judge a day, and raise or close alarms.

    A worker does that by itself for the last days (REVIEWSTREAM_ALARM_HOURS); a day that is judged again raises nothing anew.
    Exits 1 while the analytics lack reviews that were recorded by the end of that day.
    """
    last, first = _days(day, since)
    with bootstrap(data_dir) as parts:
        tenants = [parts.tenants.get(tenant)] if tenant else parts.tenants.every()
        parts.alarms.check_level(last)
        found = {each.slug: parts.alarms.look(each.id, first, last, dry_run=dry_run) for each in tenants}
    if as_json:
        print_json({"since": first, "until": last, "dry_run": dry_run, "tenants": found})
        return
    for slug, outcome in found.items():
        _show(slug, outcome, dry_run=dry_run)


def _days(day: datetime | None, since: datetime | None) -> tuple[date, date]:
    """The last day and the first."""
    today = datetime.now(UTC).date()
    last = day.date() if day else today - timedelta(days=1)
    first = since.date() if since else last
    if last >= today:
        raise InvalidInput(f"--day: {last} is not over (UTC); name a day before {today}", field="day")
    if first > last:
        raise InvalidInput(f"--since: is after the day to judge, {last}; name an earlier one", field="since")
    if (last - first).days >= MOST_DAYS:
        raise InvalidInput(f"--since: at most {MOST_DAYS} days are judged at once; name a later one", field="since")
    return last, first


def _show(slug: str, outcome: Outcome, *, dry_run: bool) -> None:
    would = "would be " if dry_run else ""
    said = f"{slug}: {outcome.watched} series watched, {len(outcome.raised)} alarms {would}raised, {len(outcome.closed)} {would}closed"
    err.print(said + (f"; {outcome.left_out} small sources or topics are not watched" if outcome.left_out else ""))
    rows: list[tuple[Any, ...]] = [
        (each.day, each.measure, each.source or "all", each.topic or "all", each.kind, each.observed, each.expected)
        for each in outcome.raised
    ]
    if rows:
        show_table(("day", "measure", "source", "topic", "kind", "observed", "usual"), rows)
