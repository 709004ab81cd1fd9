"""How much room everything takes, and what is kept how long. A store that cannot be asked is shown with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.kafka_retention import extent
from connectors.postgres import Pool
from connectors.sql import statement
from operations.read_models import ReadModels
from operations.retention.messages import internal_topics
from operations.retention.policy import Policy, words
from projections import registry
from projections.rebuild.unfinished import unfinished
from services.dead_letters.repository import DeadLetterRepository
from streams.topics import all_topics
from telemetry.error_text import safe_text

FOR_EVER = "for ever"
UNTIL_REPLAY = "until the next replay"


@dataclass(frozen=True, slots=True)
class Room:
    """What one thing takes: `bytes` on disk and how many `items` of it there are, None where that is unknown.

    `kept` says how long; `problem` why it could not be asked.
    """

    store: str
    what: str
    bytes: int | None
    items: int | None
    kept: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DiskReader:
    """Measures every store. `directory` is the data directory, whose logs are rotated as `logs_kept` says."""

    policy: Policy
    log_pool: Pool
    read_models: ReadModels
    dead_letters: DeadLetterRepository
    raw_store: Callable[[], Any]
    kafka_url: str
    directory: Path
    logs_kept: str

    def read(self) -> list[Room]:
        """One entry for each thing that grows, by store."""
        parts = (
            ("event log", self._event_log), ("read models", self._versions), ("dead letters", self._dead_letters),
            ("Kafka", self._topics), ("raw store", self._raw), ("logs", self._logs), ("data directory", self._directories),
        )  # fmt: skip
        return [room for store, measure in parts for room in _measured(store, measure)]

    def _event_log(self) -> Iterator[Room]:
        with self.log_pool.connection() as connection:
            row = connection.execute(statement(__package__, "event_log")).fetchone()
        size, events = row or (None, None)
        yield Room("event log", "events", size, events, FOR_EVER)

    def _versions(self) -> Iterator[Room]:
        with self.read_models.pool.connection() as connection:
            versions = registry.versions(connection)
            left = {(one.version.name, one.version.version): one for one in unfinished(connection)}
        stores = self.read_models.stores()
        kept = words(self.policy.retired_versions, "after the switch", otherwise=UNTIL_REPLAY)
        for one in versions:
            what, unready = f"{one.name} v{one.version}, {one.state}", left.get((one.name, one.version))
            until = {"live": FOR_EVER, "retired": f"{kept}, or until the next replay"}.get(one.state, "")
            if unready is not None:
                what, until = (
                    f"{one.name} v{one.version}, {unready.state}",
                    f"until `{unready.command}` ends, or --restart",
                )
            if one.name not in stores:
                yield Room("read models", what, None, None, until, "this release has no such read model")
                continue
            with self.read_models.pool.connection() as connection:
                size = stores[one.name].size(connection, one)
            yield Room("read models", what, size, None, until)

    def _dead_letters(self) -> Iterator[Room]:
        settled = words(self.policy.settled_dead_letters, "after they were settled")
        for state, (count, size) in self.dead_letters.sizes().items():
            kept = "until they are replayed or discarded" if state == "open" else settled
            yield Room("dead letters", state, size, count, kept)

    def _topics(self) -> Iterator[Room]:
        handled, internal = words(self.policy.handled_messages, "after they were handled"), internal_topics()
        for topic in all_topics(1):
            kept = sum(end - begin for begin, end in extent(self.kafka_url, topic).values())
            yield Room("Kafka", topic, None, kept, handled if topic in internal else FOR_EVER)

    def _raw(self) -> Iterator[Room]:
        collection = self.raw_store()
        yield Room("raw store", "documents", None, collection.estimated_document_count(), FOR_EVER)

    def _logs(self) -> Iterator[Room]:
        files = list((self.directory / "logs").glob("*.log*"))
        yield Room("logs", "files", sum(map(_size, files)), len(files), self.logs_kept)

    def _directories(self) -> Iterator[Room]:
        """The servers' files as they lie there: what belongs to an embedded server is in one directory."""
        for folder in sorted(self.directory.iterdir()) if self.directory.is_dir() else ():
            if folder.is_dir() and folder.name not in {"logs", "run"}:
                yield Room("data directory", folder.name, sum(map(_size, folder.rglob("*"))), None, "as its contents")


def _measured(store: str, measure: Callable[[], Iterator[Room]]) -> Sequence[Room]:
    found: list[Room] = []
    try:
        found.extend(measure())
    except Exception as error:  # noqa: BLE001 - whatever keeps a store from answering is shown, and the others are, too
        found.append(Room(store, "", None, None, "", f"cannot be asked: {type(error).__name__}: {safe_text(error)}"))
    return found


def _size(path: Path) -> int:
    """Bytes on disk, which of sparse files are fewer than their length; 0 for what is gone or no file."""
    try:
        return path.lstat().st_blocks * 512 if not path.is_dir() else 0
    except OSError:
        return 0
