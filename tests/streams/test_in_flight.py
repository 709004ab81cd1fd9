"""Batches in flight: begun side by side, finished and acknowledged in order."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.runtime.in_flight import OrderedInFlight


class Crash(Exception):
    pass


class Airport:
    """Batches whose begin and finish end when the test says so."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.begun: list[int] = []
        self.finished: list[int] = []
        self.acknowledged: list[int] = []
        self.failures: list[BaseException] = []
        self.waiting: dict[tuple[str, int], asyncio.Future[None]] = {}
        self.finishing = 0
        self.refusal: Exception | None = None

    def flight(self) -> OrderedInFlight[int]:
        return OrderedInFlight(self._finish, depth=self.depth, on_failure=self.failures.append)

    def begin(self, number: int) -> Coroutine[Any, Any, int]:
        return self._begin(number)

    async def fly(self, batches: int) -> None:
        """Launch that many, as an agent does."""
        async with self.flight() as in_flight:
            for number in range(batches):
                await in_flight.submit(self.begin(number), lambda number=number: self._acknowledge(number))

    async def end(self, what: str, number: int, error: BaseException | None = None) -> None:
        """Let the begin or finish of that batch end."""
        future = self.waiting.pop((what, number))
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
        await settled()

    @property
    def in_flight(self) -> int:
        return len(self.begun) - len(self.acknowledged)

    async def _begin(self, number: int) -> int:
        self.begun.append(number)
        await self._wait("begin", number)
        return number

    async def _finish(self, number: int) -> None:
        self.finishing += 1
        assert self.finishing == 1, "two batches are finished at a time"
        await self._wait("finish", number)
        self.finishing -= 1
        self.finished.append(number)

    async def _acknowledge(self, number: int) -> None:
        assert number in self.finished
        if self.refusal:
            raise self.refusal
        self.acknowledged.append(number)

    async def _wait(self, what: str, number: int) -> None:
        future = asyncio.get_running_loop().create_future()
        self.waiting[what, number] = future
        try:
            await future
        finally:
            self.waiting.pop((what, number), None)


async def settled() -> None:
    """Everything that can go on has gone on."""
    for _ in range(60):
        await asyncio.sleep(0)


@given(data=st.data(), batches=st.integers(0, 8), depth=st.integers(1, 4))
def test_whatever_ends_first_batches_finish_in_order_and_no_more_than_depth_fly(
    data: st.DataObject, batches: int, depth: int
) -> None:
    async def scenario() -> None:
        airport = Airport(depth)
        flying = asyncio.create_task(airport.fly(batches))
        await settled()
        while not flying.done():
            assert airport.in_flight <= depth
            assert airport.in_flight == min(depth, batches - len(airport.acknowledged))
            what, number = data.draw(st.sampled_from(sorted(airport.waiting)))
            await airport.end(what, number)
        await flying
        assert airport.begun == airport.finished == airport.acknowledged == list(range(batches))
        assert airport.failures == []

    asyncio.run(scenario())


@given(data=st.data(), batches=st.integers(1, 6), depth=st.integers(1, 4))
def test_an_error_anywhere_acknowledges_only_what_was_finished_before_it(
    data: st.DataObject, batches: int, depth: int
) -> None:
    async def scenario() -> None:
        airport = Airport(depth)
        guilty = (data.draw(st.sampled_from(["begin", "finish"])), data.draw(st.integers(0, batches - 1)))
        flying = asyncio.create_task(airport.fly(batches))
        await settled()
        while not flying.done():
            what, number = data.draw(st.sampled_from(sorted(airport.waiting)))
            await airport.end(what, number, Crash() if (what, number) == guilty else None)
        with pytest.raises(Crash):
            await flying
        assert [type(error) for error in airport.failures] == [Crash]
        assert airport.acknowledged == airport.finished == list(range(len(airport.finished)))
        assert len(airport.finished) <= guilty[1]
        assert airport.waiting == {}, "something still flies"

    asyncio.run(scenario())


def test_a_failed_begin_is_heard_of_while_an_earlier_batch_is_still_busy() -> None:
    async def scenario() -> None:
        airport = Airport(depth=2)
        flying = asyncio.create_task(airport.fly(2))
        await settled()
        await airport.end("begin", 1, Crash())
        assert [type(error) for error in airport.failures] == [Crash]
        assert airport.acknowledged == []
        await airport.end("begin", 0)
        await airport.end("finish", 0)
        with pytest.raises(Crash):
            await flying
        assert airport.acknowledged == [0]

    asyncio.run(scenario())


@pytest.mark.parametrize("progress", [0, 1, 2, 3])
def test_cancelled_in_the_middle_acknowledges_nothing_unfinished(progress: int) -> None:
    async def scenario() -> None:
        airport = Airport(depth=2)
        flying = asyncio.create_task(airport.fly(5))
        await settled()
        for what, number in [("begin", 0), ("finish", 0), ("begin", 1)][:progress]:
            await airport.end(what, number)
        flying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await flying
        await settled()
        assert airport.acknowledged == airport.finished == ([0] if progress >= 2 else [])
        assert airport.waiting == {}, "something still flies"
        assert airport.failures == []

    asyncio.run(scenario())


def test_an_error_of_the_acknowledgement_ends_the_flight() -> None:
    async def scenario() -> None:
        airport = Airport(depth=1)
        airport.refusal = Crash()
        flying = asyncio.create_task(airport.fly(2))
        await settled()
        await airport.end("begin", 0)
        await airport.end("finish", 0)
        with pytest.raises(Crash):
            await flying
        assert airport.begun == [0]
        assert len(airport.failures) == 1

    asyncio.run(scenario())
