"""`up`, `down`, `setup`: the embedded stack with its workers, in the foreground or background."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TypeAlias

import click
import structlog

from cli.common import data_dir_option, err, new_log_option
from connectors.databases import DATABASES
from embedded import control
from embedded.log_files import KeepLogs
from embedded.supervisor import Supervisor
from embedded.worker import Worker
from operations.error_table import FAILED, exit_code
from operations.recovery.recovery import Inspection, refuse_final
from reviewstream import migrations
from reviewstream.bootstrap import Bootstrap, with_urls
from reviewstream.entry import connected, settings_for
from reviewstream.keeping import Keeping
from reviewstream.settings import Settings
from schemas.errors import InvalidInput, ReviewstreamError
from telemetry import logs
from telemetry.error_text import plain_text

log = structlog.get_logger(__name__)
Tell: TypeAlias = Callable[[str, str], None]
# Server: the settings that it fills in. A server whose settings are all set already is not started.
SERVERS = {
    "postgres": tuple(DATABASES),
    "kafka": ("kafka",),
    "secantus": ("mongo",),
    "valkey": ("redis",),
    "clickhouse": ("clickhouse",),
}
CDC = {"connect": ("connect",)}
WORKERS = ("tailer", "streams")


@click.command()
@click.option("--detach", is_flag=True, help="Return when everything is ready, and leave it running.")
@click.option("--no-workers", is_flag=True, help="Servers only.")
@click.option("--cdc", is_flag=True, help="With Kafka Connect and Debezium, for `reviewstream cdc`.")
@new_log_option
@click.option("--logged", is_flag=True, hidden=True)
@data_dir_option
def up(detach: bool, no_workers: bool, cdc: bool, new_log: bool, logged: bool, data_dir: Path | None) -> None:
    """Start the servers and workers. Stop them with Ctrl-C, or with `reviewstream down` when detached."""
    settings = settings_for(data_dir)
    if detach:
        start_detached(settings, workers=not no_workers, cdc=cdc, new_log=new_log)
    else:
        run_supervisor(settings, workers=not no_workers, cdc=cdc, new_log=new_log, logged=logged)


@click.command()
@data_dir_option
def down(data_dir: Path | None) -> None:
    """Stop what runs on the data directory: workers first, then servers."""
    directory = settings_for(data_dir).data_dir
    err.print("stopped" if control.request_stop(directory) else f"nothing runs on {directory}")


@click.command()
@new_log_option
@data_dir_option
def setup(new_log: bool, data_dir: Path | None) -> None:
    """Create tables, topics and indexes in the servers that the settings name. `up` does it automatically."""
    with Bootstrap(connected(data_dir), process="setup") as parts:
        if not new_log:
            parts.recovery.refuse_a_new_log()
        parts.migrations.apply()
    err.print("tables, topics and indexes are in place")


def start_detached(settings: Settings, *, workers: bool = True, cdc: bool = False, new_log: bool = False) -> None:
    """Start in the background and return when everything is ready."""
    argv = [sys.executable, "-m", "reviewstream", "up", "--logged", "--data-dir", str(settings.data_dir)]
    argv += ["--no-workers"] * (not workers) + ["--cdc"] * cdc + ["--new-log"] * new_log
    news = Keeping(settings.data_dir).news()
    with err.status("starting") as status:
        state = control.start_detached(
            settings.data_dir, argv, on_progress=lambda name, text: status.update(f"{name}: {text}")
        )
    for line in news:
        err.print(line, soft_wrap=True)
    # What the background process found it wrote into its log.
    with Bootstrap(with_urls(settings, control.urls(settings.data_dir)), process="cli") as parts:
        _say_losses(parts.recovery.inspect(), _tell)
    err.print(f"ready: {', '.join(state.units)}; stop with `reviewstream down`", soft_wrap=True)


def run_supervisor(
    settings: Settings, *, workers: bool = True, cdc: bool = False, new_log: bool = False, logged: bool = False
) -> None:
    """Supervise servers and workers from this process until it is asked to stop. `logged`: no one watches, all goes to its log."""
    if cdc and settings.kafka_url and not settings.connect_url:
        raise InvalidInput("--cdc runs Connect on the embedded broker; name one of your own: REVIEWSTREAM_CONNECT_URL")
    logs.configure(settings.log_level, process="supervisor")
    with _ended_in_its_log() if logged else nullcontext():
        _supervise(settings, _log if logged else _tell, workers=workers, cdc=cdc, new_log=new_log)


def _supervise(settings: Settings, tell: Tell, *, workers: bool, cdc: bool, new_log: bool) -> None:
    keeping = Keeping(settings.data_dir)
    news = keeping.news()
    os.environ.update(keeping.environment)  # servers read some settings there, and so do workers

    def before_workers(urls: dict[str, str]) -> None:
        _prepare(with_urls(settings, urls), tell, cdc=cdc, new_log=new_log or not workers)
        keeping.keep()
        for line in news:
            tell("settings", line)

    supervisor = Supervisor(
        settings.data_dir,
        [_worker(name, settings) for name in WORKERS] if workers else [],
        servers=[
            name
            for name, urls in (SERVERS | (CDC if cdc else {})).items()
            if any(_missing(settings, url) for url in urls)
        ],
        on_progress=tell,
        before_workers=before_workers,
        logs=KeepLogs(settings.log_bytes, settings.log_files),
    )
    with keeping.unless_it_fails():
        supervisor.run()


def _tell(name: str, text: str) -> None:
    err.print(f"{name}: {text}", soft_wrap=True)


def _log(name: str, text: str) -> None:
    log.info("unit.progress", server=name, what=text)


@contextmanager
def _ended_in_its_log() -> Iterator[None]:
    """An error that ends it goes to its log, which has lines of JSON only."""
    try:
        yield
    except Exception as error:
        log.exception("supervisor.ended_by_an_error", error=plain_text(error))
        sys.exit(exit_code(error) if isinstance(error, ReviewstreamError) else FAILED)


def _prepare(settings: Settings, tell: Tell, *, cdc: bool, new_log: bool) -> None:
    """Raises StoreLost where workers would begin a new log beside what is left of another."""
    migrations.apply(settings)
    with Bootstrap(settings, process="setup") as parts:
        found = parts.recovery.inspect()
        _say_losses(found, tell)
    if not new_log:
        refuse_final(found.final)
    if cdc:
        with Bootstrap(settings, process="setup") as parts:
            parts.change_capture.refresh()


def _say_losses(found: Inspection, tell: Tell) -> None:
    for loss in found.losses:
        tell("LOST", str(loss))
    if found.losses:
        tell("LOST", "`reviewstream recover` says what comes back, and builds it again")


def _missing(settings: Settings, url: str) -> bool:
    return getattr(settings, f"{url}_url") is None


def _worker(name: str, settings: Settings) -> Worker:
    argv = [sys.executable, "-m", "reviewstream", "worker", name, "--data-dir", str(settings.data_dir.resolve())]
    return Worker(name, argv)
