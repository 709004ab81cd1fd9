"""In front of Connect, as a reverse proxy would be: lets in who has the password, and hides what it is told to."""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

USER, PASSWORD = "operator", "let-me-in"


@contextmanager
def guard(target: str, *, forbidden: str = "") -> Iterator[int]:
    """The loopback port of a guard before `target`; the path `forbidden` is for nobody."""
    wanted = "Basic " + b64encode(f"{USER}:{PASSWORD}".encode()).decode()

    class Guard(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._pass_on(b"")

        def do_PUT(self) -> None:
            self._pass_on(self.rfile.read(int(self.headers["Content-Length"])))

        def _pass_on(self, body: bytes) -> None:
            if self.headers["Authorization"] != wanted:
                self._answer(401, b"{}")
            elif self.path == forbidden:
                self._answer(403, b"{}")
            else:
                kind = {"Content-Type": "application/json"}
                given = httpx.request(
                    self.command, target + self.path, content=body, headers=kind, trust_env=False, timeout=20
                )
                self._answer(given.status_code, given.content)

        def _answer(self, code: int, body: bytes) -> None:
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Guard) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()
