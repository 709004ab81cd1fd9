"""Output of `replay`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from cli.common import err, out, print_json
from projections.differences import Differences
from projections.rebuild.rebuild import Outcome, Plan


@contextmanager
def bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr; yields a callback that takes (done, total)."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=err) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def say_plan(planned: Plan, *, as_json: bool) -> None:
    """Print what a replay would do."""
    if as_json:
        print_json(planned)
        return
    size = planned.bytes / 1_000_000
    out.print(
        f"{planned.name}: {planned.events} events, about {planned.seconds:.1f} s and {size:.1f} MB of disk meanwhile"
    )


def say_outcome(outcome: Outcome, *, as_json: bool = False) -> None:
    """Print what a replay did."""
    if as_json:
        print_json(outcome)
        return
    pace = outcome.events / outcome.seconds if outcome.seconds else 0.0
    did = f"version {outcome.version} is live" if outcome.switched else f"version {outcome.version}"
    out.print(
        f"{outcome.name}: {did}; {outcome.events} events in {outcome.seconds:.1f} s ({pace:,.0f}/s); {outcome.note}"
    )


def say_differences(found: Differences, *, as_json: bool) -> None:
    """Print what a replay would change: ids and names of columns, never their values."""
    if as_json:
        print_json({"name": found.name, "position": found.position, "total": found.total, "rows": found.listed})
        return
    if not found.total:
        out.print(f"{found.name}: nothing would change at position {found.position}")
        return
    table = Table("table", "review or sum", "rows now", "rows then", "columns")
    for one in found.listed:
        table.add_row(one.table, one.key, str(one.rows), str(one.rows_then), ", ".join(one.columns))
    out.print(table)
    totals = ", ".join(f"{count} in {name}" for name, count in found.total.items())
    out.print(f"{found.name}: {totals} would change at position {found.position}")
