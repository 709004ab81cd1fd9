"""`worker NAME`: one worker process in the foreground, as a supervisor or an orchestrator runs it."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import click
import structlog

from cli.common import data_dir_option
from operations.error_table import FAILED, exit_code
from reviewstream.bootstrap import Bootstrap
from reviewstream.entry import connected
from schemas.errors import InvalidInput, ReviewstreamError
from telemetry import failpoints, logs

log = structlog.get_logger(__name__)


@click.command()
@click.argument("name", type=click.Choice(["tailer", "streams"]))
@data_dir_option
def worker(name: str, data_dir: Path | None) -> None:
    """Run one worker: `tailer` or `streams`."""
    logs.configure("info", process=name)
    logs.quieten_helpers()
    try:
        _run(name, data_dir)
    except Exception as error:
        log.exception("worker.ended_by_an_error")  # and no text: its log has lines of JSON only
        sys.exit(exit_code(error) if isinstance(error, ReviewstreamError) else FAILED)


def _run(name: str, data_dir: Path | None) -> None:
    try:
        failpoints.arm(os.environ)
    except failpoints.InvalidPlan as error:
        raise InvalidInput(str(error), field=failpoints.PLAN) from None
    settings = connected(data_dir)
    logs.configure(settings.log_level, process=name)
    with Bootstrap(settings, process=name) as parts:
        importlib.import_module(f"reviewstream.workers.{name}").run(parts)
