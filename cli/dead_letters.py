"""`deadletters`: what could not be processed: list it, look at it, replay it, discard it."""

from __future__ import annotations

import getpass
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from cli import dead_letter_pages as pages
from cli.common import bootstrap, data_dir_option, err, json_option, out, print_json
from cli.dead_letter_options import limit_option, selecting, selection
from eventstore.parking import ParkedStream
from operations import parked_streams
from reviewstream.bootstrap import Bootstrap
from schemas.errors import InvalidInput, ReviewstreamError
from services.dead_letters.records import Selection, StoredDeadLetter
from streams.dead_letters.replay import CHUNK, Replayed, refusal

dry_run_option = click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
yes_option = click.option("--yes", is_flag=True, help="Do not ask.")
projection_option = click.option(
    "--projection", "--publisher", "name", help="With --stage projection or publisher: only this one."
)


@click.group()
def deadletters() -> None:
    """What could not be processed: list it, look at it, replay it, discard it."""


@deadletters.command("list")
@selecting
@click.option("--state", type=click.Choice(["open", "replayed", "discarded", "all"]), default="open", show_default=True)
@limit_option(50)
@projection_option
@json_option
@data_dir_option
def list_(state: str, name: str | None, as_json: bool, data_dir: Path | None, **filters: Any) -> None:
    """List dead letters, oldest first; with --stage projection or publisher, the streams that are parked there."""
    with bootstrap(data_dir) as parts:
        found: Sequence[StoredDeadLetter] | Sequence[ParkedStream]
        if filters["stage"] in parked_streams.STAGES:
            found = parked_streams.find(parts, filters["stage"], name)
        else:
            found = parts.dead_letters.find(selection(parts, **filters, state=state))
        if as_json:
            print_json(found)
        else:
            out.print(pages.table(found, pages.slugs(parts)))


@deadletters.command()
@click.argument("letter_id", metavar="ID", type=click.UUID)
@click.option("--payload", "with_payload", is_flag=True, help="Show headers and payload, too: they are personal data.")
@json_option
@data_dir_option
def show(letter_id: UUID, with_payload: bool, as_json: bool, data_dir: Path | None) -> None:
    """Show one dead letter and what was done with it."""
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
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="At most so many letters a second.")
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
    """Send open dead letters through the same gates again; revive reviews whose step failed; unpark streams.

    Exits 1 if any of them cannot be replayed.
    """
    with bootstrap(data_dir) as parts:
        if filters["stage"] in parked_streams.STAGES:
            _unpark(parts, filters, name, dry_run=dry_run, yes=yes, as_json=as_json)
            return
        letters = _open(parts, selection(parts, **filters))
        if not dry_run and letters:
            _agree(f"replay {len(letters)} dead letters?", yes=yes)
            done = _replay(parts, letters, rate)
        else:
            done = [Replayed(letter.dead_letter_id, refusal(letter)) for letter in letters]
    pages.say_replayed(done, dry_run=dry_run, as_json=as_json)
    _fail_if([each.refused for each in done if each.refused])


@deadletters.command()
@selecting
@limit_option(10_000)
@click.option("--why", required=True, help="Why nothing is to be done with them.")
@dry_run_option
@yes_option
@json_option
@data_dir_option
def discard(why: str, dry_run: bool, yes: bool, as_json: bool, data_dir: Path | None, **filters: Any) -> None:
    """Mark open dead letters as done with. Their content is kept."""
    if not why.strip():
        raise InvalidInput("--why: say in some words why nothing is to be done with them", field="why")
    with bootstrap(data_dir) as parts:
        ids = [letter.dead_letter_id for letter in _open(parts, selection(parts, **filters))]
        if not dry_run and ids:
            _agree(f"discard {len(ids)} dead letters?", yes=yes)
            ids = parts.dead_letters.discard(ids, actor=actor(parts), why=why.strip())
    pages.say_discarded(ids, dry_run=dry_run, as_json=as_json)


def actor(parts: Bootstrap) -> str:
    """Who acts, for the audit: the setting, or the user of the operating system."""
    try:
        return parts.settings.actor or getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number that has no name
        return f"uid {os.getuid()}"


def _open(parts: Bootstrap, wanted: Selection) -> list[StoredDeadLetter]:
    """The open letters that match. Raises InvalidInput for one that is named and is not open."""
    if wanted.stage in parked_streams.STAGES:
        raise InvalidInput("parked streams cannot be discarded: mend what failed, then replay them", field="stage")
    found = parts.dead_letters.find(wanted)
    for named in set(wanted.ids or ()) - {letter.dead_letter_id for letter in found}:
        letter = parts.dead_letters.get(named)
        why = f"is {letter.state} already" if letter.state != "open" else "does not match the other filters"
        raise InvalidInput(f"dead letter {named} {why}", field="id")
    return found


def _replay(parts: Bootstrap, letters: Sequence[StoredDeadLetter], rate: float | None) -> list[Replayed]:
    ids, began = [letter.dead_letter_id for letter in letters], time.monotonic()
    done: list[Replayed] = []
    size = CHUNK if rate is None else max(1, min(CHUNK, int(rate)))
    for chunk in parts.dead_letter_replay.replay(ids, actor=actor(parts), size=size):
        done += chunk
        if rate is not None and len(done) < len(ids):
            time.sleep(max(0.0, began + len(done) / rate - time.monotonic()))
    if len(done) < len(ids):
        err.print(f"{len(ids) - len(done)} letters were taken up by somebody else meanwhile")
    return done


def _unpark(
    parts: Bootstrap, filters: dict[str, Any], name: str | None, *, dry_run: bool, yes: bool, as_json: bool
) -> None:
    stage = filters.pop("stage")
    if any(value for filtered, value in filters.items() if filtered != "limit"):
        raise InvalidInput(
            "parked streams are unparked as a whole: the only filters are --projection and --publisher", field="stage"
        )
    found = parked_streams.find(parts, stage, name)
    if not dry_run and found:
        _agree(f"unpark {len(found)} streams?", yes=yes)
        found = parked_streams.unpark_stage(parts, stage, name, actor=actor(parts))
    pages.say_parked(found, dry_run=dry_run, as_json=as_json)
    if not dry_run:
        _fail_if([one.error for one in found])


def _agree(question: str, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise InvalidInput("nobody is here to confirm it: look with --dry-run first, then add --yes", field="yes")
    click.confirm(question, abort=True, err=True)


def _fail_if(refused: Sequence[str]) -> None:
    if refused:
        raise ReviewstreamError(f"{len(refused)} could not be replayed: {'; '.join(sorted(set(refused)))}")
