"""Certificates of a test's own: a good authority, one that nobody trusts, and certificates that are wrong in one way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)


@dataclass(frozen=True)
class Identity:
    """A certificate with its chain, its key, and both in one file."""

    certificate: Path
    key: Path
    both: Path


class Certificates:
    """Made on demand in a directory that every account may read, since PostgreSQL runs as another one."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.chmod(0o755)
        self._trusted, self._stranger = trustme.CA(), trustme.CA()
        self.ca, self.other_ca = directory / "ca.pem", directory / "other-ca.pem"
        self._trusted.cert_pem.write_to_path(self.ca)
        self._stranger.cert_pem.write_to_path(self.other_ca)
        self.server = self._issue("server", "localhost", "127.0.0.1")
        self.elsewhere = self._issue("elsewhere", "elsewhere.example")
        yesterday = datetime.now(UTC) - timedelta(days=1)
        self.expired = self._issue("expired", "localhost", "127.0.0.1", not_after=yesterday)
        self.client = self._issue("client", "reviewstream.client")

    def _issue(self, name: str, *hosts: str, not_after: datetime | None = None) -> Identity:
        made = self._trusted.issue_cert(*hosts, common_name="reviewstream", not_after=not_after)
        paths = [self._directory / f"{name}{kind}.pem" for kind in ("", "-key", "-both")]
        made.cert_chain_pems[0].write_to_path(paths[0])
        key = _pkcs8(made.private_key_pem.bytes())
        paths[1].write_bytes(key)
        paths[2].write_bytes(key + b"".join(pem.bytes() for pem in made.cert_chain_pems))
        return Identity(*paths)


def _pkcs8(pem: bytes) -> bytes:
    """The only form of a key that Java reads."""
    return load_pem_private_key(pem, None).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
