"""A bounded number of batches in flight: begun side by side, finished and acknowledged in order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

T = TypeVar("T")


class Flight(Generic[T]):
    """`launch` begins a batch and returns once there is room for the next; `finish` runs for one batch at a time.

    An error in either ends the flight: `on_failure` hears of it at once, `launch` and leaving the context raise it,
    and nothing later is finished.
    """

    def __init__(
        self,
        finish: Callable[[T], Awaitable[None]],
        *,
        depth: int,
        on_failure: Callable[[BaseException], object] = id,
    ) -> None:
        self._finish, self._on_failure = finish, on_failure
        self._queue: asyncio.Queue[tuple[asyncio.Task[T], Callable[[], Awaitable[None]]]] = asyncio.Queue()
        self._room = asyncio.Semaphore(depth)
        self._finisher: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._finisher = asyncio.create_task(self._run())
        self._finisher.add_done_callback(self._ended)
        return self

    def _ended(self, finisher: asyncio.Task[None]) -> None:
        if not finisher.cancelled() and (error := finisher.exception()) is not None:
            self._on_failure(error)

    async def launch(self, begin: Coroutine[Any, Any, T], acknowledge: Callable[[], Awaitable[None]]) -> None:
        """Begin a batch; `acknowledge` runs after it was finished."""
        assert self._finisher is not None
        room = asyncio.ensure_future(self._room.acquire())
        await asyncio.wait({room, self._finisher}, return_when=asyncio.FIRST_COMPLETED)
        if self._finisher.done():
            room.cancel()
            begin.close()
            await self._finisher  # raises what ended it
        self._queue.put_nowait((asyncio.create_task(begin), acknowledge))

    async def landed(self) -> None:
        """Wait until everything launched is acknowledged."""
        assert self._finisher is not None
        joined = asyncio.ensure_future(self._queue.join())
        await asyncio.wait({joined, self._finisher}, return_when=asyncio.FIRST_COMPLETED)
        if self._finisher.done():
            joined.cancel()
            await self._finisher

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._finisher is not None
        if kind is None:
            await self.landed()
        self._finisher.cancel()
        while not self._queue.empty():
            self._queue.get_nowait()[0].cancel()
        await asyncio.gather(self._finisher, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            task, acknowledge = await self._queue.get()
            await self._finish(await task)
            await acknowledge()
            self._queue.task_done()
            self._room.release()
