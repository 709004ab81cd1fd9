"""Plain tables on stdout; cli.table_layout says how they fit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from rich.table import Column, Table

from cli.common import out

WHEN = "%Y-%m-%d %H:%M:%S"


def show_table(head: Sequence[str | Column], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows under a head, with values of any type."""
    table = Table(*head)
    for row in rows:
        table.add_row(*map(cell, row))
    out.print(table)


def cell(value: Any) -> str:
    """A value for display: a dash for None, floats with two decimal places, times in UTC to the second."""
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):{WHEN}}"
    return f"{value:.2f}" if isinstance(value, float) else str(value)
