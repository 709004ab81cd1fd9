"""One ClickHouse client for each thread, because clients are not shared between threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from clickhouse_driver import Client
from clickhouse_driver.errors import ErrorCodes, NetworkError, ServerException, SocketTimeoutError

from projections.lost import FIX
from schemas.errors import StoreLost, TransientError
from telemetry.error_text import named_text

GONE = {ErrorCodes.UNKNOWN_DATABASE: "database", ErrorCodes.UNKNOWN_TABLE: "table"}


class Clients:
    """`connect` opens a client; each thread that executes something gets its own."""

    def __init__(self, connect: Callable[[], Client]) -> None:
        self._connect = connect
        self._threads = threading.local()

    def execute(self, statement: str, *arguments: Any, **options: Any) -> Any:
        """Like Client.execute.

        Raises TransientError when the server cannot be reached or the connection is lost, StoreLost when the server
        does not have the database or table.
        """
        if not hasattr(self._threads, "client"):
            self._threads.client = self._connect()
        try:
            return self._threads.client.execute(statement, *arguments, **options)
        except (NetworkError, SocketTimeoutError, EOFError) as error:
            raise TransientError(f"ClickHouse did not finish the work: {named_text(error)}; try again") from error
        except ServerException as error:
            if error.code not in GONE:
                raise
            raise StoreLost(
                f"ClickHouse answers, but a {GONE[error.code]} of the analytics is gone (code {error.code}); {FIX}"
            ) from error
