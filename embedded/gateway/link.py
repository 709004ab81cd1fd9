"""The client's socket: every wait on it is bounded."""

from __future__ import annotations

import contextlib
import select
import socket
import time
from enum import Enum
from typing import Final

from embedded.gateway.limits import Limits
from embedded.gateway.packets import FromClient
from embedded.gateway.wire import WireReader, WireWriter

_RECEIVE_BYTES: Final = 256 << 10
_LINGER_SECONDS: Final = 2.0


class Interruption(Enum):
    """What a client may do while its query runs."""

    NONE = "none"
    CANCEL = "cancel"
    GONE = "gone"


class Link:
    """`reader` and `writer` over one socket. Receiving raises TimeoutError after `wait_seconds` of silence."""

    def __init__(self, connection: socket.socket, limits: Limits) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connection
        self._send_seconds = limits.send_seconds
        self.wait_seconds = limits.idle_seconds
        self.deadline: float | None = None
        self.reader = WireReader(self._receive)
        self.writer = WireWriter(self._send)

    def interruption(self) -> Interruption:
        """Check, without reading, whether the client has cancelled or left. Safe from another thread."""
        with contextlib.suppress(OSError, ValueError):
            ahead = self.reader.pending()[:1] or self._peek()
            if ahead is None:
                return Interruption.NONE
            if ahead:
                return Interruption.CANCEL if ahead[0] == FromClient.CANCEL else Interruption.NONE
        return Interruption.GONE

    def stop_receiving(self) -> None:
        """Make a waiting reader see the end of the stream."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RD)

    def abort(self) -> None:
        """Close at once, whatever is in flight."""
        self._socket.close()

    def close(self) -> None:
        """Close so that the client still gets what was written: data left unread would reset the connection."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
            self._drain(time.monotonic() + _LINGER_SECONDS)
        self._socket.close()

    def _drain(self, deadline: float) -> None:
        while (left := deadline - time.monotonic()) > 0:
            self._socket.settimeout(left)
            if not self._socket.recv(_RECEIVE_BYTES):
                return

    def _peek(self) -> bytes | None:
        poller = select.poll()  # select() cannot take the high numbers that many open parts lead to
        poller.register(self._socket, select.POLLIN)
        return self._socket.recv(1, socket.MSG_PEEK) if poller.poll(0) else None

    def _receive(self) -> bytes:
        wait = self.wait_seconds
        if self.deadline is not None:
            wait = min(wait, self.deadline - time.monotonic())
        if wait <= 0:
            raise TimeoutError
        self._socket.settimeout(wait)
        return self._socket.recv(_RECEIVE_BYTES)

    def _send(self, payload: bytes) -> None:
        self._socket.settimeout(self._send_seconds)
        self._socket.sendall(payload)
