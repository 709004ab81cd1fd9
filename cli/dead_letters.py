"""`deadletters`: what could not be processed: list, show, replay, discard."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from cli import dead_letter_pages as pages
from cli.common import bootstrap, data_dir_option, json_option, out, print_json
from cli.dead_letter_options import limit_option, selecting, selection
from eventstore.parking import ParkedStream
from operations import parked_streams
from operations.dead_letters import checked_reason
from schemas.errors import InvalidInput, ReviewstreamError
from services.dead_letters.records import StoredDeadLetter

if TYPE_CHECKING:
    from reviewstream.bootstrap import Bootstrap

dry_run_option = click.option("--dry-run", is_flag=True, help="Show what would be done, and change nothing.")
yes_option = click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
projection_option = click.option(
    "--projection", "--publisher", "name", help="With --stage projection or publisher: only this one."
)


@click.group()
def deadletters() -> None:
    """What could not be processed: list, show, replay, discard."""


@deadletters.command("list")
@selecting
@click.option("--state", type=click.Choice(["open", "replayed", "discarded", "all"]), default="open", show_default=True)
@limit_option(50)
@projection_option
@json_option
@data_dir_option
def list_(state: str, name: str | None, as_json: bool, data_dir: Path | None, **filters: Any) -> None:
    """List dead letters, oldest first; with --stage projection or publisher, the streams parked there."""
    with bootstrap(data_dir) as parts:
        found: Sequence[StoredDeadLetter] | Sequence[ParkedStream]
        if filters["stage"] in parked_streams.STAGES:
            found = parts.parking.find(filters["stage"], name)
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
@projection_option
@dry_run_option
@yes_option
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="At most so many dead letters a second.")
@json_option
@data_dir_option
def replay(
    name: str | None,
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
    with bootstrap(data_dir) as parts:
        if filters["stage"] in parked_streams.STAGES:
            _unpark(parts, filters, name, dry_run=dry_run, yes=yes, as_json=as_json)
            return
        desk = parts.dead_letter_desk
        found = desk.open(selection(parts, **filters))
        if dry_run or not found:
            done = desk.plan_replay(found)
        else:
            _agree(f"replay {len(found)} dead letters?", yes=yes)
            done = desk.run_replay(found, rate=rate)
            pages.say_missed(len(found) - len(done))
    pages.say_replayed(done, dry_run=dry_run, as_json=as_json)
    _fail_if([each.refused for each in done if each.refused])


@deadletters.command()
@selecting
@limit_option(10_000)
@click.option("--why", required=True, help="Why nothing needs to be done with them.")
@dry_run_option
@yes_option
@json_option
@data_dir_option
def discard(why: str, dry_run: bool, yes: bool, as_json: bool, data_dir: Path | None, **filters: Any) -> None:
    """Mark open dead letters as discarded. Their content is kept."""
    why = checked_reason(why)
    with bootstrap(data_dir) as parts:
        desk = parts.dead_letter_desk
        ids = [one.dead_letter_id for one in desk.open(selection(parts, **filters))]
        if not dry_run and ids:
            _agree(f"discard {len(ids)} dead letters?", yes=yes)
            ids = desk.discard(ids, why=why)
    pages.say_discarded(ids, dry_run=dry_run, as_json=as_json)


def _unpark(
    parts: Bootstrap, filters: dict[str, Any], name: str | None, *, dry_run: bool, yes: bool, as_json: bool
) -> None:
    stage = filters.pop("stage")
    if any(value for filtered, value in filters.items() if filtered != "limit"):
        raise InvalidInput(
            "parked streams are unparked as a whole: the only filters are --projection and --publisher", field="stage"
        )
    found = parts.parking.find(stage, name)
    if not dry_run and found:
        _agree(f"unpark {len(found)} streams?", yes=yes)
        found = parts.parking.unpark(stage, name, actor=parts.actor)
    pages.say_parked(found, dry_run=dry_run, as_json=as_json)
    if not dry_run:
        _fail_if([one.error for one in found])


def _agree(question: str, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise InvalidInput("no terminal to confirm on: check with --dry-run first, then add --yes", field="yes")
    click.confirm(question, abort=True, err=True)


def _fail_if(refused: Sequence[str]) -> None:
    if refused:
        raise ReviewstreamError(f"{len(refused)} could not be replayed: {'; '.join(sorted(set(refused)))}")
