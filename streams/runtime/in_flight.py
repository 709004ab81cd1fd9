"""A bounded number of batches in flight: begun side by side, finished and acknowledged in order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

T = TypeVar("T")


class OrderedInFlight(Generic[T]):
    """`submit` begins a batch and returns once there is room for the next; `finish` runs for one batch at a time.

    An error in either ends the flight: `on_failure` hears of it at once, `submit` and leaving the context raise it,
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
        self._failed = False

    async def __aenter__(self) -> Self:
        self._finisher = asyncio.create_task(self._run())
        self._finisher.add_done_callback(self._ended)
        return self

    async def submit(self, begin: Coroutine[Any, Any, T], acknowledge: Callable[[], Awaitable[None]]) -> None:
        """Begin a batch; `acknowledge` runs after it was finished."""
        try:
            await self._while_running(self._room.acquire())
        except BaseException:
            begin.close()
            raise
        task = asyncio.create_task(begin)
        task.add_done_callback(self._ended)  # the finisher may be busy with an earlier batch for minutes
        self._queue.put_nowait((task, acknowledge))

    async def join(self) -> None:
        """Wait until everything launched is acknowledged."""
        await self._while_running(self._queue.join())

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                await self.join()
        finally:
            await self._end()

    async def _while_running(self, condition: Coroutine[Any, Any, object]) -> None:
        """Wait for it; raises what ended the flight if that comes first."""
        assert self._finisher is not None
        waiting = asyncio.ensure_future(condition)
        try:
            await asyncio.wait({waiting, self._finisher}, return_when=asyncio.FIRST_COMPLETED)
            if self._finisher.done():
                await self._finisher
        finally:
            waiting.cancel()

    def _ended(self, task: asyncio.Task[Any]) -> None:
        if task.cancelled() or self._failed or (error := task.exception()) is None:
            return
        self._failed = True
        self._on_failure(error)

    async def _end(self) -> None:
        """Cancel what is still in flight, and see it end."""
        assert self._finisher is not None
        left: list[asyncio.Task[Any]] = [self._finisher]
        while not self._queue.empty():
            left.append(self._queue.get_nowait()[0])
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            task, acknowledge = await self._queue.get()
            await self._finish(await task)
            await acknowledge()
            self._queue.task_done()
            self._room.release()
