"""`status`: what came in, what lags, what runs."""

from __future__ import annotations

import signal
import threading
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Group
from rich.live import Live
from rich.table import Table

from cli.common import bootstrap, data_dir_option, json_option, out, print_json
from cli.given import refuse_where
from operations.status.report import Lag, Status

if TYPE_CHECKING:
    from reviewstream.bootstrap import Bootstrap


@click.command()
@click.option("--watch", is_flag=True, help="Show it again every second until Ctrl-C.")
@json_option
@data_dir_option
def status(watch: bool, as_json: bool, data_dir: Path | None) -> None:
    """Show what came in, how far each part is behind, and whether the servers answer."""
    refuse_where(as_json, {"watch"}, "is for people; with --json, ask again and again")
    with bootstrap(data_dir) as parts:
        found = parts.status.read()
        if as_json:
            print_json(found.as_dict())
        elif not watch:
            out.print(page(found))
        else:
            _watch(parts, found)


def _watch(parts: Bootstrap, found: Status) -> None:
    """Redraw in place on a terminal; append to a file or pipe."""
    # Not by KeyboardInterrupt: raised inside a driver's callback it would be swallowed there.
    stop = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: stop.set())
    try:
        with Live(page(found), console=out, auto_refresh=False) if out.is_terminal else nullcontext() as live:
            _show(live, found)
            while not stop.wait(1):
                _show(live, parts.status.read())
    finally:
        signal.signal(signal.SIGINT, before)
    raise click.Abort


def _show(live: Live | None, found: Status) -> None:
    if live is None:
        out.print(page(found))
    else:
        live.update(page(found), refresh=True)


def page(found: Status) -> Group:
    """The status as tables."""
    sums = (
        f"received {found.received} = accepted {found.accepted} + deduplicated {found.deduplicated} "
        f"+ dead-lettered {found.dead_lettered};  waiting in Kafka: {found.waiting};  events: {found.events}\n"
        f"waiting for a retry: {found.retrying};  abandoned: {found.abandoned};  "
        f"open dead letters: {found.open_letters};  parked streams: {found.parked}"
    )
    return Group(
        sums,
        _lags("step", "reviews waiting", found.steps),
        *_troubles(found),
        _lags("fed from the log", "events behind", found.subscriptions),
        _units(found),
    )


def _lags(title: str, unit: str, lags: Mapping[str, Lag]) -> Table:
    table = Table(title, unit, "oldest waits (s)")
    for name, lag in lags.items():
        table.add_row(name, str(lag.events), f"{lag.seconds:.1f}")
    return table


def _troubles(found: Status) -> list[Table]:
    """The tables that have rows."""
    stuck = Table("stuck at", "reviews beyond the deadline", "the first of them")
    for step, those in found.stuck.items():
        stuck.add_row(step, str(those.count), "\n".join(map(str, those.oldest)))
    retries = Table("next retry of", "at step", "attempt", "not before")
    for retry in found.retries:
        at = f"{retry.not_before.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        retries.add_row(str(retry.review_id), retry.step, str(retry.attempt), at)
    replays = Table("replay", "version", "position", "since", "")
    for one in found.replays:
        since = f"{one.since.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        replays.add_row(one.name, str(one.version), str(one.position), since, "paused" if one.paused else "")
    slots = Table("slot", "", "retained WAL (bytes)", "bytes left")
    for slot in found.slots:
        state = f"{'active' if slot.active else 'idle'}, {slot.wal_status}"
        left = "unlimited" if slot.safe_wal_size is None else str(slot.safe_wal_size)
        slots.add_row(slot.slot_name, state, str(slot.retained_bytes), left)
    return [table for table in (stuck, retries, replays, slots) if table.row_count]


def _units(found: Status) -> Table:
    table = Table("process", "state", "detail", "restarts")
    for name, unit in found.units.items():
        table.add_row(name, "ok" if unit.ok else unit.phase, unit.detail, str(unit.restarts))
    return table
