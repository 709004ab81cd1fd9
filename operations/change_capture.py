"""Change data capture as operators use it: register, look, pause, go on, remove; and who publishes the public topics."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from connectors.kafka import Outgoing
from connectors.wait import TimedOut, wait_until
from debezium.captures import CAPTURES, OUTBOX, TENANTS, Capture, capture
from debezium.registration import (
    AFTER,
    SIGNALS,
    after,
    check,
    connector_name,
    execute_snapshot,
    make_topics,
    mongo_values,
    postgres_values,
)
from debezium.rest import Connect
from debezium.slots import Slot, Source
from embedded.datadir import write_private
from operations.publishers import PUBLISHERS
from schemas.errors import InvalidInput, Unavailable

if TYPE_CHECKING:
    from reviewstream.bootstrap import Bootstrap

PUBLIC = "public"
PAGE = 2_000
DRAIN_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class CaptureStatus:
    """One connector: its states as Connect gives them (empty where it is not registered), and its slot, if it has one."""

    name: str
    connector: str
    task: str
    error: str
    slot: Slot | None

    @property
    def runs(self) -> bool:
        """Whether it captures."""
        return self.connector == self.task == "RUNNING"


class ChangeCapture:
    """All connectors of one installation. `label` begins the names of its topics and connectors; normally there is none."""

    def __init__(self, parts: Bootstrap, connect: Connect, *, label: str = "") -> None:
        self._parts, self._connect, self._label = parts, connect, label
        self._settings = parts.settings

    def register(self, name: str) -> CaptureStatus:
        """Make what the connector needs, and register it; a repeat brings its configuration up to date.

        The outbox runs only where REVIEWSTREAM_PUBLIC_TOPICS is `debezium`; else it is registered and stands still.
        Raises InvalidInput naming the field that Connect refuses.
        """
        what = capture(name)
        if what.store == "mongo":
            self._register_mongo(what)
        else:
            self._register_postgres(what)
        return self.status(name)

    def status(self, name: str) -> CaptureStatus:
        """How it stands. Raises Unavailable when Connect or the database does not answer."""
        what = capture(name)
        state = self._connect.state(self._name(what))
        slot = None if what.store == "mongo" else self.source(what).slot(what)
        said = (state.connector, state.task, state.error) if state else ("", "", "")
        return CaptureStatus(name, *said, slot)

    def every(self) -> list[CaptureStatus]:
        """All of them."""
        return [self.status(name) for name in CAPTURES]

    def pause(self, name: str) -> None:
        """Let it stand still; its slot keeps what comes meanwhile."""
        self._known(name)
        self._connect.stop(self._name(capture(name)))

    def resume(self, name: str) -> None:
        """Let it go on. Before the outbox does, what the tailer left is published."""
        what = capture(name)
        config = self._known(name)
        if what.store != "mongo" and self.source(what).slot(what) is None:
            raise Unavailable(
                f"the slot of {name} is gone; `reviewstream cdc register {name}` makes another, without a gap"
            )
        if what is OUTBOX:
            if self._settings.public_topics != "debezium":
                raise InvalidInput(
                    "the tailer publishes the public topics: restart the workers with REVIEWSTREAM_PUBLIC_TOPICS=debezium, "
                    "set it here, too, and resume then",
                    field="REVIEWSTREAM_PUBLIC_TOPICS",
                )
            self._catch_up(after(config))
        self._start(what)

    def snapshot(self, name: str) -> None:
        """Have the connector read its tables anew, beside the changes. Raises InvalidInput for one that does not."""
        what = capture(name)
        if what is not TENANTS:
            raise InvalidInput(f"{name} takes no signals; only {TENANTS.name} does", field="name")
        config = self._known(name)
        signal = execute_snapshot(what)
        topic = f"{self._label}{SIGNALS}"
        self._parts.producer.send([Outgoing(topic, config["topic.prefix"].encode(), signal, partition=0)])

    def remove(self, name: str) -> bool:
        """Remove connector, slot and publication. False: something of the outbox may not have been published yet, and the
        tailer will publish anew everything since the switch; else it goes on where the connector ended.
        """
        what = capture(name)
        head = self._drained() if what is OUTBOX else 0
        if self._connect.config(self._name(what)) is not None:
            self._connect.remove(self._name(what))
        if what.store != "mongo":
            self.source(what).release(what)
            self.source(what).unpublish(what)
        if head:
            self._parts.positions.move(PUBLIC, head)
        return head is not None

    def wanted(self) -> list[str]:
        """What is registered where nobody names any: not the outbox where the tailer publishes, as its slot would only grow."""
        return [name for name in CAPTURES if name != OUTBOX.name or self._settings.public_topics == "debezium"]

    def refresh(self) -> None:
        """After a start of the stack, whose ports may have changed: bring what is registered up to date."""
        for name, what in CAPTURES.items():
            needed = what is OUTBOX and self._settings.public_topics == "debezium"
            if needed or self._connect.config(self._name(what)) is not None:
                self.register(name)

    def source(self, what: Capture) -> Source:
        """The database that it captures."""
        login = self._settings.cdc_login.get_secret_value().partition(":") if self._settings.cdc_login else None
        return Source(self._settings.url(what.store), (login[0], login[2]) if login else None)

    def _register_postgres(self, what: Capture) -> None:
        source, kafka = self.source(what), self._settings.url("kafka")
        source.publish(what)
        values = postgres_values(what, source, self._secret("postgres", source.password), kafka, self._label)
        config = check(self._connect, what.name, values, secrets=(source.password,))
        make_topics(what, kafka, self._settings.partitions, prefix=config["topic.prefix"], label=self._label)
        known = self._connect.config(self._name(what))
        fresh = source.hold(what)
        if fresh and known:  # how far it came was in another slot
            self._connect.remove(self._name(what))
        if what is OUTBOX:
            config[AFTER] = str(self._parts.event_log.head() if fresh or not known else after(known))
        self._connect.put(self._name(what), {**config, "name": self._name(what)}, running=what is not OUTBOX)
        if what is not OUTBOX:
            self._running(what)
        elif self._settings.public_topics == "debezium":
            self._catch_up(int(config[AFTER]))
            self._start(what)
        else:  # two publishers at once would mix up the order
            self._connect.stop(self._name(what))

    def _register_mongo(self, what: Capture) -> None:
        url, kafka = self._settings.url("mongo"), self._settings.url("kafka")
        values = mongo_values(what, self._secret("mongo", url), self._settings.mongo_database, self._label)
        config = check(self._connect, what.name, values, secrets=(url, urlsplit(url).password or ""))
        make_topics(what, kafka, self._settings.partitions, prefix=config["topic.prefix"], label=self._label)
        self._connect.put(self._name(what), {**config, "name": self._name(what)}, running=True)
        self._running(what)

    def _start(self, what: Capture) -> None:
        self._connect.resume(self._name(what))
        self._running(what)

    def _running(self, what: Capture) -> None:
        """A change of configuration restarts the task: wait until it serves, or say what ended it."""
        name = self._name(what)
        found = self._connect.until(
            name, lambda state: state and (state.runs or "FAILED" in {state.connector, state.task})
        )
        if found is None or not found.runs:
            why = found.error if found else "gone"
            raise Unavailable(
                f"connector {what.name} failed ({why}); the log of Connect says why. "
                f"`reviewstream cdc register {what.name}` tries again"
            )

    def _catch_up(self, until: int) -> None:
        """Publish by ourselves what neither the tailer did nor the slot holds, in order."""
        if self._parts.positions.get(PUBLIC) >= until:
            return
        publisher = PUBLISHERS[PUBLIC](self._parts)
        while (position := publisher.position()) < until:
            events = self._parts.event_log.read_after(position, min(PAGE, until - position))
            publisher.handle(events)

    def _drained(self) -> int | None:
        """The head of the log, once the running connector has published everything up to it; None if it does not."""
        source = self.source(OUTBOX)
        head, end = self._parts.event_log.head(), source.end()
        state = self._connect.state(self._name(OUTBOX))
        if state is None or not state.runs:
            return None
        try:
            wait_until(
                lambda: source.confirmed(OUTBOX, end), DRAIN_SECONDS, what="the outbox to be published", every=0.2
            )
        except TimedOut:
            return None
        return head

    def _known(self, name: str) -> dict[str, str]:
        config = self._connect.config(self._name(capture(name)))
        if config is None:
            raise Unavailable(f"connector {name} is not registered; `reviewstream cdc register {name}` does it")
        return config

    def _name(self, what: Capture) -> str:
        return connector_name(what, self._label)

    def _secret(self, key: str, value: str) -> str:
        """A placeholder, where Connect reads secrets from a file; the embedded Connect's file is ours to write."""
        path = self._settings.connect_secrets
        if path is None:
            return value
        file = Path(path)
        if file.is_relative_to(self._settings.data_dir.absolute()):
            _put(file, key, value)
        return f"${{file:{path}:{key}}}"


def _put(file: Path, key: str, value: str) -> None:
    """One line of a Java properties file, in which a backslash begins an escape."""
    lines = file.read_text().splitlines() if file.exists() else []
    kept = [line for line in lines if not line.startswith(f"{key}=")]
    escaped = value.replace("\\", "\\\\")
    write_private(file, "\n".join([*kept, f"{key}={escaped}", ""]))
