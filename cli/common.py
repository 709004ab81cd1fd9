"""What commands share: the data directory, settings with the running stack's URLs, consoles, output as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console

from embedded import control
from projections.queries.jsonable import jsonable
from reviewstream.bootstrap import Bootstrap, with_urls
from reviewstream.settings import Settings, load
from schemas.errors import Unavailable
from telemetry import logs

F = TypeVar("F", bound=Callable[..., Any])
PIPED = 110
"""Columns when nobody's terminal says how many there are."""
out = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED)
err = Console(stderr=True, highlight=False)


def data_dir_option(function: F) -> F:
    """`--data-dir`, which every command takes."""
    return click.option(
        "--data-dir",
        type=click.Path(path_type=Path, file_okay=False),
        help="Directory of the embedded stack.  [default: REVIEWSTREAM_DATA_DIR or .reviewstream]",
    )(function)


def json_option(function: F) -> F:
    """`--json`: machine-readable output."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(function)


def tenant_option(function: F) -> F:
    """`--tenant`, for commands about one tenant."""
    return click.option("--tenant", required=True, help="Slug of the tenant.")(function)


def settings_for(data_dir: Path | None) -> Settings:
    """The settings of the environment for that data directory."""
    settings = load(data_dir=data_dir) if data_dir else load()
    logs.configure("warning", process="cli")
    return settings


def connected(data_dir: Path | None) -> Settings:
    """The settings with the URLs of the stack that runs on the data directory. Missing ones are noticed when used."""
    settings = settings_for(data_dir)
    try:
        return with_urls(settings, control.urls(settings.data_dir))
    except Unavailable:
        return settings


@contextmanager
def bootstrap(data_dir: Path | None) -> Iterator[Bootstrap]:
    """The composition root for a command."""
    with Bootstrap(connected(data_dir), process="cli") as parts:
        yield parts


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(jsonable(value), ensure_ascii=False, indent=2))
