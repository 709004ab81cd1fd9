"""SecantusDB, which speaks MongoDB's wire protocol. GPL-2.0: we run its program and never import it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from connectors.wait import wait_out
from embedded import hung_server
from embedded.datadir import write_private
from embedded.packages import package_dir, script
from embedded.process import Child, server_env, tail
from embedded.server import Server
from schemas.errors import Unavailable
from telemetry.error_text import named_text

if TYPE_CHECKING:  # the driver is imported where it is used, so that commands start quickly
    from pymongo import MongoClient

USER = "reviewstream"
CACHE = "256M"


class Secantus(Server):
    """A replica set of one member, with one user, that syncs its log on every commit."""

    name: ClassVar[str] = "secantus"

    @property
    def url(self) -> str:
        """A mongodb:// URL with user and password."""
        return f"mongodb://{USER}:{self.data.secret('secantus')}@127.0.0.1:{self.port}/?replicaSet=secantus&authSource=admin"

    def environment(self) -> dict[str, str]:
        return {"REVIEWSTREAM_MONGO_URL": self.url}

    def argv(self) -> list[str]:
        return [*self._open_argv(), "--auth"]

    def _open_argv(self) -> list[str]:
        package_dir("secantus")
        storage = ["--storage-path", str(self.directory / "storage"), "--cache-size", CACHE, "--sync-on-commit"]
        return [
            script("secantusd-py"),
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
            "--log-level",
            "WARNING",
            *storage,
        ]

    def prepare(self) -> None:
        super().prepare()
        done, ours = self.directory / "user-created", self.data.fingerprint(self.name)
        if not done.exists() or done.read_text() != ours:
            self._create_user()
            write_private(done, ours)

    def _create_user(self) -> None:
        """The first user can be created, and one whose password was lost can get another, only while it runs without
        authentication: about a second. What another account might do in that second is caught by `provision`, which accepts no user but ours.
        """
        from pymongo.errors import PyMongoError

        child = Child(self.name, self._open_argv(), self.log, env=server_env())
        try:
            wait_out(PyMongoError, self._add_user, 15, every=0.05)
        except PyMongoError as error:
            raise Unavailable(
                f"secantus did not start: {named_text(error)}; see {self.log}\n{tail(self.log)}"
            ) from error
        finally:
            child.stop(self.stop_signal, seconds=self.stop_seconds)

    def _add_user(self) -> None:
        with _client(f"mongodb://127.0.0.1:{self.port}/?directConnection=true") as client:
            known = client.admin.command("usersInfo", USER)["users"]
            if known:
                client.admin.command("dropUser", USER)
            client.admin.command("createUser", USER, pwd=self.data.secret("secantus"), roles=["root"])

    def provision(self) -> None:
        with _client(self.url) as client:
            users = [user["_id"] for user in client.admin["system.users"].find()]
        if users != [f"admin.{USER}"]:
            raise Unavailable(
                f"secantus has users that we did not create ({users}); remove {self.directory} and start again"
            )

    def start(self) -> None:
        panic = hung_server.Panic(self.log)
        super().start()
        if self.child is not None:
            for hung in (panic, hung_server.Gone(self.directory)):
                hung_server.watch(self.child, hung, signal.SIGKILL, self._stopping)

    def ping(self) -> str:
        with _client(self.url) as client:
            return f"SecantusDB as MongoDB {client.server_info()['version']}"


@contextmanager
def _client(url: str) -> Iterator[MongoClient[dict[str, Any]]]:
    from pymongo import MongoClient

    client: MongoClient[dict[str, Any]] = MongoClient(
        url, serverSelectionTimeoutMS=1000, connectTimeoutMS=1000, socketTimeoutMS=3000
    )
    with client:
        yield client
