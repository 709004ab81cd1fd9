"""The schema registry, where one is named."""

from __future__ import annotations

from urllib.parse import urlsplit

from connectors import schema_registry
from connectors.endpoints import Endpoint
from reviewstream.doctor.findings import Finding, Findings, Subject


def examine(subject: Subject, url: str) -> Findings:
    """Raises Unavailable or TransientError when it does not answer or refuses us."""
    registry = schema_registry.connect(url)
    try:
        found = registry.versions("reviewstream-doctor")
    finally:
        registry.close()
    yield subject.ok("login", f"answers ({len(found)} versions of a subject that is not there)")
    yield _encrypted(subject, url)


def _encrypted(subject: Subject, url: str) -> Finding:
    parts = urlsplit(url)
    if parts.scheme == "https":
        return subject.ok("tls", "https, certificate and host name verified")
    if Endpoint(parts.hostname or "", 0, tls=False).local:
        return subject.ok("tls", "plaintext, on this machine only")
    return subject.warning("tls", "plaintext over a network", f"{subject.setting}: use https://")
