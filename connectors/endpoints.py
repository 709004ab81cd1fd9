"""The host, port and TLS options of a URL, parsed as the system's own driver does."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors import tls

LOCAL_NAMES = frozenset({"localhost", ""})
POSTGRES_ASKS_FOR_TLS = bytes([0, 0, 0, 8, 4, 210, 22, 47])
"""SSLRequest: PostgreSQL begins in plaintext and switches when the server answers `S`."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One server. `files` are the arguments of tls.context; `ask` is sent in plaintext before TLS begins."""

    host: str
    port: int
    tls: bool
    verified: bool = False
    name_checked: bool = False
    files: Mapping[str, str | None] = field(default_factory=dict, repr=False)
    ask: bytes = b""

    @property
    def local(self) -> bool:
        """Whether it is on this machine: loopback or a socket file."""
        if self.host in LOCAL_NAMES or self.host.startswith("/"):
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def handshake(self, *, strictly: bool = True) -> str:
        """The negotiated TLS version, verified as the URL demands or, not strictly, not at all.

        Raises OSError with the reason if there is none.
        """
        return tls.agreed_version(self.host, self.port, self._context(strictly=strictly), ask=self.ask)

    def _context(self, *, strictly: bool) -> ssl.SSLContext:
        if not strictly:
            return tls.context(verify=False)
        return tls.context(**self.files, verify=self.verified, check_hostname=self.name_checked)


def endpoint(system: str, url: str) -> Endpoint:
    """`system` is postgres, kafka, mongo, clickhouse or redis; the first of several servers."""
    return _READ[system](url)


def _postgres(url: str) -> Endpoint:
    from psycopg.conninfo import conninfo_to_dict

    given: dict[str, Any] = dict(conninfo_to_dict(url))
    mode, ca = given.get("sslmode", "prefer"), given.get("sslrootcert")
    # With a CA file, libpq verifies under `require`, too, as it always did; `system` means verify-full.
    verified = mode in {"verify-ca", "verify-full"} or (mode == "require" and bool(ca))
    return Endpoint(
        _first(given.get("host")),
        int(_first(given.get("port")) or 5432),
        tls=mode in {"require", "verify-ca", "verify-full"},
        verified=verified,
        name_checked=mode == "verify-full",
        files={"ca": None if ca == "system" else ca, "certificate": given.get("sslcert"), "key": given.get("sslkey")},
        ask=POSTGRES_ASKS_FOR_TLS,
    )


def _kafka(url: str) -> Endpoint:
    from connectors.kafka_url import CA, CERTIFICATE, KEY, KEY_PASSWORD, parse

    broker = parse(url)
    host, _, port = broker.servers.split(",")[0].rpartition(":")
    names = {"ca": CA, "certificate": CERTIFICATE, "key": KEY, "key_password": KEY_PASSWORD}
    files = {argument: broker.options.get(name) for argument, name in names.items()}
    return Endpoint(host.strip("[]"), int(port), broker.tls, broker.verified, broker.name_checked, files)


def _mongo(url: str) -> Endpoint:
    from pymongo.uri_parser import parse_uri

    found = parse_uri(url)
    (host, port), given = found["nodelist"][0], found["options"]
    loose = bool(given.get("tlsInsecure") or given.get("tlsAllowInvalidCertificates"))
    encrypted = bool(given.get("tls"))
    both = given.get("tlsCertificateKeyFile")
    return Endpoint(
        host,
        port or 27017,
        encrypted,
        encrypted and not loose,
        encrypted and not loose and not given.get("tlsAllowInvalidHostnames"),
        {"ca": given.get("tlsCAFile"), "certificate": both, "key_password": given.get("tlsCertificateKeyFilePassword")},
    )


def _clickhouse(url: str) -> Endpoint:
    from clickhouse_driver.util.helpers import parse_url

    host, given = parse_url(url)
    secure, verified = bool(given.get("secure")), bool(given.get("verify", True))
    names = {"ca": "ca_certs", "certificate": "certfile", "key": "keyfile", "key_password": "keypass"}
    return Endpoint(
        host or "",
        int(given.get("port") or (9440 if secure else 9000)),
        secure,
        secure and verified,
        secure and verified and bool(given.get("check_hostname", True)),
        {argument: given.get(name) for argument, name in names.items()},
    )


def _redis(url: str) -> Endpoint:
    from redis.connection import SSLConnection, parse_url

    read: Callable[[str], dict[str, Any]] = parse_url  # the library leaves it untyped
    given = read(url)
    encrypted = given.get("connection_class") is SSLConnection
    verified = encrypted and given.get("ssl_cert_reqs", "required") == "required"
    names = {"ca": "ssl_ca_certs", "certificate": "ssl_certfile", "key": "ssl_keyfile", "key_password": "ssl_password"}
    return Endpoint(
        str(given.get("host", "") if "path" not in given else given["path"]),
        int(given.get("port", 6379)),
        encrypted,
        verified,
        verified and bool(given.get("ssl_check_hostname", True)),
        {argument: given.get(name) for argument, name in names.items()},
    )


def _first(value: object) -> str:
    return str(value or "").split(",")[0]


_READ: Mapping[str, Callable[[str], Endpoint]] = {
    "postgres": _postgres,
    "kafka": _kafka,
    "mongo": _mongo,
    "clickhouse": _clickhouse,
    "redis": _redis,
}
