"""TLS in front of a server that has none: ends the encryption and passes the bytes on, as a side-car would."""

from __future__ import annotations

import select
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.tls.authority import Identity

CHUNK = 64 * 1024
LOOK_EVERY = 0.1


@contextmanager
def tls_front(target: int, identity: Identity, *, highest: ssl.TLSVersion | None = None) -> Iterator[int]:
    """The loopback port of a front for the loopback port `target`, which speaks no TLS above `highest`."""
    using, stop = _context(identity, highest), threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(LOOK_EVERY)
        thread = threading.Thread(target=_serve, args=(listening, target, using, stop), name="tls-front")
        thread.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            stop.set()
            thread.join(20)


def _serve(listening: socket.socket, target: int, using: ssl.SSLContext, stop: threading.Event) -> None:
    threads = []
    while not stop.is_set():
        with suppress(TimeoutError):
            accepted, _ = listening.accept()
            threads.append(threading.Thread(target=_forward, args=(accepted, target, using, stop)))
            threads[-1].start()
    for thread in threads:
        thread.join(20)


def _forward(accepted: socket.socket, target: int, using: ssl.SSLContext, stop: threading.Event) -> None:
    """Handshakes that fail are what is tested; whatever ends a connection ends both its sides."""
    accepted.settimeout(5)
    with (
        accepted,
        suppress(OSError),
        using.wrap_socket(accepted, server_side=True) as near,
        socket.create_connection(("127.0.0.1", target)) as far,
    ):
        while not stop.is_set() and _passed_on(near, far):
            pass


def _passed_on(near: ssl.SSLSocket, far: socket.socket) -> bool:
    """One thread for both directions: OpenSSL lets no two use a connection at once."""
    ready = [near] if near.pending() else select.select([near, far], [], [], LOOK_EVERY)[0]
    for one in ready:
        data = one.recv(CHUNK)
        if not data:
            return False
        (far if one is near else near).sendall(data)
    return True


def _context(identity: Identity, highest: ssl.TLSVersion | None) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(identity.certificate, identity.key)
    if highest is not None:
        made.set_ciphers("ALL:@SECLEVEL=0")
        made.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        made.maximum_version = highest
    return made
