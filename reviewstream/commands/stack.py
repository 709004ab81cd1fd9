"""`up`, `down`, `setup`, `urls`: the embedded stack with its workers, in the foreground or background."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from cli.common import data_dir_option, err
from connectors.databases import DATABASES
from embedded import control
from embedded.datadir import DataDir
from embedded.log_files import KeepLogs
from embedded.supervisor import Supervisor
from embedded.worker import Worker
from operations.recovery.recovery import Inspection
from reviewstream import migrations
from reviewstream.bootstrap import Bootstrap, with_urls
from reviewstream.entry import connected, settings_for
from reviewstream.settings import Settings
from schemas.errors import InvalidInput, NotAllowed, StoreLost
from telemetry import logs

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
SECRET = re.compile(r":[^:/@]+@")
LOGIN = "REVIEWSTREAM_CDC_LOGIN"


@click.command()
@click.option("--detach", is_flag=True, help="Return when everything is ready, and leave it running.")
@click.option("--no-workers", is_flag=True, help="Servers only.")
@click.option("--cdc", is_flag=True, help="With Kafka Connect and Debezium, for `reviewstream cdc`.")
@click.option(
    "--new-log", is_flag=True, help="Begin a new event log although other stores hold what came from another."
)
@data_dir_option
def up(detach: bool, no_workers: bool, cdc: bool, new_log: bool, data_dir: Path | None) -> None:
    """Start the servers and workers. Stop them with Ctrl-C, or with `reviewstream down` when detached."""
    settings = settings_for(data_dir)
    if detach:
        start_detached(settings, workers=not no_workers, cdc=cdc, new_log=new_log)
    else:
        run_supervisor(settings, workers=not no_workers, cdc=cdc, new_log=new_log)


@click.command()
@data_dir_option
def down(data_dir: Path | None) -> None:
    """Stop what runs on the data directory: workers first, then servers."""
    directory = settings_for(data_dir).data_dir
    err.print("stopped" if control.request_stop(directory) else f"nothing runs on {directory}")


@click.command()
@data_dir_option
def setup(data_dir: Path | None) -> None:
    """Create tables, topics and indexes in the servers that the settings name. `up` does it automatically."""
    migrations.apply(connected(data_dir))
    err.print("tables, topics and indexes are in place")


@click.command("rotate-passwords")
@data_dir_option
def rotate_passwords(data_dir: Path | None) -> None:
    """Have the embedded servers get new passwords at the next `up`. The stack must be stopped."""
    directory = settings_for(data_dir).data_dir
    if (pid := control.holder(directory)) is not None:
        raise NotAllowed(f"{directory} is in use by process {pid}: stop it with `reviewstream down` first")
    if not (directory / "secrets.json").exists():
        raise InvalidInput(f"{directory} has no passwords: it was never started", field="data_dir")
    DataDir(directory).forget_secrets()
    err.print("the next `reviewstream up` chooses new passwords, and `reviewstream urls --show-secrets` shows them")


@click.command()
@click.option("--show-secrets", is_flag=True, help="Also print passwords.")
@data_dir_option
def urls(show_secrets: bool, data_dir: Path | None) -> None:
    """Print the URL settings of the running stack, one `NAME=value` a line, for use by other programs."""
    for name, value in control.urls(settings_for(data_dir).data_dir).items():
        click.echo(f"{name}={value if show_secrets else _masked(name, value)}")


def _masked(name: str, value: str) -> str:
    return f"{value.partition(':')[0]}:***" if name == LOGIN else SECRET.sub(":***@", value)


def start_detached(settings: Settings, *, workers: bool = True, cdc: bool = False, new_log: bool = False) -> None:
    """Start in the background and return when everything is ready."""
    argv = [sys.executable, "-m", "reviewstream", "up", "--data-dir", str(settings.data_dir)]
    argv += ["--no-workers"] * (not workers) + ["--cdc"] * cdc + ["--new-log"] * new_log
    with err.status("starting") as status:
        state = control.start_detached(
            settings.data_dir, argv, on_progress=lambda name, text: status.update(f"{name}: {text}")
        )
    # What the background process found it wrote into its log.
    with Bootstrap(with_urls(settings, control.urls(settings.data_dir)), process="cli") as parts:
        _say_losses(parts.recovery.inspect(), new_log=True)
    err.print(f"ready: {', '.join(state.units)}; stop with `reviewstream down`")


def run_supervisor(settings: Settings, *, workers: bool = True, cdc: bool = False, new_log: bool = False) -> None:
    """Supervise servers and workers from this process until it is asked to stop."""
    if cdc and settings.kafka_url and not settings.connect_url:
        raise InvalidInput("--cdc runs Connect on the embedded broker; name one of your own: REVIEWSTREAM_CONNECT_URL")
    logs.configure(settings.log_level, process="supervisor")
    Supervisor(
        settings.data_dir,
        [_worker(name, settings) for name in WORKERS] if workers else [],
        servers=[
            name
            for name, urls in (SERVERS | (CDC if cdc else {})).items()
            if any(_missing(settings, url) for url in urls)
        ],
        on_progress=lambda name, text: err.print(f"{name}: {text}"),
        before_workers=lambda urls: _prepare(with_urls(settings, urls), cdc=cdc, new_log=new_log or not workers),
        logs=KeepLogs(settings.log_bytes, settings.log_files),
    ).run()


def _prepare(settings: Settings, *, cdc: bool, new_log: bool) -> None:
    migrations.apply(settings)
    with Bootstrap(settings, process="setup") as parts:
        _say_losses(parts.recovery.inspect(), new_log=new_log)
    if cdc:
        with Bootstrap(settings, process="setup") as parts:
            parts.change_capture.refresh()


def _say_losses(found: Inspection, *, new_log: bool) -> None:
    """Raises StoreLost where workers would begin a new log beside what is left of another."""
    for loss in found.losses:
        err.print(f"LOST: {loss}", markup=False, soft_wrap=True)
    if found.final and not new_log:
        raise StoreLost(
            f"{'; '.join(map(str, found.final))}. Restore a backup (docs/recovery.md); or, if this is meant to be a new "
            "log beside what is left of the old one, `reviewstream up --new-log`"
        )
    if found.losses:
        err.print("`reviewstream recover` says what comes back, and builds it again")


def _missing(settings: Settings, url: str) -> bool:
    return getattr(settings, f"{url}_url") is None


def _worker(name: str, settings: Settings) -> Worker:
    argv = [sys.executable, "-m", "reviewstream", "worker", name, "--data-dir", str(settings.data_dir.resolve())]
    return Worker(name, argv)
