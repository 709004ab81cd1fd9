"""The HTTP client for Kafka Connect's REST interface, with the TLS options of its URL."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import httpx

from connectors import tls
from schemas.errors import InvalidInput

SETTING = "REVIEWSTREAM_CONNECT_URL"
CA, CERTIFICATE, KEY = "ssl.ca.location", "ssl.certificate.location", "ssl.key.location"
"""The options of the URL: librdkafka's names, as in the URLs of Kafka and of the schema registry."""


def client(url: str, *, timeout: float) -> httpx.Client:
    """For `https://[user:password@]host[:port][/path][?ssl.ca.location=…]`, or the same without TLS; `timeout` in seconds.

    Raises InvalidInput for another form, and for a file that cannot be used.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise InvalidInput(f"{SETTING}: write https://[user:password@]host:port", field="url")
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := given.keys() - {CA, CERTIFICATE, KEY}:
        raise InvalidInput(f"{SETTING}: it has no option {min(unknown)}", field="url")
    if given and parts.scheme == "http":
        raise InvalidInput(f"{SETTING}: {min(given)} needs https://", field="url")
    place = urlunsplit(parts._replace(query=""))
    # The environment's proxy is for external hosts, and Connect is internal.
    return httpx.Client(base_url=place, timeout=timeout, trust_env=False, verify=_context(given))


def _context(given: Mapping[str, str]) -> ssl.SSLContext:
    try:
        return tls.context(ca=given.get(CA), certificate=given.get(CERTIFICATE), key=given.get(KEY))
    except OSError as error:
        files = ", ".join(given)
        raise InvalidInput(f"{SETTING}: one of {files} cannot be used: {error.strerror}", field="url") from None
