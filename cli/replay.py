"""`replay`: rebuild a read model from history beside the live one, and switch; or publish history to a topic."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from cli.common import bootstrap, data_dir_option, err, json_option
from cli.replay_options import check_applies, check_values
from cli.replay_pages import bar, say_differences, say_left, say_outcome, say_plan
from cli.replay_topic import to_topic
from operations.replay import CHOICES, check_choices
from projections.rebuild.rebuild import Outcome
from projections.rebuild.selection import Selection

if TYPE_CHECKING:
    from reviewstream.bootstrap import Bootstrap

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
@click.option("--dry-run", is_flag=True, help="Show how much there is to do, and change nothing.")
@click.option("--diff", is_flag=True, help="Show which rows would change, and change nothing.")
@click.option("--limit", type=click.IntRange(0), default=50, show_default=True, help="Rows that --diff lists.")
@click.option("--rollback", "go_back", is_flag=True, help="Go back to the version before the last switch.")
@click.option("--pause", "pausing", is_flag=True, help="Pause a running replay after its current batch.")
@click.option("--resume", is_flag=True, help="Resume a paused replay.")
@click.option("--restart", is_flag=True, help="Discard what an interrupted or paused replay has built.")
@click.option("--rate", type=click.FloatRange(min=1), help="At most so many events a second, as --dry-run counts them.")
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
    """Rebuild the read model NAME (reviews, saga_progress, failures, feedback, alarms, topics, review_topics,
    analytics) from history.

    Without filters, the next version is built beside the live one, compared with it, and switched in one step; when it
    is interrupted, the next replay resumes where it stopped. With filters, the reviews that match are repaired in place.
    """
    asked = zip(CHOICES, (dry_run, diff, go_back, pausing, resume, restart), strict=True)
    given = [choice for choice, chosen in asked if chosen]
    if (name is None) == (topic is None):
        raise click.UsageError("name a read model, or a topic with --to-topic")
    check_applies()
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
        check_choices(given, selection, to_topic=topic is not None, rate=rate)
        check_values(parts, name, selection)
        if topic is not None:
            to_topic(parts, topic, selection, rate=rate, dry_run=dry_run, as_json=as_json)
            return
        assert name is not None
        if dry_run:
            say_plan(parts.replay.plan(name, selection, rate=rate), as_json=as_json)
        elif diff:
            with bar(f"comparing {name}") as moved:
                found = parts.replay.differences(name, selection, limit=limit, progress=moved)
            say_differences(found, as_json=as_json)
        elif go_back:
            version = parts.replay.rollback(name)
            err.print(f"{name} is back at version {version.version}")
        elif pausing:
            paused = parts.replay.pause(name)
            err.print(
                f"{name} v{paused.version} stops after its current batch; `reviewstream replay {name} --resume` resumes it"
            )
        else:
            outcome = _run(
                parts, name, selection, rate=rate, accept_difference=accept_difference, processes=processes,
                resume=resume, restart=restart,
            )  # fmt: skip
            say_outcome(outcome, as_json=as_json)


def _run(parts: Bootstrap, name: str, selection: Selection, **how: Any) -> Outcome:
    """With a bar on stderr; says what it continues, and when it is interrupted what continues that."""
    left = parts.replay.unfinished(name) if selection.everything and not how["restart"] else None
    if left is not None and left.state == "interrupted":
        err.print(f"{left}: resuming there", soft_wrap=True)
    try:
        with bar(f"replaying {name}") as moved:
            return parts.replay.run(name, selection, progress=moved, **how)
    except BaseException:
        if selection.everything:
            say_left(lambda: parts.replay.unfinished(name))
        raise
