"""W3C trace context, and OpenTelemetry spans when enabled.

A saga's correlation id is its trace id: both are 16 bytes. A sender's `traceparent` gives the id, otherwise the
publisher's event does; so the trace continues through the log, the public topics and the notifications.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

FORM = re.compile(r"(?!ff)[0-9a-f]{2}-(?P<trace>[0-9a-f]{32})-(?P<parent>[0-9a-f]{16})-[0-9a-f]{2}(-.*)?", re.ASCII)
SAMPLED = "01"
_NOTHING: AbstractContextManager[None] = nullcontext()
_tracer: Tracer | None = None


def trace_id(traceparent: str) -> UUID | None:
    """The trace of a `traceparent` as a correlation id; None if the specification calls it invalid."""
    found = FORM.fullmatch(traceparent)
    if found is None or not int(found["trace"], 16) or not int(found["parent"], 16):
        return None
    return UUID(hex=found["trace"])


def traceparent(correlation_id: UUID, event_id: UUID) -> str:
    """The header for what an event causes: the event is the parent. A repeat gives the same header.

    Marked as sampled: the log does not keep the publisher's flag, and a partial trace is useless.
    """
    return f"00-{correlation_id.hex}-{event_id.hex[-16:]}-{SAMPLED}"


def span(name: str, **attributes: str) -> AbstractContextManager[None]:
    """A span around a block; nothing at all unless `configure` was called."""
    return _NOTHING if _tracer is None else _span(_tracer, name, attributes)


@contextmanager
def _span(tracer: Tracer, name: str, attributes: dict[str, str]) -> Iterator[None]:
    # An exception's text may quote a review: its class is enough.
    with tracer.start_as_current_span(
        name,
        attributes={f"reviewstream.{key}": value for key, value in attributes.items()},
        record_exception=False,
        set_status_on_exception=False,
    ) as current:
        try:
            yield
        except BaseException as error:
            current.set_attribute("error.type", type(error).__name__)
            raise


def configure(tracer: Tracer | None) -> None:
    """Create spans with this tracer from now on; None disables them."""
    global _tracer  # noqa: PLW0603 - one per process, set once at its start
    _tracer = tracer


def tracer_for(endpoint: str, *, process: str) -> tuple[Tracer, Any]:
    """A tracer that sends its spans to `endpoint` by OTLP over HTTP, and its provider, to be shut down at the end.

    Raises ImportError when the extra `tracing` is not installed.
    """
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": f"reviewstream-{process}"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    return provider.get_tracer("reviewstream"), provider
