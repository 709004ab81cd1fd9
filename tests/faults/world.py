"""Servers, workers that reach them through proxies, supervisors that restart the workers, and what a test asks."""

from __future__ import annotations

import os
import random
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from embedded.datadir import DataDir
from embedded.kafka import Kafka
from embedded.stack import EmbeddedStack, resident_bytes
from embedded.state_file import StateFile, Unit
from embedded.unit_supervisor import UnitSupervisor
from embedded.worker import RunningWorker, Worker
from operations.status.report import Status
from projections.verify.comparison import verify
from reviewstream import migrations
from reviewstream.bootstrap import Bootstrap, with_urls
from reviewstream.settings import load
from services.inbound.ledger import OUTCOMES
from sources.files.mapping import FieldMapping
from sources.files.rows import Row
from sources.publishing.checkpoint import Checkpoint
from sources.publishing.envelope import Envelope
from sources.publishing.publisher import Publishing
from tests.faults.proxy import FaultProxy
from tests.waiting import until

TENANT = "faults"
EVENTS_A_REVIEW = 6
PROXIED = {
    "postgres": ("EVENTSTORE", "READMODELS", "TENANCY"), "kafka": ("KAFKA",), "secantus": ("MONGO",),
    "clickhouse": ("CLICKHOUSE",),
}  # fmt: skip


class KafkaElsewhere(Kafka):
    """A broker that names a proxy's port to its clients instead of its own, so that all they say goes through it."""

    def __init__(self, data: DataDir) -> None:
        super().__init__(data)
        self.proxy = FaultProxy(data.choose_port(self.name))

    def _write_properties(self, log_dir: str) -> None:
        super()._write_properties(log_dir)
        own, named = (f"advertised.listeners=PLAINTEXT://127.0.0.1:{port}" for port in (self.port, self.proxy.port))
        text = self.properties.read_text()
        assert own in text
        self.properties.write_text(text.replace(own, named))


class World:
    """One stack. `workers` maps a name to what it runs and its own settings."""

    def __init__(self, directory: Path) -> None:
        self.stack = EmbeddedStack(directory)
        self.stack.servers["kafka"] = kafka = KafkaElsewhere(self.stack.data)
        self.urls = self.stack.start()
        settings = with_urls(load(data_dir=directory), self.urls)
        migrations.apply(settings)
        self.parts = Bootstrap(settings, process="test")
        self.parts.tenants.create(TENANT)
        others = {name: _port(self.urls[_url(keys[0])]) for name, keys in PROXIED.items() if name != kafka.name}
        self.proxies = {kafka.name: kafka.proxy, **{name: FaultProxy(port) for name, port in others.items()}}
        self.supervisors: dict[str, UnitSupervisor] = {}

    def close(self) -> None:
        """End everything."""
        self.stop_workers()
        self.parts.__exit__(None, None, None)
        self.stack.stop()
        for proxy in self.proxies.values():
            proxy.close()

    @contextmanager
    def workers(
        self, streams: int = 1, *, program: Sequence[str] = ("-m", "reviewstream"), env: Mapping[str, str] | None = None
    ) -> Iterator[None]:
        """A tailer and so many streams workers, all ready, restarted when they end."""
        names = ["tailer", *(f"streams-{number}" for number in range(1, streams + 1))]
        state_file = StateFile(self.stack.data.root, {name: Unit("worker", "") for name in names})
        self.supervisors = {name: self._supervisor(name, state_file, program, env or {}) for name in names}
        for supervisor in self.supervisors.values():
            supervisor.start()
        try:
            for supervisor in self.supervisors.values():
                assert supervisor.ready_once.wait(120), supervisor.failure
            yield
        finally:
            self.stop_workers()

    def stop_workers(self) -> None:
        """SIGTERM to all; the supervisors end with them."""
        for supervisor in self.supervisors.values():
            supervisor.stop()
        self.supervisors = {}

    def rss(self) -> int:
        """Resident bytes of the workers with their children."""
        return sum(
            resident_bytes(pid) for supervisor in self.supervisors.values() if (pid := supervisor.unit.pid) is not None
        )

    def send(self, source: str, count: int, first: int = 1, *, padding: int = 0) -> Checkpoint:
        """Publish reviews, each with a word of `padding` letters; the broker has them all when this returns."""
        checkpoint = Checkpoint(None, f"{source}-{first}", "")
        rows = (Row(number, 0, _review(number, padding), b"", None) for number in range(first, first + count))
        envelope = Envelope(TENANT, source, checkpoint.run_id, FieldMapping())
        for _ in Publishing(self.parts.producer, self.parts.ledger).send(rows, envelope, checkpoint):
            pass
        return checkpoint

    def status(self) -> Status | None:
        """None while a server cannot be asked."""
        try:
            return self.parts.desk.status.read()
        except Exception:  # noqa: BLE001 - whatever a driver raises about a server that is on its way back
            return None

    def answers(self) -> bool:
        """Whether the event log can be asked."""
        try:
            return self.parts.event_log.head() >= 0
        except Exception:  # noqa: BLE001 - whatever a driver raises about a server that is on its way back
            return False

    def settle(self, before: int, reviews: int, seconds: float = 180) -> None:
        """Wait until nothing is on its way; then every review must be complete, once, and all stores agree."""
        until(lambda: (found := self.status()) is not None and found.quiet, seconds)
        status = self.status()
        assert status is not None
        assert status.events == before + EVENTS_A_REVIEW * reviews
        assert status.received == sum(getattr(status, name) for name in OUTCOMES)
        assert status.dead_lettered == 0
        parts = self.parts
        report = verify(parts.readmodels_pool, parts.event_log, clickhouse=parts.read_models.analytics(), timeout=60)
        assert report.ok, [check for check in report.checks if not check.ok]
        assert parts.raw_reviews.count_documents({}) * EVENTS_A_REVIEW == status.events

    @contextmanager
    def down(self, server: str) -> Iterator[None]:
        """The server is killed, and there again when the block ends."""
        self.stack.kill(server)
        try:
            yield
        finally:
            until(lambda: self.stack.servers[server].pid is None)
            self.stack.start_one(server)

    @contextmanager
    def frozen(self, server: str) -> Iterator[None]:
        """The server and its children are stopped: connections stay, nothing answers."""
        pid = self.stack.servers[server].pid
        assert pid is not None
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        for process in family:
            os.kill(process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in family:
                if process.is_running():
                    os.kill(process.pid, signal.SIGCONT)

    def _supervisor(
        self, name: str, state_file: StateFile, program: Sequence[str], env: Mapping[str, str]
    ) -> UnitSupervisor:
        kind, _, number = name.partition("-")
        own = {"REVIEWSTREAM_INSTANCE": number, "REVIEWSTREAM_NLP_WORKERS": "1"} if number else {}
        argv = [sys.executable, *program, "worker", kind, "--data-dir", str(self.stack.data.root)]
        worker = RunningWorker(Worker(name, argv, {**self.urls, **self._proxied(), **own, **env}), self.stack.data)
        return UnitSupervisor(name, worker, state_file, lambda _name, _text: None, first_tries=5)

    def _proxied(self) -> dict[str, str]:
        ports = {_url(key): self.proxies[name] for name, keys in PROXIED.items() for key in keys}
        return {key: self.urls[key].replace(f":{proxy.target}", f":{proxy.port}") for key, proxy in ports.items()}


def _url(key: str) -> str:
    return f"REVIEWSTREAM_{key}_URL"


def _port(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port


def _review(number: int, padding: int) -> dict[str, object]:
    word = random.Random(number).randbytes(padding // 2).hex()
    return {
        "external_id": str(number),
        "content": f"Visit {number} to the lighthouse in Porto was {'lovely' if number % 3 else 'dreadful'}. {word}",
        "rating": 5 if number % 3 else 1,
        "published_at": f"2026-09-{1 + number % 28:02d}",
    }
