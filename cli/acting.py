"""`--by`: who says or does something, by an opaque name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from reviewstream.bootstrap import Bootstrap

by_option = click.option("--by", metavar="NAME", help="Who does.  [default: REVIEWSTREAM_ACTOR or the system's user]")


def acting(parts: Bootstrap, by: str | None) -> str:
    """As given, or whoever acts here."""
    return parts.desk.actor if by is None else by
