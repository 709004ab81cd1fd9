"""`recover`: what stores lost, and building it again."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn

from cli.common import bootstrap, data_dir_option, err, json_option, out, print_json
from operations.recovery.recoverable import Progress as Moved
from operations.recovery.recovery import Inspection
from schemas.errors import InvalidInput, StoreLost
from telemetry import failpoints


@click.command()
@click.option("--dry-run", is_flag=True, help="Show what is lost and what would be done, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@json_option
@data_dir_option
def recover(dry_run: bool, yes: bool, as_json: bool, data_dir: Path | None) -> None:
    """Find what stores lost, say what is gone for good, and build the rest again from the event log.

    The servers must run; workers may. Exits 1 if something is lost that only a backup brings back, or a store does not
    answer.
    """
    failpoints.arm(os.environ)
    with bootstrap(data_dir) as parts:
        with err.status("asking every store"):
            found = parts.recovery.inspect()
        if not as_json:
            say(found)
        done: list[str] = []
        if found.losses and not found.final and not dry_run:
            _agree(yes=yes)
            with bars() as moved:
                done = list(parts.recovery.run(moved))
            found = parts.recovery.inspect()
    if as_json:
        print_json({"losses": [asdict(loss) for loss in found.losses], "unknown": found.unknown, "done": done})
    for one in done if not as_json else ():
        out.print(one, markup=False, soft_wrap=True)
    if found.final:
        raise StoreLost("nothing was changed: restore a backup first; docs/recovery.md says how")
    if found.unknown:
        raise StoreLost(f"not every store could be asked: {'; '.join(found.unknown)}")
    if done:
        err.print("done; `reviewstream verify` compares all stores")


def say(found: Inspection) -> None:
    """Print what is lost."""
    for loss in found.losses:
        out.print(f"{loss}", markup=False, soft_wrap=True)
        if loss.rebuilt:
            out.print(f"    comes back: {loss.rebuilt}", markup=False, soft_wrap=True)
        if loss.gone:
            out.print(f"    gone for good: {loss.gone}", markup=False, soft_wrap=True)
    for one in found.unknown:
        err.print(f"could not be asked: {one}", markup=False, soft_wrap=True)
    if not found.losses and not found.unknown:
        out.print("nothing is lost")


@contextmanager
def bars() -> Iterator[Moved]:
    """A progress bar for each thing that is built, on stderr."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err) as progress:
        tasks: dict[str, TaskID] = {}

        def moved(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=None)
            progress.update(tasks[what], completed=done, total=total)

        yield moved


def _agree(*, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise InvalidInput("no terminal to confirm on: look at it with --dry-run first, then add --yes", field="yes")
    click.confirm("build this again?", abort=True, err=True)
