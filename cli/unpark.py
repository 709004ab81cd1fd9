"""`deadletters replay --stage projection` or `publisher`: parked streams are handled again, and unparked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli import dead_letter_pages as pages
from cli.confirm import agree, need_all, say_selected
from operations.selected import counted
from schemas.errors import ReviewstreamError

if TYPE_CHECKING:
    from reviewstream.bootstrap import Bootstrap


def unpark(
    parts: Bootstrap, stage: str, name: str | None, *, everything: bool, dry_run: bool, yes: bool, as_json: bool
) -> None:
    """Unpark the streams that `name` parked, or with `everything` all of that stage, and say which still fail.

    Raises ReviewstreamError if some do.
    """
    found = parts.desk.parking.find(stage, name)
    counts = counted(found)
    say_selected(counts, pages.slugs(parts))
    need_all(everything, narrowed=name is not None, dry_run=dry_run, how=f"--{stage} NAME")
    if not dry_run and found:
        agree(f"unpark {len(found)} streams?", yes=yes)
        found = parts.desk.parking.unpark(stage, name, actor=parts.desk.actor)
    pages.say_parked(found, counts, dry_run=dry_run, as_json=as_json)
    if found and not dry_run:
        errors = "; ".join(sorted({one.error for one in found}))
        raise ReviewstreamError(f"{len(found)} could not be unparked: {errors}")
