"""TLS in front of a server that has none: ends the encryption and passes the bytes on, as a side-car would."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.tls.authority import Identity

CHUNK = 64 * 1024


@contextmanager
def tls_front(target: int, identity: Identity | None, *, highest: ssl.TLSVersion | None = None) -> Iterator[int]:
    """The loopback port of a front for the loopback port `target`; without an identity it passes plain bytes."""
    using = _context(identity, highest) if identity else None
    loop = asyncio.new_event_loop()
    tasks: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.CancelledError):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", target)
            try:
                await asyncio.gather(_pass(reader, far_writer), _pass(far_reader, writer))
            finally:
                far_writer.close()
                writer.close()

    def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = loop.create_task(accept(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    loop.set_exception_handler(lambda *_: None)  # handshakes that fail are what is tested
    server = loop.run_until_complete(asyncio.start_server(accepted, "127.0.0.1", 0, ssl=using))
    thread = threading.Thread(target=loop.run_forever, name="tls-front")
    thread.start()
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        asyncio.run_coroutine_threadsafe(_end(server, tasks), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    with suppress(OSError):
        writer.close()


async def _end(server: asyncio.Server, tasks: set[asyncio.Task[None]]) -> None:
    server.close()
    pending = list(tasks)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    await asyncio.sleep(0.05)  # transports say goodbye


def _context(identity: Identity, highest: ssl.TLSVersion | None) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(identity.certificate, identity.key)
    if highest is not None:
        made.set_ciphers("ALL:@SECLEVEL=0")
        made.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        made.maximum_version = highest
    return made
