"""`worker NAME`: one worker process in the foreground, as a supervisor or an orchestrator runs it."""

from __future__ import annotations

import importlib
import os
from pathlib import Path

import click

from cli.common import data_dir_option
from reviewstream.bootstrap import Bootstrap
from reviewstream.entry import connected
from schemas.errors import InvalidInput
from telemetry import failpoints, logs


@click.command()
@click.argument("name", type=click.Choice(["tailer", "streams"]))
@data_dir_option
def worker(name: str, data_dir: Path | None) -> None:
    """Run one worker: `tailer` or `streams`."""
    try:
        failpoints.arm(os.environ)
    except failpoints.InvalidPlan as error:
        raise InvalidInput(str(error), field=failpoints.PLAN) from None
    settings = connected(data_dir)
    logs.configure(settings.log_level, process=name)
    with Bootstrap(settings, process=name) as parts:
        importlib.import_module(f"reviewstream.workers.{name}").run(parts)
