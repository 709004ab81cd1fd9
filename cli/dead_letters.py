"""`deadletters`: what could not be processed: list, show, replay, discard."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from cli import dead_letter_pages as pages
from cli.common import bootstrap, data_dir_option, json_option, out, print_json
from cli.confirm import agree, confirmed
from cli.dead_letter_options import is_parked, limit_option, parked_by, selected, selecting, selection
from cli.unpark import unpark
from eventstore.parking import ParkedStream
from operations.dead_letters import checked_reason
from schemas.errors import ReviewstreamError
from services.dead_letters.records import StoredDeadLetter


@click.group()
def deadletters() -> None:
    """What could not be processed: list, show, replay, discard."""


@deadletters.command("list")
@selecting
@click.option("--state", type=click.Choice(["open", "replayed", "discarded", "all"]), default="open", show_default=True)
@limit_option(50)
@parked_by
@json_option
@data_dir_option
def list_(
    state: str, projection: str | None, publisher: str | None, as_json: bool, data_dir: Path | None, **filters: Any
) -> None:
    """List dead letters, oldest first; with --stage projection or publisher, the streams parked there."""
    parked = is_parked(filters["stage"], done="listed")
    with bootstrap(data_dir) as parts:
        found: Sequence[StoredDeadLetter] | Sequence[ParkedStream]
        if parked:
            found = parts.desk.parking.find(filters["stage"], projection or publisher)
        else:
            found = parts.dead_letters.find(selection(parts, **filters, state=state))
        if as_json:
            print_json(found)
        else:
            out.print(pages.table(found, pages.slugs(parts)))


@deadletters.command()
@click.argument("letter_id", metavar="ID", type=click.UUID)
@click.option("--payload", "with_payload", is_flag=True, help="Also show headers and payload: they are personal data.")
@json_option
@data_dir_option
def show(letter_id: UUID, with_payload: bool, as_json: bool, data_dir: Path | None) -> None:
    """Show one dead letter and its history."""
    with bootstrap(data_dir) as parts:
        letter, history = parts.dead_letters.get(letter_id), parts.dead_letters.history(letter_id)
        content = parts.dead_letters.content(letter_id) if with_payload else None
    if as_json:
        print_json(pages.whole(letter, history, content))
    else:
        pages.show(letter, history, content)


@deadletters.command()
@selecting
@limit_option(10_000)
@parked_by
@confirmed
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="At most so many dead letters a second.")
@json_option
@data_dir_option
def replay(
    projection: str | None,
    publisher: str | None,
    everything: bool,
    dry_run: bool,
    yes: bool,
    rate: float | None,
    as_json: bool,
    data_dir: Path | None,
    **filters: Any,
) -> None:
    """Validate open dead letters again; retry reviews whose step failed; unpark streams.

    Exits 1 if any of them cannot be replayed.
    """
    parked = is_parked(filters["stage"], done="unparked")
    with bootstrap(data_dir) as parts:
        if parked:
            name, stage = projection or publisher, filters["stage"]
            unpark(parts, stage, name, everything=everything, dry_run=dry_run, yes=yes, as_json=as_json)
            return
        desk = parts.desk.dead_letters
        found, counts = selected(parts, filters, everything=everything, dry_run=dry_run)
        if dry_run or not found:
            done = desk.plan_replay(found)
        else:
            agree(f"replay {len(found)} dead letters?", yes=yes)
            done = desk.run_replay(found, rate=rate)
            pages.say_missed(len(found) - len(done))
    pages.say_replayed(done, counts, dry_run=dry_run, as_json=as_json)
    refused = {each.refused for each in done if each.refused}
    if refused:
        count = sum(bool(each.refused) for each in done)
        raise ReviewstreamError(f"{count} could not be replayed: {'; '.join(sorted(refused))}")


@deadletters.command()
@selecting
@limit_option(10_000)
@click.option("--why", required=True, help="Why nothing needs to be done with them.")
@confirmed
@json_option
@data_dir_option
def discard(
    why: str, everything: bool, dry_run: bool, yes: bool, as_json: bool, data_dir: Path | None, **filters: Any
) -> None:
    """Mark open dead letters as discarded. Their content is kept."""
    why = checked_reason(why)
    with bootstrap(data_dir) as parts:
        desk = parts.desk.dead_letters
        found, counts = selected(parts, filters, everything=everything, dry_run=dry_run)
        ids = [one.dead_letter_id for one in found]
        if not dry_run and ids:
            agree(f"discard {len(ids)} dead letters?", yes=yes)
            ids = desk.discard(ids, why=why)
            pages.say_missed(len(found) - len(ids))
    pages.say_discarded(ids, counts, dry_run=dry_run, as_json=as_json)
