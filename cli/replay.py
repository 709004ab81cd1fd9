"""`replay`: make a read model anew from history, beside the live one, and switch; or publish history to a topic."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import UUID

import click

from cli.common import bootstrap, data_dir_option, err, json_option
from cli.replay_pages import bar, say_differences, say_outcome, say_plan
from cli.replay_topic import to_topic
from operations.read_models import open_parts, store
from projections.rebuild.differences import differences
from projections.rebuild.rebuild import Outcome, pause, plan, rebuild
from projections.rebuild.repair import replay_part
from projections.rebuild.selection import EVERYTHING, Selection
from projections.rebuild.shards import Sharded
from projections.switch import rollback
from reviewstream.bootstrap import Bootstrap
from telemetry.gc_tuning import gc_frozen

WHAT_TO_DO = ("dry_run", "diff", "go_back", "pausing", "resume", "restart")
TIME = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f"])


@click.command()
@click.argument("name", required=False)
@click.option("--tenant", help="Only this tenant's reviews.")
@click.option("--stream", "streams", type=click.UUID, multiple=True, help="Only this review, by its id. Repeatable.")
@click.option("--type", "types", multiple=True, help="Only reviews with events of this type. Repeatable.")
@click.option(
    "--from-position", type=click.IntRange(0), default=0, help="Only reviews with events after this position."
)
@click.option("--to-position", type=click.IntRange(1), help="Only reviews with events up to this position.")
@click.option("--since", type=TIME, help="Only reviews with events recorded since then (UTC).")
@click.option("--until", type=TIME, help="Only reviews with events recorded before then (UTC).")
@click.option("--dry-run", is_flag=True, help="Say how much there is to do, and change nothing.")
@click.option("--diff", is_flag=True, help="Say which rows would change, and change nothing.")
@click.option("--limit", type=click.IntRange(0), default=50, show_default=True, help="Rows that --diff lists.")
@click.option("--rollback", "go_back", is_flag=True, help="Go back to the version before the last switch.")
@click.option("--pause", "pausing", is_flag=True, help="Let a running replay stop where it stands.")
@click.option("--resume", is_flag=True, help="Go on with a paused replay.")
@click.option("--restart", is_flag=True, help="Forget what an interrupted or paused replay has built.")
@click.option("--rate", type=click.FloatRange(min=1), help="At most so many events a second.")
@click.option("--processes", type=click.IntRange(1, 64), default=2, show_default=True, help="For long histories.")
@click.option("--accept-difference", is_flag=True, help="Switch although the contents differ from the live version.")
@click.option("--to-topic", "topic", help="Publish the events to this Kafka topic instead.")
@json_option
@data_dir_option
def replay(
    name: str | None,
    tenant: str | None,
    streams: tuple[UUID, ...],
    types: tuple[str, ...],
    from_position: int,
    to_position: int | None,
    since: datetime | None,
    until: datetime | None,
    dry_run: bool,
    diff: bool,
    limit: int,
    go_back: bool,
    pausing: bool,
    resume: bool,
    restart: bool,
    rate: float | None,
    processes: int,
    accept_difference: bool,
    topic: str | None,
    as_json: bool,
    data_dir: Path | None,
) -> None:
    """Make the read model NAME (reviews, saga_progress, failures, analytics) anew from history.

    Without filters, the next version is built beside the live one, compared with it, and switched in one step; when it
    is interrupted, the next replay goes on where it stood. With filters, the reviews that match are repaired in place.
    """
    given = [
        one
        for one, chosen in zip(WHAT_TO_DO, (dry_run, diff, go_back, pausing, resume, restart), strict=True)
        if chosen
    ]
    if len(given) > 1:
        raise click.UsageError("choose one of --dry-run, --diff, --rollback, --pause, --resume, --restart")
    if (name is None) == (topic is None):
        raise click.UsageError("name a read model, or a topic with --to-topic")
    with bootstrap(data_dir) as parts:
        selection = Selection(
            tenant_id=parts.tenants.get(tenant).id if tenant else None,
            from_position=from_position,
            to_position=to_position,
            since=since.replace(tzinfo=UTC) if since else None,
            before=until.replace(tzinfo=UTC) if until else None,
            topics=frozenset(types) or None,
            streams=frozenset(streams) or None,
        )
        if topic is not None:
            if set(given) - {"dry_run"}:
                raise click.UsageError("--to-topic goes with filters, --rate and --dry-run only")
            to_topic(parts, topic, selection, rate=rate, dry_run=dry_run, as_json=as_json)
            return
        assert name is not None
        if not selection.everything and set(given) - {"dry_run", "diff"}:
            raise click.UsageError("a part of history is repaired in place: filters go with --dry-run and --diff only")
        of, pool = store(parts, name), parts.readmodels_pool
        if dry_run:
            say_plan(plan(pool, of, parts.event_log, selection, events_per_second=rate), as_json=as_json)
        elif diff:
            with bar(f"comparing {name}") as moved:
                found = differences(pool, of, parts.event_log, selection, limit=limit, progress=moved)
            say_differences(found, as_json=as_json)
        elif go_back:
            version = rollback(pool, of, parts.event_log)
            err.print(f"{name} is back at version {version.version}")
        elif pausing:
            asked = pause(pool, of.name)
            err.print(f"{name} v{asked.version} stops after its present batch; `replay {name} --resume` goes on")
        else:
            outcome = run(
                parts, name, selection, rate=rate, accept_difference=accept_difference,
                processes=processes, resume=resume, restart=restart,
            )  # fmt: skip
            say_outcome(outcome, as_json=as_json)


def run(
    parts: Bootstrap,
    name: str,
    selection: Selection = EVERYTHING,
    *,
    rate: float | None = None,
    accept_difference: bool = False,
    processes: int = 2,
    resume: bool = False,
    restart: bool = False,
) -> Outcome:
    """Replay with a progress bar on stderr."""
    of, pool = store(parts, name), parts.readmodels_pool
    with gc_frozen(), bar(f"replaying {name}") as moved:
        if not selection.everything:
            return replay_part(pool, of, parts.event_log, selection, progress=moved)
        return rebuild(
            pool, of, parts.event_log, progress=moved, events_per_second=rate, accept_difference=accept_difference,
            bulk=Sharded(partial(open_parts, parts.settings), shards=processes).fill, resume=resume, restart=restart,
        )  # fmt: skip
