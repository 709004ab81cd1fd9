"""A TCP proxy on loopback between a client and a server, which can be told to be slow, silent, or to break connections."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Coroutine
from typing import Any

CHUNK = 64 * 1024
RESET = struct.pack("ii", 1, 0)  # SO_LINGER of zero seconds: closing sends RST instead of FIN


class FaultProxy:
    """Forwards `port` to `target`, a port on loopback. What it is told holds for connections old and new."""

    def __init__(self, target: int) -> None:
        self.target, self.port = target, 0
        self.delay = 0.0  # seconds added to each chunk, in both directions
        self.breaks_after: int | None = None  # bytes of a reply after which its connection is reset
        self.broken = 0
        self._passing = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, name=f"proxy-{target}", daemon=True)
        self._thread.start()
        self._ready.wait(10)

    def block(self) -> None:
        """Keep connections open and forward nothing, as behind a dead switch."""
        self._call(self._set_passing(on=False))

    def cut(self) -> None:
        """Reset every connection now."""
        self._call(self._reset_all())

    def heal(self) -> None:
        """Behave again."""
        self.delay, self.breaks_after = 0.0, None
        self._call(self._set_passing(on=True))

    def close(self) -> None:
        """End it with all its connections."""
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _call(self, what: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result(10)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._accept, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._passing.set()
        self._ready.set()
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    async def _set_passing(self, *, on: bool) -> None:
        (self._passing.set if on else self._passing.clear)()

    async def _reset_all(self) -> None:
        for writer in list(self._writers):
            _reset(writer)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            _reset(writer)
            return
        pair = {writer, far_writer}
        self._writers |= pair
        try:
            await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer, reply=True))
        except OSError:
            pass
        finally:
            self._writers -= pair
            for each in pair:
                _reset(each)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, reply: bool = False) -> None:
        passed = 0
        while data := await reader.read(CHUNK):
            await self._passing.wait()
            if self.delay:
                await asyncio.sleep(self.delay)
            limit = self.breaks_after
            if reply and limit is not None and passed + len(data) > limit:
                writer.write(data[: max(0, limit - passed)])
                await writer.drain()
                self.broken += 1
                raise ConnectionResetError
            writer.write(data)
            await writer.drain()
            passed += len(data)
        writer.write_eof()


def _reset(writer: asyncio.StreamWriter) -> None:
    opened = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()
