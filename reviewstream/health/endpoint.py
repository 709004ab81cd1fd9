"""`/livez`, `/readyz` and `/metrics` of one process over HTTP, for probes, Prometheus and `reviewstream status`."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import make_wsgi_app

from schemas.errors import InvalidInput, Unavailable
from telemetry.metrics import REGISTRY

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

Check = Callable[[], list[str]]
"""Returns the problems; an empty list means healthy."""


class Endpoint:
    """Serves in threads of its own until `close`. `address` is `host:port`, with the bound port."""

    def __init__(self, address: str, checks: dict[str, Check], *, remarks: Check = list) -> None:
        """`checks` by path; `remarks` follow the `ok` of /readyz. Raises Unavailable when the address cannot be listened on."""
        host, port = _split(address)
        try:
            self._server = make_server(
                host, port, application(checks, remarks), server_class=_Threading, handler_class=_Silent
            )
        except OSError as error:
            raise Unavailable(
                f"REVIEWSTREAM_HEALTH_ADDRESS: {address} cannot be listened on ({error.strerror}); "
                "choose another port, 0 for any free one"
            ) from error
        self.address = f"{host}:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, name="health", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def application(checks: dict[str, Check], remarks: Check = list) -> WSGIApplication:
    """The checks and the metrics as one WSGI application; 503 for a check with problems."""
    metrics: WSGIApplication = make_wsgi_app(REGISTRY)

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/metrics":
            return metrics(environ, start)
        if path not in checks:
            return _text(start, "404 Not Found", ["there are " + ", ".join([*checks, "/metrics"])])
        if problems := checks[path]():
            return _text(start, "503 Service Unavailable", problems)
        return _text(start, "200 OK", ["ok", *(remarks() if path == "/readyz" else ())])

    return answer


def _text(start: StartResponse, status: str, lines: list[str]) -> list[bytes]:
    start(status, [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")])
    return ["".join(f"{line}\n" for line in lines).encode()]


def _split(address: str) -> tuple[str, int]:
    parts = urlsplit(f"//{address}")
    try:
        port = parts.port or 0
    except ValueError:
        raise InvalidInput(f"REVIEWSTREAM_HEALTH_ADDRESS: {address} is not HOST:PORT", field="health_address") from None
    return parts.hostname or "127.0.0.1", port


class _Threading(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False

    def server_bind(self) -> None:
        """Skips the base class's host name look-up, which may take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()


class _Silent(WSGIRequestHandler):
    timeout = 5

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that the base class has
        """Log nothing: a probe comes every few seconds."""
