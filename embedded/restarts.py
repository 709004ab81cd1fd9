"""Requests to restart single servers and workers: a file each, which the supervisor of the data directory takes.

A file and not a signal: a supervisor of an older release would end by a signal that it does not know, and a file can carry
settings. It is private (0600) and gone as soon as it is taken.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from embedded.datadir import write_private

FOLDER = Path("run") / "restart"


@dataclass(frozen=True, slots=True)
class Request:
    """Restart `name`; a worker gets `env` besides its environment from then on."""

    name: str
    env: Mapping[str, str]


def ask(data_dir: Path, request: Request) -> Path:
    """Leave a request; returns its file, which is there until it is taken."""
    folder = data_dir / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / request.name
    write_private(file, json.dumps(dict(request.env)))
    return file


def take(data_dir: Path) -> Iterator[Request]:
    """The requests that wait, each once."""
    folder = data_dir / FOLDER
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        if file.name.startswith("."):
            continue  # being written
        with suppress(FileNotFoundError):  # who asked gave up
            env = json.loads(file.read_text())
            file.unlink()
            yield Request(file.name, env)


def forget(data_dir: Path) -> None:
    """Drop what was asked of a supervisor that is gone."""
    for file in (data_dir / FOLDER).glob("*"):
        file.unlink(missing_ok=True)
