"""TLS as Python's own clients speak it: contexts that verify, and a handshake that reports the negotiated version."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Mapping
from pathlib import Path

PLAINTEXT = "the server does not support SSL"
BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Alpine, Arch
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",
)


def context(
    *,
    ca: str | None = None,
    certificate: str | None = None,
    key: str | None = None,
    key_password: str | None = None,
    verify: bool = True,
    check_hostname: bool = True,
) -> ssl.SSLContext:
    """A client's context: at least TLS 1.2, the server's certificate and name verified by default.

    The arguments are paths of PEM files; without `ca` the system's authorities are trusted. Raises OSError for unusable files.
    """
    built = ssl.create_default_context(cafile=ca)
    built.minimum_version = ssl.TLSVersion.TLSv1_2
    built.check_hostname = check_hostname and verify
    built.verify_mode = ssl.CERT_REQUIRED if verify else ssl.CERT_NONE
    if certificate:
        built.load_cert_chain(certificate, key, key_password)
    return built


def agreed_version(host: str, port: int, using: ssl.SSLContext, *, ask: bytes = b"", timeout: float = 3.0) -> str:
    """The protocol version that a handshake with that server negotiates, such as `TLSv1.3`. Raises OSError when there is none.

    `ask` is sent first where the protocol begins in plaintext; the server agrees with one byte, `S`.
    """
    with socket.create_connection((host, port), timeout=timeout) as plain:
        if ask:
            plain.sendall(ask)
            if plain.recv(1) != b"S":
                raise ssl.SSLError(PLAINTEXT)
        with using.wrap_socket(plain, server_hostname=host) as wrapped:
            return wrapped.version() or "unknown"


def system_authorities(env: Mapping[str, str] = os.environ) -> str | None:
    """The file (or hashed directory) of the authorities that this system trusts: SSL_CERT_FILE, SSL_CERT_DIR, or its own."""
    named = [env.get("SSL_CERT_FILE", ""), env.get("SSL_CERT_DIR", "")]
    compiled = ssl.get_default_verify_paths()
    known = [*named, compiled.openssl_cafile, *BUNDLES, compiled.openssl_capath]
    return next((path for path in known if path and Path(path).exists()), None)


def authorities_for_requests(env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What to set so that `requests`, and pip, trust what the system trusts; they would ask the package certifi alone.

    Nothing where the user named a bundle. An authority in pip's own configuration wins over this.
    """
    named = env.get("REQUESTS_CA_BUNDLE") or env.get("CURL_CA_BUNDLE")
    found = None if named else system_authorities(env)
    return {"REQUESTS_CA_BUNDLE": found} if found else {}
