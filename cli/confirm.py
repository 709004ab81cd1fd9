"""Before something is changed for good: what is selected is shown, and asked about. `--yes` answers, and selects nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click
from rich.table import Column, Table

from cli.common import err
from operations.selected import Count
from schemas.errors import InvalidInput

F = TypeVar("F", bound=Callable[..., Any])


def confirmed(function: F) -> F:
    """`--all`, `--dry-run` and `--yes`."""
    for option in (
        click.option("--yes", is_flag=True, help="Do not ask for confirmation."),
        click.option("--dry-run", is_flag=True, help="Show what would be done, and change nothing."),
        click.option("--all", "everything", is_flag=True, help="All of them: needed where no filter is given."),
    ):
        function = option(function)
    return function


def say_selected(counts: Sequence[Count], slugs: Mapping[str, str], *, limit: int | None = None) -> None:
    """Print on stderr what is selected by tenant, reason and stage. `limit`: so many, and more match the filters."""
    table = Table(
        *(Column(name, no_wrap=True) for name in ("count", "tenant", "stage")), Column("reason", overflow="fold")
    )
    for each in counts:
        table.add_row(
            str(each.count), slugs.get(each.tenant or "", each.tenant or "(unknown)"), each.stage, each.reason
        )
    if counts:
        err.print(table)
    if limit is not None:
        err.print(f"more match: these are the first {limit}, by --limit; the next run takes the next ones")


def need_all(everything: bool, *, narrowed: bool, dry_run: bool, how: str) -> None:
    """Raises InvalidInput where neither a filter nor --all was given, or both. `how` names the filters."""
    if everything and narrowed:
        raise InvalidInput("--all: goes without filters; leave one of them out", field="all")
    if not everything and not narrowed:
        if not dry_run:
            raise InvalidInput(f"--all: missing; narrow it with {how}, or add --all for everything", field="all")
        err.print("without --dry-run, this needs a filter or --all")


def agree(question: str, *, yes: bool) -> None:
    """Ask, unless `yes`. Raises InvalidInput where there is no terminal to ask on, and Abort for a no."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise InvalidInput("no terminal to confirm on: check with --dry-run first, then add --yes", field="yes")
    click.confirm(question, abort=True, err=True)
