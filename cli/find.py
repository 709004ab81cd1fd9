"""`find TERM`: where a review, message, dead letter or run is now, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from cli import find_pages as pages
from cli.common import bootstrap, data_dir_option, err, json_option, print_json
from schemas.errors import ReviewstreamError


@click.command()
@click.argument("term")
@click.option("--tenant", help="Slug or id of a tenant; all tenants if not given.")
@click.option("--no-scan", is_flag=True, help="Do not read through the event log when no index knows TERM.")
@json_option
@data_dir_option
def find(term: str, tenant: str | None, no_scan: bool, as_json: bool, data_dir: Path | None) -> None:
    """Say where TERM is now, and why.

    TERM is the id of a review, what its source calls it, the id of an event, of a dead letter or of a publishing run, or a
    correlation id. Shows history, dead letters and log lines. Where no index knows TERM, the event log is read through,
    with progress. Exits 1 when nothing has that name, and says where it looked.
    """
    with bootstrap(data_dir) as parts, _reading() as progress:
        of = parts.tenants.get(tenant) if tenant else None
        found = parts.desk.finder.find(term, tenant=of, scan=not no_scan, progress=progress)
    if as_json:
        print_json(asdict(found))
    else:
        pages.show(found)
    if found.nothing:
        unasked = f"; could not look in {'; '.join(found.unasked)}" if found.unasked else ""
        raise ReviewstreamError(f"nothing is called {found.term}; looked in {'; '.join(found.looked_in)}{unasked}")


@contextmanager
def _reading() -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr that appears with the first step, and says why it takes long."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err) as bar:
        task = bar.add_task("", visible=False)

        def moved(done: int, total: int) -> None:
            if not bar.tasks[0].visible:
                err.print(f"no index knows it: reading through all {total} events; Ctrl-C ends that", soft_wrap=True)
            bar.update(task, description="event log", completed=done, total=total, visible=True)

        yield moved
