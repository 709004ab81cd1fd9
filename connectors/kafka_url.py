"""Parses a Kafka URL: servers, TLS, credentials, for both librdkafka and Faust.

    kafka://host:9092[,host:9092]
    kafka+ssl://host:9093?ssl.ca.location=/etc/ssl/kafka-ca.pem
    kafka+sasl_ssl://user:password@host:9094?sasl.mechanism=SCRAM-SHA-512&ssl.ca.location=/etc/ssl/kafka-ca.pem

Options have librdkafka's names. A password has its special characters percent-encoded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from schemas.errors import InvalidInput

PROTOCOLS = {
    "kafka": "PLAINTEXT",
    "kafka+ssl": "SSL",
    "kafka+sasl_ssl": "SASL_SSL",
    "kafka+sasl_plaintext": "SASL_PLAINTEXT",
}
MECHANISMS = ("SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN")
"""The first one is the default."""
CA, CERTIFICATE, KEY = "ssl.ca.location", "ssl.certificate.location", "ssl.key.location"
KEY_PASSWORD, MECHANISM = "ssl.key.password", "sasl.mechanism"
VERIFY, NAME_CHECK = "enable.ssl.certificate.verification", "ssl.endpoint.identification.algorithm"
VALUES = {MECHANISM: MECHANISMS, VERIFY: ("true", "false"), NAME_CHECK: ("https", "none")}
OPTIONS = frozenset({CA, CERTIFICATE, KEY, KEY_PASSWORD, *VALUES})


@dataclass(frozen=True, slots=True)
class Broker:
    """One Kafka cluster. `options` by librdkafka's names; nothing secret is in its repr."""

    servers: str
    protocol: str
    username: str = ""
    password: str = field(default="", repr=False)
    options: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def tls(self) -> bool:
        """Whether connections are encrypted."""
        return self.protocol.endswith("SSL")

    @property
    def sasl(self) -> bool:
        """Whether user and password are sent."""
        return self.protocol.startswith("SASL")

    @property
    def mechanism(self) -> str:
        """The SASL mechanism."""
        return self.options.get(MECHANISM, MECHANISMS[0])

    @property
    def verified(self) -> bool:
        """Whether the certificate must be signed by an authority that we trust."""
        return self.tls and self.options.get(VERIFY) != "false"

    @property
    def name_checked(self) -> bool:
        """Whether the certificate must match the host."""
        return self.verified and self.options.get(NAME_CHECK) != "none"

    def config(self) -> dict[str, str]:
        """The configuration for librdkafka."""
        found = {"bootstrap.servers": self.servers}
        if self.protocol != "PLAINTEXT":
            found |= {"security.protocol": self.protocol, **self.options}
        if self.sasl:
            found |= {MECHANISM: self.mechanism, "sasl.username": self.username, "sasl.password": self.password}
        return found


def parse(url: str) -> Broker:
    """Raises InvalidInput that names the setting and never quotes the URL. Bare `host:port` is plaintext."""
    if "://" not in url:
        return Broker(url, "PLAINTEXT")
    scheme, _, rest = url.partition("://")  # urlsplit knows no scheme with an underscore
    if scheme not in PROTOCOLS:
        raise _wrong(f"begin it with one of {', '.join(f'{known}://' for known in PROTOCOLS)}")
    parts = urlsplit(f"//{rest}")
    credentials, _, servers = parts.netloc.rpartition("@")
    username, _, password = credentials.partition(":")
    protocol = PROTOCOLS[scheme]
    made = Broker(servers, protocol, unquote(username), unquote(password), _options(parts))
    _check(made)
    return made


def _options(parts: SplitResult) -> dict[str, str]:
    found = dict(parse_qsl(parts.query, keep_blank_values=True))
    for name, value in found.items():
        if name not in OPTIONS:
            raise _wrong(f"it has no option {name}; known are {', '.join(sorted(OPTIONS))}")
        if name in VALUES and value not in VALUES[name]:
            raise _wrong(f"{name} must be one of {', '.join(VALUES[name])}")
    return found


def _check(broker: Broker) -> None:
    if not broker.servers:
        raise _wrong("it names no server; write kafka://host:port")
    if broker.sasl and not (broker.username and broker.password):
        raise _wrong("SASL needs user:password@ before the host; percent-encode special characters such as / @ %")
    if not broker.sasl and broker.username:
        raise _wrong("it has a user, which only kafka+sasl_ssl:// and kafka+sasl_plaintext:// send")
    if not broker.tls and any(name.startswith("ssl.") or name == VERIFY for name in broker.options):
        raise _wrong("it has options for TLS, which only kafka+ssl:// and kafka+sasl_ssl:// speak")


def _wrong(text: str) -> InvalidInput:
    return InvalidInput(f"REVIEWSTREAM_KAFKA_URL: {text}", field="kafka_url")
