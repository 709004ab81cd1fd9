"""Debian's PostgreSQL, with TLS, which the wheels' has not."""

from __future__ import annotations

import shutil
import signal
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql

from connectors.databases import DATABASES
from embedded.datadir import DataDir, write_private
from embedded.identity import unprivileged_identity
from embedded.postgres import OWNER
from embedded.process import launch_argv
from embedded.server import Server
from tests.tls.authority import Identity

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
PASSWORD = "p@ss/w:rd %25"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "ssl": "on",
    "fsync": "off",
    "wal_level": "logical",
    "max_connections": "200",
    "shared_preload_libraries": "pg_stat_statements",
}


class DebianPostgres(Server):
    """One cluster that lets nobody in without TLS."""

    name: ClassVar[str] = "postgres"
    stop_signal: ClassVar[int] = signal.SIGINT
    death_signal: ClassVar[int] = signal.SIGQUIT

    def __init__(self, data: DataDir, identity: Identity) -> None:
        super().__init__(data)
        self._tls, self._cluster = identity, self.directory / "cluster"

    def prepare(self) -> None:
        super().prepare()
        self.identity = unprivileged_identity(self.directory)
        owner = self.directory.stat().st_uid
        files = [self._copied("server.pem", self._tls.certificate), self._copied("server.key", self._tls.key)]
        files.append(self.directory / "password")
        write_private(files[-1], PASSWORD)
        for path in files:
            shutil.chown(path, owner)
        argv = [str(BINARIES[-1].with_name("initdb")), f"--pgdata={self._cluster}", "--username=postgres"]
        argv += [f"--pwfile={files[-1]}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"]
        subprocess.run(launch_argv(argv, identity=self.identity), check=True, capture_output=True)
        (self._cluster / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")

    def present(self, identity: Identity) -> None:
        """Show another certificate from now on, without a restart: as renewal does."""
        owner = self.directory.stat().st_uid
        for name, source in (("server.pem", identity.certificate), ("server.key", identity.key)):
            shutil.chown(self._copied(name, source), owner)
        with psycopg.connect(self._admin, autocommit=True) as connection:
            connection.execute("SELECT pg_reload_conf()")

    def _copied(self, name: str, source: Path) -> Path:
        made = self.directory / name
        write_private(made, source.read_text())
        return made

    def argv(self) -> list[str]:
        files = {
            "ssl_cert_file": str(self.directory / "server.pem"),
            "ssl_key_file": str(self.directory / "server.key"),
        }
        options = [f"-c{key}={value}" for key, value in (SETTINGS | files).items()]
        return [str(BINARIES[-1]), "-D", str(self._cluster), "-p", str(self.port), *options]

    def ping(self) -> str:
        with psycopg.connect(self._admin, connect_timeout=3) as connection:
            return f"PostgreSQL {connection.info.parameter_status('server_version')}"

    def provision(self) -> None:
        with psycopg.connect(self._admin, autocommit=True) as connection:
            role = sql.SQL(files("embedded").joinpath("owner.sql").read_text())
            connection.execute(role.format(role=sql.Identifier(OWNER), password=sql.Literal(PASSWORD)))
            for name in DATABASES:
                create = sql.SQL("CREATE DATABASE {} OWNER {}")
                connection.execute(create.format(sql.Identifier(name), sql.Identifier(OWNER)))

    @property
    def _admin(self) -> str:
        return self.url("sslmode=require", user="postgres", database="postgres")

    def environment(self) -> dict[str, str]:
        return {}

    def url(self, *options: str, password: str = PASSWORD, user: str = OWNER, database: str = "eventstore") -> str:
        """Of a database, with those options of libpq."""
        return f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}?{'&'.join(options)}"


def require() -> None:
    """Skip where it is not installed."""
    if not BINARIES:
        pytest.skip(
            "Debian's PostgreSQL is not installed: apt-get install --no-install-recommends postgresql, as .ci/run does"
        )
