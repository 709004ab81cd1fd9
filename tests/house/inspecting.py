"""A proxy that inspects TLS: it answers for every host with a certificate of its own authority, here from files of the test.

Nothing is behind it. What it serves is therefore reached through it, and only by who trusts its authority.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import trustme


class Inspecting(BaseHTTPRequestHandler):
    """CONNECT, then the files, on the same connection."""

    authority: ClassVar[trustme.CA]
    files: ClassVar[dict[str, bytes]]
    asked: ClassVar[list[str]]
    protocol_version = "HTTP/1.1"

    def do_CONNECT(self) -> None:
        host = self.path.rpartition(":")[0]
        self.send_response(200)
        self.end_headers()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(host).configure_cert(context)
        with suppress(OSError):  # who does not trust the certificate leaves here
            self.connection = context.wrap_socket(self.connection, server_side=True)
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
            self.host = host
            self.close_connection = False

    def do_GET(self) -> None:
        url = self.host + self.path
        self.asked.append(f"{url} {self.headers.get('Authorization', '')}".rstrip())
        found = self.files.get(url)
        self.send_response(404 if found is None else 200)
        self.send_header("Content-Length", str(len(found or b"")))
        self.send_header("Content-Type", "text/html" if url.endswith("/") else "application/octet-stream")
        self.end_headers()
        self.wfile.write(found or b"")

    def finish(self) -> None:
        """The server closes the socket that it accepted; the one that encrypts is ours."""
        super().finish()
        self.connection.close()

    def do_HEAD(self) -> None:
        self.send_error(405)

    def log_message(self, *_: object) -> None:
        pass


class Proxy:
    """The proxy's address, its authority's certificate, and what was asked: host, path and authorization."""

    def __init__(self, folder: Path, files: dict[str, bytes]) -> None:
        self.asked: list[str] = []
        authority = trustme.CA()
        handler = type("Handler", (Inspecting,), {"authority": authority, "files": files, "asked": self.asked})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.ca = folder / "authority.pem"
        authority.cert_pem.write_to_path(self.ca)


@contextmanager
def inspecting_proxy(folder: Path, files: dict[str, bytes]) -> Iterator[Proxy]:
    """Serves `files`, by host and path, to who comes through it."""
    proxy = Proxy(folder, files)
    thread = threading.Thread(target=proxy.server.serve_forever, args=(0.05,), name="inspecting-proxy")
    thread.start()
    try:
        yield proxy
    finally:
        proxy.server.shutdown()
        thread.join(20)
        proxy.server.server_close()
