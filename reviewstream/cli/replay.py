"""`replay NAME`: make a read model anew from history, beside the live one, and switch."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from projections.rebuild import Outcome, Plan, plan, rebuild
from projections.repair import replay_part
from projections.selection import EVERYTHING, Selection
from projections.switching import rollback
from reviewstream.bootstrap import Bootstrap
from reviewstream.cli.common import bootstrap, data_dir_option, err, json_option, out, print_json
from reviewstream.readmodels import store


@click.command()
@click.argument("name")
@click.option("--tenant", help="Only this tenant's reviews.")
@click.option(
    "--from-position", type=click.IntRange(0), default=0, help="Only reviews with events after this position."
)
@click.option("--since", type=click.DateTime(), help="Only reviews with events recorded since then (UTC).")
@click.option("--type", "types", multiple=True, help="Only reviews with events of this type. Repeatable.")
@click.option("--dry-run", is_flag=True, help="Say how much there is to do, and change nothing.")
@click.option("--rollback", "go_back", is_flag=True, help="Go back to the version before the last switch.")
@click.option("--rate", type=click.FloatRange(min=1), help="At most so many events a second.")
@click.option("--accept-difference", is_flag=True, help="Switch although the contents differ from the live version.")
@json_option
@data_dir_option
def replay(
    name: str,
    tenant: str | None,
    from_position: int,
    since: datetime | None,
    types: tuple[str, ...],
    dry_run: bool,
    go_back: bool,
    rate: float | None,
    accept_difference: bool,
    as_json: bool,
    data_dir: Path | None,
) -> None:
    """Make the read model NAME (reviews, saga_progress, failures, analytics) anew from history.

    Without filters, the next version is built beside the live one, compared with it, and switched in one step. With
    filters, the reviews that match are repaired in place.
    """
    with bootstrap(data_dir) as parts:
        selection = Selection(
            tenant_id=parts.tenants.get(tenant).id if tenant else None,
            from_position=from_position,
            since=since.replace(tzinfo=UTC) if since else None,
            topics=frozenset(types) or None,
        )
        if dry_run:
            say_plan(plan(parts.readmodels_pool, store(parts, name), parts.event_log, selection), as_json=as_json)
            return
        if go_back:
            version = rollback(parts.readmodels_pool, store(parts, name), parts.event_log)
            err.print(f"{name} is back at version {version.version}")
            return
        outcome = run(parts, name, selection, rate=rate, accept_difference=accept_difference)
    if as_json:
        print_json(outcome)
    else:
        say_outcome(outcome)


def run(
    parts: Bootstrap,
    name: str,
    selection: Selection = EVERYTHING,
    *,
    rate: float | None = None,
    accept_difference: bool = False,
) -> Outcome:
    """Replay with a progress bar on stderr."""
    of, pool = store(parts, name), parts.readmodels_pool
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err) as progress:
        task = progress.add_task(f"replaying {name}", total=None)

        def moved(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        if not selection.everything:
            return replay_part(pool, of, parts.event_log, selection, progress=moved)
        outcome = rebuild(
            pool, of, parts.event_log, progress=moved, events_per_second=rate, accept_difference=accept_difference
        )
        moved(outcome.events, outcome.events)
        return outcome


def say_plan(planned: Plan, *, as_json: bool) -> None:
    """What a replay would do."""
    if as_json:
        print_json(planned)
        return
    size = planned.bytes / 1_000_000
    out.print(
        f"{planned.name}: {planned.events} events, about {planned.seconds:.1f} s and {size:.1f} MB of disk meanwhile"
    )


def say_outcome(outcome: Outcome) -> None:
    """What a replay did."""
    pace = outcome.events / outcome.seconds if outcome.seconds else 0.0
    did = f"version {outcome.version} is live" if outcome.switched else f"version {outcome.version}"
    out.print(
        f"{outcome.name}: {did}; {outcome.events} events in {outcome.seconds:.1f} s ({pace:,.0f}/s); {outcome.note}"
    )
