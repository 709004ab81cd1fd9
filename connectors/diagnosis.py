"""Why a server will not have us, in words that name the setting and the fix. Nothing secret is ever quoted."""

from __future__ import annotations

import re
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from connectors.endpoints import Endpoint, endpoint


@dataclass(frozen=True, slots=True)
class Words:
    """What a system's URL calls the file of the authority, and how it turns TLS on and off."""

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
    for_good: bool = True


VAGUE = "the server's certificate cannot be verified"
"""All that libpq and librdkafka say of a certificate, whatever is wrong with it."""

# By what the drivers and OpenSSL say, the more exact before the vaguer.
_REASONS: Sequence[tuple[str, str, str]] = (
    (
        r"hostname mismatch|ip address mismatch|does not match host name|doesn't match",
        "the server's certificate is for another name than the URL's host",
        "use the host name that the certificate has, or issue one that names this host",
    ),
    (
        r"certificate has expired|certificate is expired",
        "the server's certificate has expired",
        "renew the certificate and let the server load it; check this machine's clock, too",
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
        "the server wants a certificate from us, or refuses ours",
        "give client certificate and key in the URL, signed by an authority that the server trusts",
    ),
    (
        r"no pg_hba.conf entry .*no encryption|server requires (ssl|tls|encryption)",
        "the server lets nobody in without TLS",
        "use {tls} and {ca}=/path/to/ca.pem",
    ),
    (
        r"does not support ssl|wrong version number|wrong_version_number|plaintext broker listener|record layer failure",
        "the server does not speak TLS on this port",
        "use the server's TLS port, or turn TLS on there; only for a server on this machine: {plain}",
    ),
    (
        r"unsupported protocol|unsupported_protocol|protocol_version|protocol version|no protocols available",
        "the server offers no TLS version that we take",
        "let the server speak TLS 1.2 or 1.3",
    ),
    (
        r"certificate file .* does not exist|private key file|ssl\.(ca|certificate|key)\.location failed",
        "a certificate file that the URL names cannot be used",
        "check {ca} and the other files: they must exist, and keys be readable by this account only",
    ),
    (
        r"authentication (error|failed)|no password supplied|noauth|wrongpass|invalid username-password",
        "the server refuses the user or the password",
        "correct user and password in the URL (special characters percent-encoded), or make that user on the server",
    ),
    (
        r"role .* does not exist|no pg_hba.conf entry",
        "the server has no such user, or lets it in from elsewhere only",
        "make the user, and allow this host in pg_hba.conf",
    ),
    (
        r'database ".*" does not exist|database .* doesn.t exist|unknown database',
        "the server has no such database",
        "create it, or correct its name in the URL",
    ),
)


ENDED = (
    "the server ends the TLS handshake",
    "check that this is its TLS port, and that it speaks TLS 1.2 or 1.3",
)


def diagnose(system: str, url: str, error: BaseException | str) -> Diagnosis | None:
    """Why that server, at that URL, refused; None for one that merely does not answer.

    Where the driver does not say enough, the server is asked for a handshake once more.
    """
    told = reason(system, str(error))
    if told is not None and told.cause != VAGUE:
        return told
    with suppress(OSError, ValueError):
        return _asked(system, endpoint(system, url)) or told
    return told


def reason(system: str, text: str) -> Diagnosis | None:
    """What a driver's words mean."""
    lower, words = text.lower(), WORDS[system]
    for pattern, cause, fix in _REASONS:
        if re.search(pattern, lower):
            return Diagnosis(cause, fix.format(ca=words.ca, tls=words.tls, plain=words.plain))
    return None


def _asked(system: str, place: Endpoint) -> Diagnosis | None:
    try:
        place.handshake(strictly=place.tls)
    except OSError as error:
        if place.tls and isinstance(error, (ssl.SSLEOFError, ConnectionResetError)):
            return Diagnosis(*ENDED, for_good=False)  # as one does that is just being started
        return reason(system, str(error)) if place.tls else None
    if place.tls:
        return None
    words = WORDS[system]
    return Diagnosis("the server speaks TLS on this port", f"use {words.tls} with {words.ca}=/path/to/ca.pem")
