"""A stream whose agent fails on its first message; says what Faust does with the next one.

A program of its own, since Faust leaves an event loop open.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

from tenacity import AsyncRetrying, retry_if_result, stop_after_delay, wait_fixed

from streams.runtime.app import AppSettings, _taking, build_app


async def fail_once(stream: Any) -> None:
    async with _taking(stream, 2) as batches:
        async for _ in batches:
            raise LookupError


async def main(directory: str) -> None:
    app = build_app(AppSettings("kafka://127.0.0.1:1", "test", "1", directory, 1))
    channel = app.channel(value_type=bytes)
    stream = app.stream(channel)
    app.flow_control.resume()  # as a started app does
    await channel.send(value=b"first")
    try:
        await asyncio.wait_for(fail_once(stream), 20)
    except LookupError:
        await channel.send(value=b"later")

    async def left() -> int:
        return int(channel.queue.qsize())

    waiting = AsyncRetrying(retry=retry_if_result(bool), wait=wait_fixed(0.02), stop=stop_after_delay(20))
    await waiting(left)
    print(f"drained, acknowledging: {stream.enable_acks}", flush=True)
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
