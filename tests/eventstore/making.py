"""Events for tests."""

from __future__ import annotations

from uuid import UUID, uuid4

from eventstore.model import NewEvent

TENANT = UUID("11111111-1111-4111-8111-111111111111")


def event(stream: UUID | None = None, version: int = 1, **fields: object) -> NewEvent:
    """An event of the test tenant; everything else may be given."""
    given: dict[str, object] = {"tenant_id": TENANT, "topic": "test.happened", "state": b"state", "event_id": uuid4()}
    return NewEvent(stream_id=stream or uuid4(), version=version, **(given | fields))  # type: ignore[arg-type]


def history(versions: int, stream: UUID | None = None) -> list[NewEvent]:
    """Versions 1 … `versions` of one stream."""
    stream = stream or uuid4()
    return [event(stream, version) for version in range(1, versions + 1)]
