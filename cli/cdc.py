"""`cdc`: Debezium's connectors: register, show, pause, resume, remove."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Column, Table

from cli.common import bootstrap, data_dir_option, err, json_option, out, print_json
from debezium.captures import CAPTURES, OUTBOX

if TYPE_CHECKING:
    from operations.change_capture import CaptureStatus, ChangeCapture

NAME = click.argument("name", type=click.Choice(list(CAPTURES)))


@click.group()
def cdc() -> None:
    """Change data capture by Debezium: the public topics, and topics of tables (docs/cdc.md)."""


@cdc.command()
@click.argument("names", nargs=-1, type=click.Choice(list(CAPTURES)))
@data_dir_option
def register(names: tuple[str, ...], data_dir: Path | None) -> None:
    """Register connectors, or update them (default: all, but the outbox only where Debezium publishes)."""
    with _capturing(data_dir) as capturing:
        for name in names or capturing.wanted():
            with err.status(f"registering {name}"):
                done = capturing.register(name)
            err.print(f"{name}: {_describe(done)}")


@cdc.command()
@json_option
@data_dir_option
def status(as_json: bool, data_dir: Path | None) -> None:
    """Show each connector, its task, and how much WAL its slot retains."""
    with _capturing(data_dir) as capturing:
        found = capturing.every()
    if as_json:
        print_json(found)
    else:
        out.print(connectors_table(found))


@cdc.command()
@NAME
@data_dir_option
def pause(name: str, data_dir: Path | None) -> None:
    """Pause a connector. Its slot retains WAL meanwhile, so do not pause it for days."""
    with _capturing(data_dir) as capturing:
        capturing.pause(name)
    err.print(f"{name} is paused; `reviewstream cdc resume {name}` resumes it where it was")


@cdc.command()
@NAME
@data_dir_option
def resume(name: str, data_dir: Path | None) -> None:
    """Resume a connector where it was."""
    with _capturing(data_dir) as capturing, err.status(f"resuming {name}"):
        capturing.resume(name)
    err.print(f"{name} is running")


@cdc.command()
@NAME
@data_dir_option
def snapshot(name: str, data_dir: Path | None) -> None:
    """Snapshot a connector's tables again while it keeps running, for example after a column was added to its list."""
    with _capturing(data_dir) as capturing:
        capturing.snapshot(name)
    err.print(f"{name} is reading its tables again")


@cdc.command()
@NAME
@data_dir_option
def remove(name: str, data_dir: Path | None) -> None:
    """Remove a connector with its slot and publication. Its topics stay."""
    with _capturing(data_dir) as capturing, err.status(f"removing {name}"):
        complete = capturing.remove(name)
    err.print(f"{name} is removed" + ("" if name != OUTBOX.name else _handed_over(complete)))


def _handed_over(complete: bool) -> str:
    if complete:
        return "; the tailer continues where it ended: restart the tailer: `REVIEWSTREAM_PUBLIC_TOPICS=tailer reviewstream restart tailer`"
    return (
        "; it was not running, so how far it had published is unknown: with REVIEWSTREAM_PUBLIC_TOPICS=tailer the tailer "
        "publishes from where it last stopped, and consumers see some events again"
    )


def _describe(found: CaptureStatus) -> str:
    if found.runs:
        return "registered and running"
    if found.name == OUTBOX.name and not found.error:
        return "registered and paused, since the tailer publishes (docs/cdc.md says how to switch)"
    return f"{found.connector or 'not registered'} {found.error}"


def connectors_table(found: list[CaptureStatus]) -> Table:
    """Each connector with its slot."""
    table = Table(
        Column("connector", no_wrap=True),
        "state",
        "task",
        "slot",
        "retained WAL (bytes)",
        Column("error", overflow="fold"),
    )
    for each in found:
        slot = each.slot
        state = "" if slot is None else f"{'active' if slot.active else 'idle'}, {slot.wal_status}"
        retained = "" if slot is None else str(slot.retained_bytes)
        table.add_row(each.name, each.connector or "not registered", each.task, state, retained, each.error)
    return table


@contextmanager
def _capturing(data_dir: Path | None) -> Iterator[ChangeCapture]:
    with bootstrap(data_dir) as parts:
        yield parts.change_capture
