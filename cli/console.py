"""The console of all commands: tables of one line a row, messages of one line, and nothing in data that steers a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from cli.table_layout import is_plain, printable, table_lines


class LineConsole(Console):
    """Breaks no message into lines, so that a command in it can be copied: a terminal does that without a line break.

    Tables are laid out by cli.table_layout, for the width of a terminal, and without a limit where there is none.
    Brackets and colons are no markup: what is printed is often data.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(highlight=False, markup=False, emoji=False, soft_wrap=True, **options)

    def print(self, *objects: Any, **options: Any) -> None:
        """Print texts and what Rich can render."""
        super().print(*map(_printable, objects), **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The segments of what is printed, also of what it contains."""
        asked = options or self.options
        if not isinstance(renderable, Table) or not is_plain(renderable):
            yield from super().render(renderable, asked)
            return
        whole = asked.update(no_wrap=True, overflow="ignore")
        for line in table_lines(renderable, asked.max_width if self.is_terminal else None):
            yield from super().render(line, whole)


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Text) and printable(value.plain) != value.plain:
        return Text(printable(value.plain), style=value.style)
    return value
