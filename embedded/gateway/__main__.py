"""python -m embedded.gateway: the process that owns one ClickHouse data directory."""

from __future__ import annotations

import os
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import structlog

from embedded.gateway.connection import Credentials
from embedded.gateway.engine import Engine
from embedded.gateway.limits import Limits
from embedded.gateway.server import GatewayServer
from schemas.errors import InvalidInput, ReviewstreamError, Unavailable

_DEFAULTS = Limits()


@click.command()
@click.option("--path", type=click.Path(path_type=Path, file_okay=False), required=True, help="Data directory.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="0 takes a free port.")
@click.option("--user", required=True, help="The only account.")
@click.option("--password-file", type=click.Path(path_type=Path, dir_okay=False, exists=True), required=True)
@click.option("--max-memory", type=click.IntRange(min=256 << 20), default=1 << 30, show_default=True, help="Bytes.")
@click.option("--max-connections", type=click.IntRange(1, 1024), default=_DEFAULTS.max_connections, show_default=True)
@click.option("--max-insert-bytes", type=click.IntRange(min=1), default=_DEFAULTS.max_insert_bytes, show_default=True)
@click.option(
    "--handshake-seconds", type=click.FloatRange(min=0.1), default=_DEFAULTS.handshake_seconds, show_default=True
)
@click.option("--receive-seconds", type=click.FloatRange(min=0.1), default=_DEFAULTS.receive_seconds, show_default=True)
@click.option("--idle-seconds", type=click.FloatRange(min=0.1), default=_DEFAULTS.idle_seconds, show_default=True)
@click.option("--fsync/--no-fsync", default=True, show_default=True, help="Survive a power cut, not only kill -9.")
def main(path: Path, port: int, user: str, password_file: Path, max_memory: int, *, fsync: bool, **limits: Any) -> None:
    """Serve ClickHouse's native protocol on 127.0.0.1 from the engine in this process.

    Prints `ready PORT` when it listens. SIGTERM ends it within five seconds; what was acknowledged is on disk.
    """
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    # Dates must fall into the same partitions on every machine.
    os.environ["TZ"] = "UTC"
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        credentials = Credentials(user, read_password(password_file))
        engine = Engine(path, max_memory=max_memory, fsync=fsync)
        _serve(GatewayServer(engine, credentials, replace(_DEFAULTS, **limits)), engine, port, stop)
    except ReviewstreamError as error:
        raise click.ClickException(str(error)) from error


def read_password(file: Path) -> str:
    """The first line of `file`. InvalidInput when it is empty."""
    password = file.read_text(encoding="utf-8").split("\n", 1)[0].rstrip("\r")
    if not password:
        raise InvalidInput(
            f"The password file {file} is empty; write the password on its first line.", field="password-file"
        )
    return password


def _serve(server: GatewayServer, engine: Engine, port: int, stop: threading.Event) -> None:
    try:
        bound = server.listen(port)
    except OSError as error:
        engine.close()
        raise Unavailable(
            f"Port {port} cannot be used ({error.strerror}); choose another, or 0 for a free one."
        ) from error
    click.echo(f"ready {bound}")
    server.serve_until(stop)
    if not server.stop():
        # A thread is stuck inside the engine: leaving now is as safe as kill -9, which the engine survives.
        os._exit(0)
    engine.close()


if __name__ == "__main__":
    main()
