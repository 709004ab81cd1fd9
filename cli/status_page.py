"""The status as a page for people: troubles first, so that a small terminal shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from cli.table_layout import printable
from operations.status.report import COUNTS, Lag, Status
from operations.status.troubles import Trouble, troubles

LINES = 8
"""Troubles that are listed on top; the rest is counted there."""
UNKNOWN = "?"


def page(found: Status) -> Group:
    """Troubles, sums, then tables."""
    return Group(
        *_headline(troubles(found)),
        _sums(found),
        *_lags("step", "reviews waiting", found.steps),
        *_tables(found),
        *_lags("fed from the log", "events behind", found.subscriptions),
        _units(found),
    )


def _headline(known: list[Trouble]) -> list[RenderableType]:
    lines = [_trouble(each.what, each.why) for each in known[:LINES]]
    if len(known) > LINES:
        lines.append(_trouble(f"{len(known) - LINES} more", "`reviewstream status --check` lists all"))
    return [Text("\n").join(lines)] if lines else []


def _trouble(what: str, why: str) -> Text:
    return Text.assemble((printable(what), "bold red"), f": {printable(why)}")


def _sums(found: Status) -> str:
    values = {name: UNKNOWN if name in found.unknown else getattr(found, name) for name in COUNTS}
    return (
        "received {received} = accepted {accepted} + revised {revised} + corrected {corrected} + withdrawn {withdrawn} + "
        "deduplicated {deduplicated} + dead-lettered {dead_lettered}\n"
        "waiting in Kafka: {waiting};  events: {events};  "
        "waiting for a retry: {retrying};  abandoned: {abandoned};  "
        "open dead letters: {open_letters};  parked streams: {parked}"
    ).format(**values)


def _lags(title: str, unit: str, lags: Mapping[str, Lag]) -> list[Table]:
    table = Table(title, unit, "oldest waits (s)")
    for name, lag in lags.items():
        table.add_row(name, str(lag.events), f"{lag.seconds:.1f}")
    return [table] if lags else []


def _tables(found: Status) -> list[Table]:
    """The tables that have rows."""
    return [table for table in (_stuck(found), _retries(found), _replays(found), _slots(found)) if table.row_count]


def _stuck(found: Status) -> Table:
    table = Table("stuck at", _ids("review"), "since", "why")
    for step, those in found.stuck.items():
        for review in those.oldest:
            table.add_row(step, str(review.review_id), _time(review.since), review.why)
        if those.count > len(those.oldest):
            table.add_row(step, f"{those.count - len(those.oldest)} more", "", "`--all` names them")
    return table


def _retries(found: Status) -> Table:
    table = Table(_ids("next retry of"), "at step", "attempt", "not before")
    for retry in found.retries:
        table.add_row(str(retry.review_id), retry.step, str(retry.attempt), _time(retry.not_before))
    return table


def _replays(found: Status) -> Table:
    table = Table("replay", "version", "position", "since", "", "command")
    for one in found.replays:
        table.add_row(one.name, str(one.version), str(one.position), _time(one.since), one.state, one.command)
    return table


def _slots(found: Status) -> Table:
    table = Table("slot", "", "retained WAL (bytes)", "bytes left")
    for slot in found.slots:
        state = f"{'active' if slot.active else 'idle'}, {slot.wal_status}"
        left = "unlimited" if slot.safe_wal_size is None else str(slot.safe_wal_size)
        table.add_row(slot.slot_name, state, str(slot.retained_bytes), left)
    return table


def _units(found: Status) -> Table:
    table = Table("process", "state", "detail", "restarts")
    for name, unit in found.units.items():
        table.add_row(name, "ok" if unit.ok else unit.phase, unit.detail, str(unit.restarts))
    return table


def _ids(header: str) -> Column:
    """A column of ids, which are for copying and never cut."""
    return Column(header, min_width=36, no_wrap=True)


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
