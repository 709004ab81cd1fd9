"""Kafka Connect 4.3 with Debezium's connectors, on the embedded broker and its jars. Started only on request."""

from __future__ import annotations

import os
import shlex
import shutil
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import ClassVar

import httpx

from connectors.wait import TimedOut, wait_until
from embedded.datadir import DataDir
from embedded.jars import class_path, fetched
from embedded.java_properties import escaped
from embedded.kafka import Kafka, java_argv
from embedded.server import Server
from schemas.errors import Unavailable

PLUGINS = Path(__file__).with_name("connect.sha256")
JVM_FLAGS = ("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


class Connect(Server):
    """One worker on loopback without authentication, as its broker is. Passwords are in a file that only we may read."""

    name: ClassVar[str] = "connect"
    stop_seconds: ClassVar[float] = (
        3.0  # its broker stops at the same time and no longer answers; open transactions are rolled back
    )

    def __init__(self, data: DataDir) -> None:
        """REVIEWSTREAM_CONNECT_JVM_FLAGS in the environment replaces the default flags."""
        super().__init__(data)
        chosen = os.environ.get("REVIEWSTREAM_CONNECT_JVM_FLAGS")
        self.jvm_flags = shlex.split(chosen) if chosen else list(JVM_FLAGS)
        self.properties = self.directory / "worker.properties"
        self.plugins = self.directory / "plugins"
        self.secrets = self.directory / "secrets" / "passwords.properties"
        self._class_path = ""

    @property
    def url(self) -> str:
        """The URL of its REST interface."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        return {"REVIEWSTREAM_CONNECT_URL": self.url, "REVIEWSTREAM_CONNECT_SECRETS": str(self.secrets)}

    def prepare(self) -> None:
        super().prepare()
        self.secrets.parent.mkdir(mode=0o700, exist_ok=True)
        self._class_path = self._class_path or class_path(self.report)
        self._link_plugins(self.plugins / "debezium")
        self._wait_for_broker()

    def _link_plugins(self, directory: Path) -> None:
        """Link exactly the listed, verified jars; anything else in the directory is removed."""
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        for jar in fetched(self.report, listing=PLUGINS):
            try:
                (directory / jar.name).hardlink_to(jar)
            except OSError:  # the cache is on another file system
                shutil.copyfile(jar, directory / jar.name)

    def _wait_for_broker(self) -> None:
        """Servers start concurrently, and the broker's port may change until it serves."""
        broker = Kafka(self.data)
        try:
            wait_until(lambda: broker.answer().ok, self.start_seconds, what="the embedded broker", every=0.2)
        except TimedOut as late:
            raise Unavailable(f"Connect needs the embedded broker: {late}; see {broker.log}") from None

    def argv(self) -> list[str]:
        template = Template(files(__package__).joinpath("connect.properties").read_text())
        values = {"bootstrap": Kafka(self.data).bootstrap, "port": self.port, "plugins": escaped(self.plugins)}
        text = template.substitute(values, secrets_directory=escaped(self.secrets.parent))
        self.properties.write_text(text, encoding="utf-8")
        main = "org.apache.kafka.connect.cli.ConnectDistributed"
        return java_argv(self.jvm_flags, self._class_path, main, str(self.properties))

    def ping(self) -> str:
        with httpx.Client(base_url=self.url, timeout=3, trust_env=False) as client:
            version = client.get("/").raise_for_status().json()["version"]
            # It serves `/` before it has read its topics; `/connectors` answers only afterwards.
            client.get("/connectors").raise_for_status()
        return f"Kafka Connect {version}"
