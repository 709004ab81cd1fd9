"""What a batch leaves behind in the metrics."""

from __future__ import annotations

import asyncio
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from uuid import uuid4

import pytest

from connectors.postgres import open_pool
from connectors.retry import retrying
from schemas.errors import TransientError
from streams.runtime.observation import observed
from telemetry import tracing
from telemetry.metrics import REGISTRY
from telemetry.progress import beats


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_a_batch_is_timed_by_step_and_phase_even_when_it_fails() -> None:
    async def fail(_: None) -> None:
        raise TransientError("no answer")

    before = value("reviewstream_step_batch_seconds_count", step="store", phase="commit")
    with pytest.raises(TransientError):
        asyncio.run(observed("store", "commit", fail)(None))
    assert value("reviewstream_step_batch_seconds_count", step="store", phase="commit") == before + 1


def test_a_retry_is_counted_and_is_a_sign_of_life() -> None:
    failures = [TransientError("not yet"), TransientError("not yet")]

    async def call() -> str:
        if failures:
            raise failures.pop()
        return "done"

    counted, signs = value("reviewstream_retries_total", what="test.append"), beats("test")
    assert asyncio.run(retrying(call, what="test.append")) == "done"
    assert value("reviewstream_retries_total", what="test.append") == counted + 2
    assert beats("test") == signs + 3


def test_a_pool_is_reported_while_it_is_there(postgres_url: str) -> None:
    name = f"pool-{uuid4()}"
    with open_pool(postgres_url, name=name, size=2) as pool, pool.connection() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        size = value("reviewstream_pool_size", pool=name)
        assert 1 <= size <= 2, "it may make one in advance"
        assert value("reviewstream_pool_available", pool=name) < size
        assert value("reviewstream_pool_requests_total", pool=name) == 1


class Collector(BaseHTTPRequestHandler):
    """Where spans arrive."""

    def do_POST(self) -> None:
        self.server.bodies.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_spans_arrive_at_the_endpoint_of_the_settings() -> None:
    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        server.bodies = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        tracer, provider = tracing.tracer_for(f"http://127.0.0.1:{server.server_port}/v1/traces", process="streams")
        tracing.configure(tracer)
        try:
            with tracing.span("nlp.prepare", step="nlp"):
                pass
            provider.shutdown()
        finally:
            tracing.configure(None)
            server.shutdown()
            thread.join()
        ((path, body),) = server.bodies  # type: ignore[attr-defined]
    assert path == "/v1/traces"
    assert b"nlp.prepare" in body
    assert b"reviewstream-streams" in body
