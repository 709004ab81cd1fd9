"""The schema registry and the collector of traces by https."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SpanExportResult

from connectors import schema_registry
from schemas.errors import ReviewstreamError
from tests.tls.authority import Certificates
from tests.tls.front import tls_front


class Nothing(BaseHTTPRequestHandler):
    """A registry without subjects, and a collector that takes everything."""

    def do_GET(self) -> None:
        self._answer(404, b'{"error_code": 40401, "message": "Subject not found."}')

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self._answer(200, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Silent."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Nothing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join(10)


def test_the_registry_is_verified(port: int, certificates: Certificates):
    with tls_front(port, certificates.server) as front:
        for query, welcome in (
            (f"?ssl.ca.location={certificates.ca}", True),
            (f"?ssl.ca.location={certificates.other_ca}", False),
            ("", False),
        ):
            registry = schema_registry.connect(f"https://127.0.0.1:{front}{query}")
            try:
                if welcome:
                    assert registry.versions("any") == []
                else:
                    with pytest.raises(ReviewstreamError, match="REVIEWSTREAM_SCHEMA_REGISTRY_URL"):
                        registry.versions("any")
            finally:
                registry.close()


def test_the_collector_of_traces_is_verified(port: int, certificates: Certificates, monkeypatch: pytest.MonkeyPatch):
    span = TracerProvider().get_tracer("probe").start_span("probe")
    assert isinstance(span, ReadableSpan)
    span.end()

    def export(front: int) -> SpanExportResult:
        exporter = OTLPSpanExporter(endpoint=f"https://127.0.0.1:{front}/v1/traces", timeout=2)
        try:
            return exporter.export([span])
        finally:
            exporter.shutdown()

    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):  # requests prefers them to what the exporter was told
        monkeypatch.delenv(name, raising=False)
    with tls_front(port, certificates.server) as front:
        assert export(front) is SpanExportResult.FAILURE
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_CERTIFICATE", str(certificates.ca))
        assert export(front) is SpanExportResult.SUCCESS
