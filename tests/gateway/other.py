"""Another ClickHouse server than our gateway, for the tests of what every server promises to clickhouse-driver."""

from __future__ import annotations

import os
from urllib.parse import urlsplit, urlunsplit

from clickhouse_driver import Client
from clickhouse_driver.util.helpers import parse_url

URL = os.environ.get("REVIEWSTREAM_TEST_CLICKHOUSE_URL", "")


class OtherServer:
    """A running server that somebody else started; `url` is one of clickhouse-driver's, with its options."""

    def __init__(self, url: str) -> None:
        self._url = url
        with self.client() as client:
            self.version = client.execute("SELECT version()")[0][0]

    def client(self, **options) -> Client:
        host, given = parse_url(self._url)
        settings = given.pop("settings", {}) | options.pop("settings", {})
        return Client(host, **{**given, **options}, settings=settings)

    def url(self, database: str, user: str = "") -> str:
        """For a driver that wants a URL."""
        parts = urlsplit(self._url)
        who, _, where = parts.netloc.rpartition("@")
        if user:
            who = f"{user}:{who.partition(':')[2]}"
        return urlunsplit(parts._replace(netloc=f"{who}@{where}", path=f"/{database}"))


def is_older(version: str, than: str) -> bool:
    """Whether a version such as `18.16.1` is one before `20.1`."""
    found, wanted = ([int(part) for part in text.split(".")] for text in (version, than))
    return found[: len(wanted)] < wanted
