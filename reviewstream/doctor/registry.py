"""The schema registry, if one is configured."""

from __future__ import annotations

from connectors import schema_registry
from reviewstream.doctor.encryption import encryption_of_http
from reviewstream.doctor.findings import Findings, Subject


def examine(subject: Subject, url: str) -> Findings:
    """Raises Unavailable or TransientError when it does not answer or refuses us."""
    registry = schema_registry.connect(url)
    try:
        found = registry.versions("reviewstream-doctor")
    finally:
        registry.close()
    yield subject.ok("login", f"answers ({len(found)} versions of a subject that does not exist)")
    yield encryption_of_http(subject, url)
