"""`verify`: do all stores agree?"""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Column, Table

from cli.common import bootstrap, data_dir_option, err, json_option, out, print_json
from projections.verify.comparison import Report
from projections.verify.comparison import verify as compare
from schemas.errors import VerificationFailed


@click.command()
@click.option(
    "--timeout", type=float, default=60, show_default=True, help="Seconds to wait for projections to catch up."
)
@json_option
@data_dir_option
def verify(timeout: float, as_json: bool, data_dir: Path | None) -> None:
    """Compare the event log with PostgreSQL and ClickHouse. Exits 1 on any difference."""
    with bootstrap(data_dir) as parts, err.status("folding the event log"):
        report = compare(
            parts.readmodels_pool, parts.event_log, clickhouse=parts.read_models.analytics(), timeout=timeout
        )
    if as_json:
        print_json(report.as_json())
    else:
        out.print(table(report))
    if not report.ok:
        wrong = ", ".join(check.name for check in report.checks if not check.ok)
        raise VerificationFailed(f"{wrong}: differs; `reviewstream replay NAME` rebuilds a read model from the log")


def table(report: Report) -> Table:
    """The checks as a table."""
    shown = Table(
        Column("check", no_wrap=True), "result", "event log", "read model", title=f"At position {report.position}"
    )
    for check in report.checks:
        shown.add_row(check.name, "ok" if check.ok else "DIFFERS", str(check.expected), str(check.actual))
    return shown
