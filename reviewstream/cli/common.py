"""What commands share: the data directory, settings with the running stack's URLs, consoles, output as JSON."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import click
from rich.console import Console

from reviewstream import logs
from reviewstream.bootstrap import Bootstrap, with_urls
from reviewstream.embedded import control
from reviewstream.settings import Settings, load
from schemas.errors import Unavailable

F = TypeVar("F", bound=Callable[..., Any])
out = Console(highlight=False)
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
    click.echo(json.dumps(value, default=plain, ensure_ascii=False, indent=2))


def plain(value: Any) -> Any:
    """What JSON has no form for, as text or a plain object."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, (UUID, Path)):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
