"""ClickHouse over its native protocol: clients, and which of its errors pass by themselves."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from clickhouse_driver import Client, errors

TRANSIENT: tuple[type[Exception], ...] = (errors.NetworkError, errors.SocketTimeoutError, EOFError, ConnectionError)


def connect(url: str, *, timeout: float = 30.0) -> Client:
    """A client for `clickhouse://user:password@host:port/database`. Not thread-safe: one a thread.

    `timeout` in seconds bounds each wait for the server, unless the URL itself says otherwise.
    """
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query))
    query = urlencode({"send_receive_timeout": f"{timeout:g}", "connect_timeout": "5", **given})
    return Client.from_url(urlunsplit(parts._replace(query=query)))
