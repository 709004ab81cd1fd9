"""TLS as Python's own clients speak it: contexts that verify, and a handshake that tells what was agreed."""

from __future__ import annotations

import socket
import ssl

PLAINTEXT = "the server does not support SSL"


def context(
    *,
    ca: str | None = None,
    certificate: str | None = None,
    key: str | None = None,
    key_password: str | None = None,
    verify: bool = True,
    check_hostname: bool = True,
) -> ssl.SSLContext:
    """A client's context: at least TLS 1.2, the server's certificate and name verified unless told otherwise.

    The arguments are paths of PEM files; without `ca` the system's authorities count. Raises OSError for unusable files.
    """
    made = ssl.create_default_context(cafile=ca)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.check_hostname = check_hostname and verify
    made.verify_mode = ssl.CERT_REQUIRED if verify else ssl.CERT_NONE
    if certificate:
        made.load_cert_chain(certificate, key, key_password)
    return made


def agreed_version(host: str, port: int, using: ssl.SSLContext, *, ask: bytes = b"", timeout: float = 3.0) -> str:
    """The protocol that a handshake with that server ends in, such as `TLSv1.3`. Raises OSError when there is none.

    `ask` goes first where the protocol begins in the clear; the server then says yes by one byte, `S`.
    """
    with socket.create_connection((host, port), timeout=timeout) as plain:
        if ask:
            plain.sendall(ask)
            if plain.recv(1) != b"S":
                raise ssl.SSLError(PLAINTEXT)
        with using.wrap_socket(plain, server_hostname=host) as wrapped:
            return wrapped.version() or "unknown"
