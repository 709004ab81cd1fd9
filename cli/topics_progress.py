"""What `topics` is given as a share, and the progress bars that it shows on stderr."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.common import err
from schemas.errors import InvalidInput

if TYPE_CHECKING:
    from operations.topics.reassign import Reassigned

COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())


def percent(given: str | None) -> float | None:
    """10% or 0.1 as a share. Raises InvalidInput for what is neither."""
    if given is None:
        return None
    try:
        share = float(given.rstrip("%")) / (100 if given.endswith("%") else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 100:
        raise InvalidInput(f"--if-grown: {given} is no share; give one like 10%", field="if_grown")
    return share


@contextmanager
def reading() -> Iterator[Callable[[int, int], None]]:
    """A progress bar while the log is read."""
    with Progress(*COLUMNS, console=err) as progress:
        task = progress.add_task("events read", total=None)
        yield lambda done, of: progress.update(task, completed=done, total=of)


@contextmanager
def assigning() -> Iterator[Callable[[Reassigned], None]]:
    """A progress bar while reviews get their topics."""
    with Progress(*COLUMNS, console=err) as progress:
        task = progress.add_task("reviews looked at", total=None)
        yield lambda tally: progress.update(task, completed=tally.seen, total=tally.of)
