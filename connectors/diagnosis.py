"""Why a server refuses the connection, and how to fix it. Never quotes secrets."""

from __future__ import annotations

import re
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from connectors.endpoints import Endpoint, endpoint


@dataclass(frozen=True, slots=True)
class Words:
    """How a system's URL names the CA file, and turns TLS on and off."""

    ca: str
    tls: str
    plain: str


WORDS = {
    "postgres": Words("sslrootcert", "sslmode=verify-full", "sslmode=disable"),
    "kafka": Words("ssl.ca.location", "kafka+ssl:// or kafka+sasl_ssl://", "kafka://"),
    "mongo": Words("tlsCAFile", "tls=true", "tls=false"),
    "clickhouse": Words("ca_certs", "clickhouses://", "clickhouse://"),
    "redis": Words("ssl_ca_certs", "rediss://", "redis://"),
    "http": Words("ssl.ca.location", "https://", "http://"),
}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A cause and what to do about it."""

    cause: str
    fix: str
    permanent: bool = True


VAGUE = "the server's certificate cannot be verified"
"""All that libpq and librdkafka report about a certificate, whatever is wrong with it."""

# By the texts of drivers and OpenSSL, the more specific first.
_REASONS: Sequence[tuple[str, str, str]] = (
    (
        r"hostname mismatch|ip address mismatch|does not match host name|doesn't match",
        "the server's certificate does not match the URL's host",
        "use the host name that the certificate has, or issue one that names this host",
    ),
    (
        r"certificate has expired|certificate is expired",
        "the server's certificate has expired",
        "renew the certificate and reload it on the server; check this machine's clock, too",
    ),
    (
        r"not yet valid",
        "the server's certificate is not valid yet",
        "check the clocks of the server and of this machine",
    ),
    (
        r"unable to get (local )?issuer|self[- ]signed certificate|unknown ca",
        "the server's certificate is signed by no authority that we trust",
        "name the file of the authority that signed it: {ca}=/path/to/ca.pem",
    ),
    (
        r"certificate verify failed|certificate could not be verified",
        VAGUE,
        "check {ca}, the certificate's dates, and that it names the URL's host",
    ),
    (
        r"certificate required|bad certificate|connection requires a valid client certificate|no required ssl certificate",
        "the server requires a client certificate, or refuses ours",
        "give client certificate and key in the URL, signed by an authority that the server trusts",
    ),
    (
        r"no pg_hba.conf entry .*no encryption|server requires (ssl|tls|encryption)",
        "the server refuses connections without TLS",
        "use {tls} and {ca}=/path/to/ca.pem",
    ),
    (
        r"does not support ssl|wrong version number|wrong_version_number|plaintext broker listener|record layer failure",
        "the server does not speak TLS on this port",
        "use the server's TLS port, or turn TLS on there; only for a server on this machine: {plain}",
    ),
    (
        r"unsupported protocol|unsupported_protocol|protocol_version|protocol version|no protocols available",
        "the server offers no TLS version that we accept",
        "enable TLS 1.2 or 1.3 on the server",
    ),
    (
        r"certificate file .* does not exist|private key file|ssl\.(ca|certificate|key)\.location failed",
        "a certificate file that the URL names cannot be used",
        "check {ca} and the other files: they must exist, and keys be readable by this account only",
    ),
    (
        r"authentication (error|failed)|no password supplied|noauth|wrongpass|invalid username-password",
        "the server refuses the user or the password",
        "correct user and password in the URL (special characters percent-encoded), or create that user on the server",
    ),
    (
        r"role .* does not exist|no pg_hba.conf entry",
        "the server has no such user, or does not accept it from this host",
        "create the user, and allow this host in pg_hba.conf",
    ),
    (
        r'database ".*" does not exist|database .* doesn.t exist|unknown database',
        "the server has no such database",
        "correct its name in the URL, or create it; if it is lost, `reviewstream recover` creates it and what it held",
    ),
)


ENDED = (
    "the server ends the TLS handshake",
    "check that this is its TLS port, and that it speaks TLS 1.2 or 1.3",
)


def diagnose(system: str, url: str, error: BaseException | str) -> Diagnosis | None:
    """Why the server at that URL refused; None for one that merely does not answer.

    Where the driver's error is too vague, another TLS handshake is tried.
    """
    diagnosis = reason(system, str(error))
    if diagnosis is not None and diagnosis.cause != VAGUE:
        return diagnosis
    with suppress(OSError, ValueError):
        return _by_handshake(system, endpoint(system, url)) or diagnosis
    return diagnosis


def reason(system: str, text: str) -> Diagnosis | None:
    """The diagnosis for a driver's error text; None if it is unknown."""
    lower, words = text.lower(), WORDS[system]
    for pattern, cause, fix in _REASONS:
        if re.search(pattern, lower):
            return Diagnosis(cause, fix.format(ca=words.ca, tls=words.tls, plain=words.plain))
    return None


def _by_handshake(system: str, place: Endpoint) -> Diagnosis | None:
    try:
        place.handshake(strictly=place.tls)
    except OSError as error:
        if place.tls and isinstance(error, (ssl.SSLEOFError, ConnectionResetError)):
            return Diagnosis(*ENDED, permanent=False)  # a server that is starting does this, too
        return reason(system, str(error)) if place.tls else None
    if place.tls:
        return None
    words = WORDS[system]
    return Diagnosis("the server speaks TLS on this port", f"use {words.tls} with {words.ca}=/path/to/ca.pem")
