"""Output of `replay`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from cli.common import err, out, print_json
from projections.clickhouse.rollup_correction import ROLLUPS
from projections.differences import Differences
from projections.rebuild.plan import Plan
from projections.rebuild.rebuild import Outcome
from projections.rebuild.unfinished import Unfinished


@contextmanager
def bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr, as a share of the whole; yields a callback that takes (done, total) of whatever is counted."""
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
    rest = f"; {planned.continues}: that is continued" if planned.continues else ""
    work = _work(planned.events, planned.reviews)
    out.print(
        f"{planned.name}: {work} to apply, about {planned.seconds:.1f} s and {size:.1f} MB of disk meanwhile{rest}",
        soft_wrap=True,
    )


def say_outcome(outcome: Outcome, *, as_json: bool = False) -> None:
    """Print what a replay did."""
    if as_json:
        print_json(outcome)
        return
    pace = outcome.events / outcome.seconds if outcome.seconds else 0.0
    did = f"version {outcome.version} is live" if outcome.switched else f"version {outcome.version}"
    work = _work(outcome.events, outcome.reviews)
    out.print(
        f"{outcome.name}: {did}; {work} applied in {outcome.seconds:.1f} s ({pace:,.0f} events/s); {outcome.note}",
        soft_wrap=True,
    )


def _work(events: int, reviews: int | None) -> str:
    """Events, and of a part of history the reviews whose whole histories they are."""
    return f"{events} events" if reviews is None else f"{events} events of {reviews} reviews"


def say_left(left: Callable[[], Unfinished | None]) -> None:
    """Print what a replay that failed or was interrupted leaves behind, where that can be asked."""
    with suppress(Exception):  # a database that is away ended it; the error that did says so
        if (found := left()) is not None and found.command:
            err.print(f"{found}; continue with `{found.command}`", soft_wrap=True)


def say_differences(found: Differences, *, as_json: bool) -> None:
    """Print what a replay would change: ids and names of columns, never their values."""
    if as_json:
        counts = {"events": found.events, "reviews": found.reviews, "total": found.total}
        print_json({"name": found.name, "position": found.position, **counts, "rows": found.listed})
        return
    compared = f"{_work(found.events, found.reviews)} compared at position {found.position}"
    if not found.total:
        out.print(f"{found.name}: nothing would change; {compared}", soft_wrap=True)
        return
    table = Table("table", "review or sum", "rows now", "rows then", "columns")
    for one in found.listed:
        table.add_row(one.table, one.key, str(one.rows), str(one.rows_then), ", ".join(one.columns))
    out.print(table)
    totals = ", ".join(f"{count} {_counted_in(name)} in {name}" for name, count in found.total.items())
    listed = f"; the first {len(found.listed)} are listed" if len(found.listed) < sum(found.total.values()) else ""
    out.print(f"{found.name}: {totals} would change; {compared}{listed}", soft_wrap=True)


def _counted_in(table: str) -> str:
    """What differs in a table: the rows of reviews, or sums over many of them."""
    return "sums" if table in ROLLUPS else "reviews"
