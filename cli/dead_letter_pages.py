"""Renders dead letters as tables and as JSON. Payloads appear only on request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any
from uuid import UUID

from rich.table import Column, Table

from cli.common import err, out, print_json
from cli.tables import cell
from eventstore.parking import ParkedStream
from operations.selected import Count
from projections.queries.jsonable import jsonable
from services.dead_letters.records import AuditEntry, Content, StoredDeadLetter
from streams.dead_letters.replay import Replayed

if TYPE_CHECKING:
    from reviewstream.bootstrap import Bootstrap


def slugs(parts: Bootstrap) -> Mapping[str, str]:
    """The slug of each tenant's id: dead letters carry ids, people know slugs."""
    return {str(tenant.id): tenant.slug for tenant in parts.tenants.every()}


def table(found: Sequence[StoredDeadLetter] | Sequence[ParkedStream], names: Mapping[str, str]) -> Table:
    """The list as a table; what a next command needs comes first."""
    shown = Table(
        *(Column("dead letter", no_wrap=True), Column("reason", no_wrap=True)),
        *("stage", Column("tenant", no_wrap=True), "when (UTC)", "state", "what is wrong"),
    )
    if any(isinstance(one, ParkedStream) for one in found):
        shown = Table(
            *(Column("review", no_wrap=True), Column("parked by", no_wrap=True)),
            *(Column("tenant", no_wrap=True), "since", "when (UTC)", "what is wrong"),
        )
    for one in found:
        shown.add_row(*(_parked(one, names) if isinstance(one, ParkedStream) else _dead_letter(one, names)))
    return shown


def _dead_letter(one: StoredDeadLetter, names: Mapping[str, str]) -> Sequence[str]:
    tenant = names.get(one.tenant or "", one.tenant or "-")
    return str(one.dead_letter_id), one.reason, one.stage, tenant, cell(one.dead_lettered_at), one.state, one.error


def _parked(one: ParkedStream, names: Mapping[str, str]) -> Sequence[str]:
    tenant = names.get(str(one.tenant_id), str(one.tenant_id))
    since = f"{one.topic} at {one.position}"
    return str(one.stream_id), f"{one.stage} {one.name}", tenant, since, cell(one.parked_at), one.error


def whole(letter: StoredDeadLetter, history: Sequence[AuditEntry], content: Content | None) -> dict[str, Any]:
    """One dead letter for JSON: `payload` is text, or `payload_hex` the bytes where they are not UTF-8."""
    return {**jsonable(letter), "history": jsonable(history), **(_content(content) if content else {})}


def _content(content: Content) -> dict[str, Any]:
    try:
        return {"headers": content.headers, "payload": content.payload.decode()}
    except UnicodeDecodeError:
        return {"headers": content.headers, "payload_hex": content.payload.hex()}


def show(letter: StoredDeadLetter, history: Sequence[AuditEntry], content: Content | None) -> None:
    """Print one dead letter as a table."""
    shown = Table("field", Column("value", overflow="fold"), title=f"Dead letter {letter.dead_letter_id}")
    for field in fields(letter):
        shown.add_row(field.name, str(getattr(letter, field.name) or ""))
    for entry in history:
        shown.add_row(cell(entry.at), f"{entry.action} by {entry.actor}: {entry.detail}")
    out.print(shown)
    for name, value in _content(content).items() if content else ():
        out.print(f"{name}: {value}")


def say_replayed(done: Sequence[Replayed], counts: Sequence[Count], *, dry_run: bool, as_json: bool) -> None:
    """Print what a replay did, or would do. `counts` are those of what was selected."""
    refused = [each for each in done if each.refused]
    if as_json:
        replayed = [each.dead_letter_id for each in done if not each.refused]
        print_json({"dry_run": dry_run, "selected": counts, "replayed": replayed, "refused": refused})
        return
    for each in refused:
        err.print(f"{each.dead_letter_id}: {each.refused}")
    out.print(f"{'would replay' if dry_run else 'replayed'} {len(done) - len(refused)}, refused {len(refused)}")


def say_missed(count: int) -> None:
    """Print how many another process replayed or discarded meanwhile."""
    if count:
        err.print(f"{count} dead letters were replayed or discarded by another process meanwhile")


def say_discarded(ids: Sequence[UUID], counts: Sequence[Count], *, dry_run: bool, as_json: bool) -> None:
    """Print what was discarded, or would be."""
    if as_json:
        print_json({"dry_run": dry_run, "selected": counts, "discarded": ids})
    else:
        out.print(f"{'would discard' if dry_run else 'discarded'} {len(ids)}")


def say_parked(found: Sequence[ParkedStream], counts: Sequence[Count], *, dry_run: bool, as_json: bool) -> None:
    """Print the streams that would be unparked, or those that still fail."""
    if as_json:
        print_json({"dry_run": dry_run, "selected": counts, "parked": found})
    else:
        out.print(f"{'would unpark' if dry_run else 'still parked'}: {len(found)} streams")
