"""ClickHouse over its native protocol: clients, and which of its errors pass by themselves."""

from __future__ import annotations

from clickhouse_driver import Client, errors

TRANSIENT: tuple[type[Exception], ...] = (errors.NetworkError, errors.SocketTimeoutError, EOFError, ConnectionError)


def connect(url: str, *, timeout: float = 30.0) -> Client:
    """A client for `clickhouse://user:password@host:port/database`. Not thread-safe: one a thread."""
    return (
        Client.from_url(url)
        if "?" in url
        else Client.from_url(f"{url}?send_receive_timeout={timeout:g}&connect_timeout=5")
    )
