"""`status`: what is in trouble, what came in, what lags, what runs. Exits 1 when something is in trouble."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.live import Live

from cli import status_disk
from cli.common import bootstrap, data_dir_option, json_option, out, print_json
from cli.given import refuse_where
from cli.status_page import page
from operations.status.report import Status
from operations.status.troubles import troubles

if TYPE_CHECKING:
    from reviewstream.bootstrap import Bootstrap

NAMED, ALL = 5, 10_000
"""How many stuck reviews of each step are named."""
IN_TROUBLE = 1
"""The exit code."""


@click.command()
@click.option("--watch", is_flag=True, help="Show it again every second until Ctrl-C.")
@click.option("--disk", is_flag=True, help="Show how much room each store takes, and what is kept how long.")
@click.option("--check", is_flag=True, help="Only a line for each trouble; nothing where all is well.")
@click.option("--all", "every", is_flag=True, help="Name every stuck review, not only the first of each step.")
@json_option
@data_dir_option
def status(watch: bool, disk: bool, check: bool, every: bool, as_json: bool, data_dir: Path | None) -> None:
    """Show what is in trouble, what came in, how far each part is behind, and whether the servers answer.

    Exits 1 when something is gone, suspended, stuck, in a crash loop, or cannot be asked.
    """
    refuse_where(as_json, {"watch", "check"}, "is for people; with --json, ask again and again")
    refuse_where(disk, {"watch", "check", "every"}, "goes with the status, not with --disk")
    refuse_where(watch, {"check"}, "ends at once; --watch does not")
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)  # a database that does not answer is named below
    with bootstrap(data_dir) as parts:
        if disk:
            status_disk.show(parts.desk.disk.read(), as_json=as_json)
            return
        shown = ALL if every else NAMED
        found = parts.desk.survey(shown=shown)
        if watch:
            _watch(parts, found, shown)
        elif as_json:
            print_json({**found.as_dict(), "troubles": troubles(found)})
        elif check:
            for each in troubles(found):
                click.echo(f"{each.what}: {each.why}")
        else:
            out.print(page(found))
    if troubles(found):
        sys.exit(IN_TROUBLE)


def _watch(parts: Bootstrap, found: Status, shown: int) -> None:
    """Redraw in place on a terminal; append to a file or pipe."""
    # Not by KeyboardInterrupt: raised inside a driver's callback it would be swallowed there.
    stop = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: stop.set())
    try:
        with Live(page(found), console=out, auto_refresh=False) if out.is_terminal else nullcontext() as live:
            _show(live, found)
            while not stop.wait(1):
                _show(live, parts.desk.survey(shown=shown))
    finally:
        signal.signal(signal.SIGINT, before)
    raise click.Abort


def _show(live: Live | None, found: Status) -> None:
    if live is None:
        out.print(page(found))
    else:
        live.update(page(found), refresh=True)
