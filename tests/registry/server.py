"""A stand-in for a schema registry that speaks Confluent's REST protocol on loopback, as far as the client uses it.

It gives ids like the real one (the highest so far plus one), takes given ids in IMPORT mode only, and wants a password.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import quote, unquote, urlsplit

USER, PASSWORD = "registrar", "not@for/logs"
SECRET = f"{USER}:{PASSWORD}"


class Registry(ThreadingHTTPServer):
    """What was registered: `schemas` by id, `subjects` as {subject: {version: id}}, modes and compatibility levels."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.schemas: dict[int, str] = {}
        self.subjects: dict[str, dict[int, int]] = {}
        self.modes: dict[str, str] = {}
        self.levels: dict[str, str] = {}
        self.imports, self.failing = True, 0

    @property
    def url(self) -> str:
        return f"http://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{self.server_port}"

    def register(self, subject: str, body: dict[str, Any]) -> tuple[int, Any]:
        versions, mode = self.subjects.get(subject, {}), self.modes.get(subject, "READWRITE")
        if "id" in body and self.imports:
            if mode != "IMPORT":
                return 422, {"error_code": 42205, "message": f"Subject {subject} is not in import mode"}
            schema_id, version = body["id"], body["version"]
        else:
            same = [known for known, schema in self.schemas.items() if schema == body["schema"]]
            schema_id, version = (same or [max(self.schemas, default=0) + 1])[0], max(versions, default=0) + 1
        if self.schemas.setdefault(schema_id, body["schema"]) != body["schema"]:
            return 422, {"error_code": 42207, "message": "Overwrite new schema with id is not permitted"}
        self.subjects.setdefault(subject, {})[version] = schema_id
        return 200, {"id": schema_id}


class Handler(BaseHTTPRequestHandler):
    server: Registry

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        match self._steps():
            case ["schemas", "ids", number] if int(number) in self.server.schemas:
                self._answer(200, {"schema": self.server.schemas[int(number)]})
            case ["subjects", subject, "versions"] if subject in self.server.subjects:
                self._answer(200, sorted(self.server.subjects[subject]))
            case _:
                self._answer(404, {"error_code": 40403, "message": "Schema not found"})

    def do_POST(self) -> None:
        self._answer(*self.server.register(self._steps()[1], self._body()))

    def do_PUT(self) -> None:
        kind, subject = self._steps()
        body = self._body()
        if kind == "mode":
            self.server.modes[subject] = body["mode"]
        else:
            self.server.levels[subject] = body["compatibility"]
        self._answer(200, body)

    def _steps(self) -> list[str]:
        return [unquote(step) for step in urlsplit(self.path).path.strip("/").split("/")]

    def _body(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers["content-length"])))

    def _answer(self, status: int, body: Any) -> None:
        if self.headers["authorization"] != "Basic " + b64encode(SECRET.encode()).decode():
            status, body = 401, {"error_code": 401, "message": "Unauthorized"}
        if self.server.failing:
            status, body = self.server.failing, {"error_code": self.server.failing, "message": "out of order"}
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


@contextmanager
def serving() -> Iterator[Registry]:
    """A registry that serves until the end of the block."""
    with Registry() as registry:
        thread = Thread(target=registry.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield registry
        finally:
            registry.shutdown()
            thread.join()
