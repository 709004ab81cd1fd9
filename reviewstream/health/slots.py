"""How much WAL the slots of change capture retain, read or not: nothing else fills a disk so quietly."""

from __future__ import annotations

import threading
from collections.abc import Collection

import psycopg
import structlog

from debezium.slots import Slot, slots_of_captures
from reviewstream.health.pings import OneConnection
from telemetry.metrics import SLOT_BYTES, SLOT_LOST

log = structlog.get_logger(__name__)
EVERY = 5.0


class SlotWatch:
    """Updates the gauges until `stop`; a slot whose server does not answer has none."""

    def __init__(self, urls: Collection[str], *, every: float = EVERY) -> None:
        """`urls` of databases on the servers to query; several on one server do no harm. `every`: seconds."""
        self._servers, self._every = [OneConnection(url) for url in urls], every
        self._shown: frozenset[str] = frozenset()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="slots", daemon=True)

    def start(self) -> None:
        """Start in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Stop, and remove the gauges; returns when that is done."""
        self._stopping.set()
        self._thread.join(timeout=2)

    def query(self) -> None:
        """Query every server once."""
        found: dict[str, Slot] = {}
        for server in self._servers:
            try:
                found |= {slot.slot_name: slot for slot in server.ask(slots_of_captures)}
            except psycopg.Error as error:
                log.debug("slots.query_failed", error_type=type(error).__name__)
        self._show(list(found.values()))

    def _show(self, found: Collection[Slot]) -> None:
        for slot in found:
            SLOT_BYTES.labels(slot.slot_name).set(slot.retained_bytes)
            SLOT_LOST.labels(slot.slot_name).set(slot.wal_status == "lost")
        names = frozenset(slot.slot_name for slot in found)
        for name in self._shown - names:
            SLOT_BYTES.remove(name)
            SLOT_LOST.remove(name)
        self._shown = names

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.query()
            self._stopping.wait(self._every)
        self._show([])
        for server in self._servers:
            server.close()
