"""Change data capture for operators: register, show, pause, resume, remove; and which publisher feeds the public topics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from connectors.kafka import Outgoing
from connectors.sender import Sender
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
from eventstore.log import EventLog
from eventstore.positions import Positions
from operations.publishers import PUBLIC, Publishers
from schemas.errors import InvalidInput, Unavailable

PAGE = 2_000
DRAIN_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class CaptureStatus:
    """One connector: its states as Connect reports them (empty if not registered), and its slot, if it has one."""

    name: str
    connector: str
    task: str
    error: str
    slot: Slot | None

    @property
    def runs(self) -> bool:
        """Whether it is capturing."""
        return self.connector == self.task == "RUNNING"


@dataclass(frozen=True, slots=True)
class Installation:
    """What is captured. `url` gives the URL of a store by its name, `login` is the capture's (user, password).

    `debezium_publishes`: whether the outbox connector feeds the public topics, and not the tailer. `secrets` is the
    properties file from which Connect's workers read passwords; `write_secret` adds one to it where the file is ours.
    """

    url: Callable[[str], str]
    partitions: int
    mongo_database: str
    debezium_publishes: bool
    login: tuple[str, str] | None = None
    secrets: str | None = None
    write_secret: Callable[[str, str], None] | None = None


class ChangeCapture:
    """All connectors of one installation. `label` prefixes the names of its topics and connectors; normally empty."""

    def __init__(
        self,
        installation: Installation,
        connect: Connect,
        *,
        log: EventLog,
        positions: Positions,
        publishers: Publishers,
        sender: Callable[[], Sender],
        label: str = "",
    ) -> None:
        self._of, self._connect, self._label = installation, connect, label
        self._log, self._positions, self._publishers, self._sender = log, positions, publishers, sender

    def register(self, name: str) -> CaptureStatus:
        """Create what the connector needs, and register it; a repeat updates its configuration.

        The outbox runs only where REVIEWSTREAM_PUBLIC_TOPICS is `debezium`; otherwise it is registered and paused.
        Raises InvalidInput naming the field that Connect refuses.
        """
        what = capture(name)
        if what.store == "mongo":
            self._register_mongo(what)
        else:
            self._register_postgres(what)
        return self.status(name)

    def status(self, name: str) -> CaptureStatus:
        """Its current status. Raises Unavailable when Connect or the database does not answer."""
        what = capture(name)
        state = self._connect.state(self._name(what))
        slot = None if what.store == "mongo" else self.source(what).slot(what)
        reported = (state.connector, state.task, state.error) if state else ("", "", "")
        return CaptureStatus(name, *reported, slot)

    def every(self) -> list[CaptureStatus]:
        """The status of every connector."""
        return [self.status(name) for name in CAPTURES]

    def pause(self, name: str) -> None:
        """Pause it; its slot retains the changes made meanwhile."""
        self._known(name)
        self._connect.stop(self._name(capture(name)))

    def resume(self, name: str) -> None:
        """Resume it. Before the outbox resumes, what the tailer had not published is published."""
        what = capture(name)
        config = self._known(name)
        if what.store != "mongo" and self.source(what).slot(what) is None:
            raise Unavailable(
                f"the slot of {name} is gone; `reviewstream cdc register {name}` creates another, without a gap"
            )
        if what is OUTBOX:
            if not self._of.debezium_publishes:
                raise InvalidInput(
                    "the tailer publishes the public topics: `REVIEWSTREAM_PUBLIC_TOPICS=debezium reviewstream restart tailer` ends that; "
                    "set it here, too, and then resume",
                    field="REVIEWSTREAM_PUBLIC_TOPICS",
                )
            self._catch_up(after(config))
        self._start(what)

    def snapshot(self, name: str) -> None:
        """Have the connector snapshot its tables again, beside the changes. Raises InvalidInput for one that cannot."""
        what = capture(name)
        if what is not TENANTS:
            raise InvalidInput(f"{name} takes no signals; only {TENANTS.name} does", field="name")
        config = self._known(name)
        signal = execute_snapshot(what)
        topic = f"{self._label}{SIGNALS}"
        self._sender().send([Outgoing(topic, config["topic.prefix"].encode(), signal, partition=0)])

    def remove(self, name: str) -> bool:
        """Remove connector, slot and publication. False: part of the outbox may not have been published yet, and the
        tailer will publish everything since the switch again; otherwise it continues where the connector ended.
        """
        what = capture(name)
        head = self._drained() if what is OUTBOX else 0
        if self._connect.config(self._name(what)) is not None:
            self._connect.remove(self._name(what))
        if what.store != "mongo":
            self.source(what).release(what)
            self.source(what).unpublish(what)
        if head:
            self._positions.move(PUBLIC, head)
        return head is not None

    def wanted(self) -> list[str]:
        """The connectors to register by default: not the outbox where the tailer publishes, as its slot would only grow."""
        return [name for name in CAPTURES if name != OUTBOX.name or self._of.debezium_publishes]

    def refresh(self) -> None:
        """Update what is registered, after a start of the stack, whose ports may have changed."""
        for name, what in CAPTURES.items():
            needed = what is OUTBOX and self._of.debezium_publishes
            if needed or self._connect.config(self._name(what)) is not None:
                self.register(name)

    def source(self, what: Capture) -> Source:
        """The database that it captures."""
        return Source(self._of.url(what.store), self._of.login)

    def _register_postgres(self, what: Capture) -> None:
        source, kafka = self.source(what), self._of.url("kafka")
        source.publish(what)
        values = postgres_values(what, source, self._secret("postgres", source.password), kafka, self._label)
        config = check(self._connect, what.name, values, secrets=(source.password,))
        make_topics(what, kafka, self._of.partitions, prefix=config["topic.prefix"], label=self._label)
        known = self._connect.config(self._name(what))
        fresh = source.hold(what)
        if fresh and known:  # how far it came was in another slot
            self._connect.remove(self._name(what))
        if what is OUTBOX:
            config[AFTER] = str(self._log.head() if fresh or not known else after(known))
        self._connect.put(self._name(what), {**config, "name": self._name(what)}, running=what is not OUTBOX)
        if what is not OUTBOX:
            self._running(what)
        elif self._of.debezium_publishes:
            self._catch_up(int(config[AFTER]))
            self._start(what)
        else:  # two publishers at once would mix up the order
            self._connect.stop(self._name(what))

    def _register_mongo(self, what: Capture) -> None:
        url, kafka = self._of.url("mongo"), self._of.url("kafka")
        values = mongo_values(what, self._secret("mongo", url), self._of.mongo_database, self._label)
        config = check(self._connect, what.name, values, secrets=(url, urlsplit(url).password or ""))
        make_topics(what, kafka, self._of.partitions, prefix=config["topic.prefix"], label=self._label)
        self._connect.put(self._name(what), {**config, "name": self._name(what)}, running=True)
        self._running(what)

    def _start(self, what: Capture) -> None:
        self._connect.resume(self._name(what))
        self._running(what)

    def _running(self, what: Capture) -> None:
        """A change of configuration restarts the task: wait until it runs, or raise with why it failed."""
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
        """Publish, in order, what the tailer has not published and the slot does not hold."""
        if self._positions.get(PUBLIC) >= until:
            return
        publisher = self._publishers.make(PUBLIC)
        while (position := publisher.position()) < until:
            events = self._log.read_after(position, min(PAGE, until - position))
            publisher.handle(events)

    def _drained(self) -> int | None:
        """The head of the log, once the running connector has published up to it; None if it does not get there."""
        source = self.source(OUTBOX)
        head, end = self._log.head(), source.end()
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
            raise Unavailable(f"connector {name} is not registered; `reviewstream cdc register {name}` registers it")
        return config

    def _name(self, what: Capture) -> str:
        return connector_name(what, self._label)

    def _secret(self, key: str, value: str) -> str:
        """A placeholder where Connect reads secrets from a file; we write the embedded Connect's file."""
        if self._of.secrets is None:
            return value
        if self._of.write_secret is not None:
            self._of.write_secret(key, value)
        return f"${{file:{self._of.secrets}:{key}}}"
