"""`status --disk`: how much room each store takes, and what is kept how long."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from cli.common import out, print_json
from operations.retention.room import Room


def show(found: Sequence[Room], *, as_json: bool) -> None:
    """Print one row for each thing that grows."""
    if as_json:
        print_json({"disk": found})
        return
    table = Table("store", "what", "bytes", "how many", "kept")
    for room in found:
        row = (room.store, room.what, _number(room.bytes), _number(room.items), room.problem or room.kept)
        table.add_row(*map(Text, row))
    out.print(table)


def _number(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"
