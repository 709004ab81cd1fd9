"""Wakes readers after an append: LISTEN on a connection of its own."""

from __future__ import annotations

from threading import Event, Lock
from typing import Any

import psycopg

from connectors.postgres import TRANSIENT

_PAUSE_SECONDS = 0.5
_LISTEN = "LISTEN event_log"


class Wakeup:
    """Receives the notification that each append sends at its commit.

    A hint, not a promise: while the connection is lost notifications are lost too, so readers poll as well.
    """

    def __init__(self, url: str) -> None:
        """Connects to `url` at the first wait, and again whenever the connection was lost."""
        self._url = url
        self._connection: psycopg.Connection[Any] | None = None
        self._one_waiter = Lock()
        self._closing = Event()

    def wait(self, timeout: float) -> bool:
        """True when something may have been appended since the last wait, False after `timeout` seconds.

        Never raises for a lost connection: it pauses and returns False. Several threads take turns.
        """
        with self._one_waiter:
            try:
                return self._receive(timeout)
            except TRANSIENT:
                self._drop()
                self._closing.wait(min(timeout, _PAUSE_SECONDS))
                return False

    def close(self) -> None:
        """Close the connection once the current wait has ended; later waits return False at once."""
        self._closing.set()
        with self._one_waiter:
            self._drop()

    def _receive(self, timeout: float) -> bool:
        if self._closing.is_set():
            return False
        if self._connection is None:
            self._connection = psycopg.connect(self._url, autocommit=True)
            self._connection.execute(_LISTEN)
            return True  # appends before LISTEN were not received
        return bool(list(self._connection.notifies(timeout=timeout, stop_after=1)))

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
