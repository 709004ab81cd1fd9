"""What commands share: the data directory, the composition root that the entry point gives them, consoles, JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import click

from cli.console import LineConsole
from cli.given import refuse_empty
from projections.queries.jsonable import jsonable

if TYPE_CHECKING:
    from reviewstream.bootstrap import Bootstrap


F = TypeVar("F", bound=Callable[..., Any])
out = LineConsole()
err = LineConsole(stderr=True)


def data_dir_option(function: F) -> F:
    """`--data-dir`, which every command takes."""
    return click.option(
        "--data-dir",
        type=click.Path(path_type=Path, file_okay=False),
        help="Directory of the embedded stack.  [default: REVIEWSTREAM_DATA_DIR or .reviewstream]",
    )(function)


def new_log_option(function: F) -> F:
    """Adds --new-log."""
    return click.option(
        "--new-log", is_flag=True, help="Begin a new event log although other stores hold what came from another."
    )(function)


def json_option(function: F) -> F:
    """`--json`: machine-readable output."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(function)


def tenant_option(function: F) -> F:
    """`--tenant`, for commands about one tenant."""
    return click.option("--tenant", required=True, help="Slug of the tenant.")(function)


class EntryPoint(Protocol):
    """Runs the commands: it knows how an installation is wired, and they do not."""

    def bootstrap(self, data_dir: Path | None) -> AbstractContextManager[Bootstrap]:
        """The composition root for the stack running on the data directory, or for the servers that the settings name."""
        ...


def bootstrap(data_dir: Path | None) -> AbstractContextManager[Bootstrap]:
    """The composition root for a command; closes what it built on exit."""
    refuse_empty()
    entry: EntryPoint = click.get_current_context().obj
    return entry.bootstrap(data_dir)


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(jsonable(value), ensure_ascii=False, indent=2))
