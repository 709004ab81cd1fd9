"""Accepts clients on the loopback interface, with a thread for each, and shuts down cleanly."""

from __future__ import annotations

import socket
import threading
import time
from typing import Final

import structlog

from embedded.gateway.connection import ClientConnection, Credentials
from embedded.gateway.engine import Engine
from embedded.gateway.errors import TOO_MANY_SIMULTANEOUS_QUERIES, FatalError
from embedded.gateway.limits import Limits
from embedded.gateway.link import Link
from embedded.gateway.watch import Watcher

log = structlog.get_logger(__name__)

_POLL_SECONDS: Final = 0.25
_GRACE_SECONDS: Final = 2.0
_MAX_REFUSALS: Final = 8


class GatewayServer:
    """`listen`, then `serve_until` an event is set, then `stop`."""

    def __init__(self, engine: Engine, credentials: Credentials, limits: Limits) -> None:
        self._engine = engine
        self._credentials = credentials
        self._limits = limits
        self._watcher = Watcher(engine)
        self._clients: dict[Link, threading.Thread] = {}
        self._lock = threading.Lock()
        self._refusals = threading.Semaphore(_MAX_REFUSALS)
        self._listener: socket.socket | None = None

    def listen(self, port: int) -> int:
        """Listen on 127.0.0.1; 0 takes a free port. Returns the port. OSError when it is taken."""
        self._listener = socket.create_server(("127.0.0.1", port), backlog=self._limits.max_connections)
        self._listener.settimeout(_POLL_SECONDS)
        return int(self._listener.getsockname()[1])

    def serve_until(self, stop: threading.Event) -> None:
        """Accept clients until `stop` is set."""
        listener = self._listener
        if listener is None:
            raise RuntimeError("call listen() first")
        while not stop.is_set():
            try:
                accepted, _address = listener.accept()
                link = Link(accepted, self._limits)
            except TimeoutError:
                continue
            except OSError as error:  # no more file descriptors, or the client was gone at once
                log.warning("gateway.accept_failed", reason=error.strerror)
                stop.wait(_POLL_SECONDS)
                continue
            self._welcome(link)

    def stop(self) -> bool:
        """Let running queries end for two seconds, then cancel them. True when every client's thread has ended."""
        if self._listener is not None:
            self._listener.close()
        self._watcher.ignore_interruptions()
        for link in list(self._clients):
            link.stop_receiving()
        if not self._join(_GRACE_SECONDS):
            self._watcher.cancel_all()
        ended = self._join(_GRACE_SECONDS / 2)
        self._watcher.stop()
        return ended

    def _welcome(self, link: Link) -> None:
        client = ClientConnection(link, self._engine, self._watcher, self._credentials, self._limits)
        with self._lock:
            free = len(self._clients) < self._limits.max_connections
            if free:
                thread = threading.Thread(target=self._serve, args=(client, link), name="client", daemon=True)
                self._clients[link] = thread
        if not free:
            self._reject(client, link)
            return
        try:
            thread.start()
        except RuntimeError:  # the system gives no more threads
            log.warning("gateway.no_thread")
            with self._lock:
                del self._clients[link]
            link.abort()

    def _reject(self, client: ClientConnection, link: Link) -> None:
        """An orderly refusal waits a moment, so only few at a time; beyond that the connection is just closed."""
        log.warning("gateway.too_many_connections", limit=self._limits.max_connections)
        if self._refusals.acquire(blocking=False):
            threading.Thread(target=self._refuse, args=(client,), name="refusal", daemon=True).start()
        else:
            link.abort()

    def _serve(self, client: ClientConnection, link: Link) -> None:
        try:
            client.serve()
        finally:
            with self._lock:
                del self._clients[link]

    def _refuse(self, client: ClientConnection) -> None:
        try:
            client.refuse(
                FatalError(
                    TOO_MANY_SIMULTANEOUS_QUERIES,
                    f"Too many connections: the limit is {self._limits.max_connections}. "
                    "Close some, or start the gateway with a higher --max-connections.",
                )
            )
        finally:
            self._refusals.release()

    def _join(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        with self._lock:
            threads = list(self._clients.values())
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)
