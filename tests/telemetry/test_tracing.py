"""A trace goes from the publisher's header to whatever follows; spans are made only when asked for."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from schemas.cloudevents import parse
from telemetry import tracing

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
TRACE = UUID("4bf92f35-77b3-4da6-a3ce-929d0e0e4736")
IDS = st.uuids().filter(lambda one: one.int & (2**64 - 1) > 0)


def test_the_trace_of_a_header_is_the_correlation_id() -> None:
    assert tracing.trace_id(PARENT) == TRACE


@pytest.mark.parametrize(
    "invalid",
    ["", "rubbish", PARENT.upper(), "ff" + PARENT[2:], PARENT[:-1], PARENT + "x", f"00-{'0' * 32}-{'1' * 16}-01"],
)
def test_an_invalid_header_gives_no_trace(invalid: str) -> None:
    assert tracing.trace_id(invalid) is None


@given(correlation=IDS, event=IDS)
def test_what_is_sent_on_belongs_to_the_same_trace(correlation: UUID, event: UUID) -> None:
    assert tracing.trace_id(tracing.traceparent(correlation, event)) == correlation


@pytest.mark.parametrize("header", ["traceparent", "ce_traceparent"])
def test_both_forms_of_the_header_are_taken(header: str) -> None:
    (item,) = parse([(header, PARENT.encode())], b"{}")
    assert item.attributes["traceparent"] == PARENT


def test_spans_are_made_when_configured_and_quote_no_error() -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing.configure(provider.get_tracer("test"))
    try:
        with pytest.raises(ValueError, match="soup"), tracing.span("store.prepare", step="store"):
            raise ValueError("Anna Example hated the soup")
    finally:
        tracing.configure(None)
    (span,) = exporter.get_finished_spans()
    assert span.name == "store.prepare"
    assert dict(span.attributes or {}) == {"reviewstream.step": "store", "error.type": "ValueError"}
    assert "Anna" not in span.to_json()


def test_without_configuration_a_span_is_the_same_nothing_each_time() -> None:
    assert tracing.span("a") is tracing.span("b")
