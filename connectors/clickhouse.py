"""ClickHouse over its native protocol: clients, and the classification of its errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from clickhouse_driver import Client, errors

from connectors.faults import Fault, Faults, by_code
from schemas.errors import Unavailable

OLDEST = 24
"""The first major version with the engines and settings of our tables."""

Codes = errors.ErrorCodes
AUTHENTICATION_FAILED, ACCESS_DENIED = 516, 497
FAULTS = Faults(
    {
        errors.Error: Fault.PERMANENT,
        errors.NetworkError: Fault.TRANSIENT,
        errors.SocketTimeoutError: Fault.TRANSIENT,
        errors.PartiallyConsumedQueryError: Fault.TRANSIENT,
        EOFError: Fault.TRANSIENT,
        ConnectionError: Fault.TRANSIENT,
        errors.TypeMismatchError: Fault.POISON,
        errors.TooLargeStringSize: Fault.POISON,
        errors.CannotParseUuidError: Fault.POISON,
        errors.CannotParseDomainError: Fault.POISON,
    },
    by_code(
        {
            Fault.FATAL: (
                *(AUTHENTICATION_FAILED, ACCESS_DENIED, Codes.DATABASE_ACCESS_DENIED, Codes.READONLY),
                *(Codes.UNKNOWN_USER, Codes.WRONG_PASSWORD, Codes.REQUIRED_PASSWORD),
                *(Codes.UNKNOWN_DATABASE, Codes.UNKNOWN_TABLE, Codes.UNKNOWN_IDENTIFIER, Codes.SYNTAX_ERROR),
            ),
            Fault.TRANSIENT: (
                *(Codes.TIMEOUT_EXCEEDED, Codes.SOCKET_TIMEOUT, Codes.NETWORK_ERROR, Codes.QUERY_WAS_CANCELLED),
                *(Codes.TOO_MANY_SIMULTANEOUS_QUERIES, Codes.TOO_MANY_PARTS, Codes.RECEIVED_ERROR_TOO_MANY_REQUESTS),
                *(Codes.MEMORY_LIMIT_EXCEEDED, Codes.NOT_ENOUGH_SPACE, Codes.TABLE_IS_READ_ONLY, Codes.ABORTED),
                *(Codes.NO_ZOOKEEPER, Codes.KEEPER_EXCEPTION, Codes.UNKNOWN_STATUS_OF_INSERT),
            ),
        }
    ),
    lambda error: (getattr(error, "code", None),),
)
TRANSIENT = FAULTS.named(Fault.TRANSIENT)


def connect(url: str, *, timeout: float = 30.0) -> Client:
    """A client for `clickhouse://user:password@host:port/database`. Not thread-safe: one a thread.

    `timeout` in seconds bounds each wait for the server, unless the URL overrides it.
    """
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query))
    query = urlencode({"send_receive_timeout": f"{timeout:g}", "connect_timeout": "5", **given})
    return Client.from_url(urlunsplit(parts._replace(query=query)))


def require_recent(execute: Callable[[str], Any]) -> None:
    """Raises Unavailable for a server too old for the syntax of our tables."""
    version = str(execute("SELECT version()")[0][0])
    if int(version.partition(".")[0]) < OLDEST:
        raise Unavailable(f"ClickHouse {version} is too old, and {OLDEST} is the oldest supported; update the server")
