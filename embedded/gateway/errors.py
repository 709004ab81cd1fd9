"""Errors as ClickHouse numbers them, so that a client cannot tell the gateway from a server.

GatewayError          sent to the client as an exception packet; the connection continues
└── FatalError        sent to the client, then the connection is closed: the byte stream cannot be trusted any more
"""

from __future__ import annotations

import re
from typing import Final

NO_SUCH_COLUMN_IN_TABLE: Final = 16
NOT_IMPLEMENTED: Final = 48
UNKNOWN_TYPE: Final = 50
SYNTAX_ERROR: Final = 62
UNKNOWN_COMPRESSION_METHOD: Final = 89
UNKNOWN_PACKET_FROM_CLIENT: Final = 99
UNEXPECTED_PACKET_FROM_CLIENT: Final = 101
UNKNOWN_SETTING: Final = 115
INCORRECT_DATA: Final = 117
TOO_BIG_AST: Final = 168
TOO_MANY_SIMULTANEOUS_QUERIES: Final = 202
SOCKET_TIMEOUT: Final = 209
TOO_MANY_BYTES: Final = 307
TOO_MANY_TABLES: Final = 724
QUERY_WAS_CANCELLED: Final = 394
AUTHENTICATION_FAILED: Final = 516
UNKNOWN_EXCEPTION: Final = 1002

# Wrappers put words before the number ("Streaming query failed: Code: 60. DB::Exception: ...").
_ENGINE_ERROR = re.compile(r".*?Code: (?P<code>\d+)\. DB::Exception: (?P<text>.*)", re.DOTALL)


class GatewayError(Exception):
    """An exception packet: `code` is ClickHouse's error number, the message says what to do next."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class FatalError(GatewayError):
    """After this packet the connection is closed."""


def from_engine(error: BaseException) -> GatewayError:
    """The engine's error under its own number; 1002 (UNKNOWN_EXCEPTION) where it gives none."""
    text = str(error)
    found = _ENGINE_ERROR.match(text)
    if found is None:
        return GatewayError(UNKNOWN_EXCEPTION, text)
    return GatewayError(int(found["code"]), found["text"])
