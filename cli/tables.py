"""Plain tables on stdout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from cli.common import out


def show_table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows under a head, with values of any type."""
    table = Table(*head)
    for row in rows:
        table.add_row(*map(cell, row))
    out.print(table)


def cell(value: Any) -> str:
    """A value for display: a dash for None, floats with two decimal places."""
    if value is None:
        return "-"
    return f"{value:.2f}" if isinstance(value, float) else str(value)
