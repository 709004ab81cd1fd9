"""Whether what goes over the network can be read or changed on its way."""

from __future__ import annotations

from urllib.parse import urlsplit

from connectors.diagnosis import WORDS
from connectors.endpoints import Endpoint
from connectors.preflight import system_of
from reviewstream.doctor.findings import Finding, Subject


def encryption(subject: Subject, place: Endpoint, version: str | None) -> Finding:
    """`version` of the connection's TLS as the server or a handshake tells it; None where there is none."""
    words = WORDS[system_of(subject.name)]
    if version is None:
        if place.local:
            return subject.ok("tls", "plaintext, on this machine only")
        return subject.warning(
            "tls", "plaintext over a network: whoever is on the way can read and change it",
            f"{subject.setting}: use {words.tls} with {words.ca}=/path/to/ca.pem",
        )  # fmt: skip
    if place.name_checked:
        return subject.ok("tls", f"{version}, certificate and host name verified")
    what = "host name not checked" if place.verified else "server not verified"
    if place.local:
        return subject.ok("tls", f"{version}, {what}, on this machine only")
    return subject.warning("tls", f"{version}, {what}", f"{subject.setting}: use {words.tls} with {words.ca}=…")


def handshake(place: Endpoint) -> str | None:
    """For drivers that do not tell: what a handshake of our own with the same files ends in."""
    return place.handshake() if place.tls else None


def encryption_of_http(subject: Subject, url: str) -> Finding:
    """For servers that are asked over HTTP, by clients that verify whatever is https."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return subject.ok("tls", "https, certificate and host name verified")
    if Endpoint(parts.hostname or "", 0, tls=False).local:
        return subject.ok("tls", "plaintext, on this machine only")
    return subject.warning("tls", "plaintext over a network", f"{subject.setting}: use https://")
