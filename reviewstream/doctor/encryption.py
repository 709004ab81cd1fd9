"""Whether traffic can be read or changed in transit."""

from __future__ import annotations

from urllib.parse import urlsplit

from connectors.diagnosis import WORDS
from connectors.endpoints import Endpoint
from connectors.preflight import system_of
from reviewstream.doctor.findings import Finding, Subject


def encryption(subject: Subject, place: Endpoint, version: str | None) -> Finding:
    """`version` of the connection's TLS as the server or a handshake reports it; None for plaintext."""
    words = WORDS[system_of(subject.name)]
    if version is None:
        if place.local:
            return subject.ok("tls", "plaintext, on this machine only")
        return subject.warning(
            "tls", "plaintext over a network: anyone on the path can read and change it",
            f"{subject.setting}: use {words.tls} with {words.ca}=/path/to/ca.pem",
        )  # fmt: skip
    if place.name_checked:
        return subject.ok("tls", f"{version}, certificate and host name verified")
    what = "host name not checked" if place.verified else "server not verified"
    if place.local:
        return subject.ok("tls", f"{version}, {what}, on this machine only")
    return subject.warning("tls", f"{version}, {what}", f"{subject.setting}: use {words.tls} with {words.ca}=…")


def handshake(place: Endpoint) -> str | None:
    """The TLS version that a handshake of our own negotiates with the same files, for drivers that do not report it."""
    return place.handshake() if place.tls else None


def encryption_of_http(subject: Subject, url: str) -> Finding:
    """For servers spoken to over HTTP, whose clients verify every https URL."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return subject.ok("tls", "https, certificate and host name verified")
    if Endpoint(parts.hostname or "", 0, tls=False).local:
        return subject.ok("tls", "plaintext, on this machine only")
    return subject.warning("tls", "plaintext over a network", f"{subject.setting}: use https://")
