"""One ClickHouse client for each thread, because clients are not shared between threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from clickhouse_driver import Client
from clickhouse_driver.errors import NetworkError, SocketTimeoutError

from schemas.errors import TransientError
from telemetry.error_text import named_text


class Clients:
    """`connect` opens a client; each thread that executes something gets its own."""

    def __init__(self, connect: Callable[[], Client]) -> None:
        self._connect = connect
        self._threads = threading.local()

    def execute(self, statement: str, *arguments: Any, **options: Any) -> Any:
        """Like Client.execute. Raises TransientError when the server cannot be reached or the connection is lost."""
        if not hasattr(self._threads, "client"):
            self._threads.client = self._connect()
        try:
            return self._threads.client.execute(statement, *arguments, **options)
        except (NetworkError, SocketTimeoutError, EOFError) as error:
            raise TransientError(f"ClickHouse did not finish the work: {named_text(error)}; try again") from error
