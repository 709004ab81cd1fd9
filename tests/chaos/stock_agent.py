"""A Faust worker with one agent: `stock_agent.py stock|ours BOOTSTRAP TOPIC DIRECTORY`.

It writes the ids it took to a file, with fsync, and fails once, before it writes its third batch.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faust

from streams.runtime.app import AppSettings, _add_agent, build_app

BATCH = 20


class Handler:
    """Makes a batch durable, but for the one failure."""

    def __init__(self, directory: Path) -> None:
        self.failed, self.batches = directory / "failed", 0
        self.file = os.open(directory / "taken", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def handle(self, values: Sequence[bytes]) -> None:
        self.batches += 1
        if self.batches == 3 and not self.failed.exists():
            self.failed.touch()
            raise RuntimeError("the one failure")
        os.write(self.file, b"".join(value + b"\n" for value in values))
        os.fsync(self.file)


def stock(bootstrap: str, topic: str, directory: Path) -> faust.App:
    """As Faust's manual shows it, with Faust's own settings but for a quick start."""
    app = faust.App(
        "stock", broker=f"kafka://{bootstrap}", value_serializer="raw", datadir=str(directory), web_enabled=False,
        topic_disable_leader=True, topic_allow_declare=False, topic_partitions=1, consumer_auto_offset_reset="earliest",
    )  # fmt: skip
    handler = Handler(directory)

    @app.agent(app.topic(topic, value_type=bytes))
    async def take(stream: Any) -> None:
        async for values in stream.take(BATCH, within=0.2):
            handler.handle(values)

    return app


def ours(bootstrap: str, topic: str, directory: Path) -> faust.App:
    """The same work in an agent as the product has them."""
    app = build_app(AppSettings(f"kafka://{bootstrap}", "ours", "ours-1", str(directory), 1))
    handler = Handler(directory)

    async def begin(events: Sequence[Any]) -> list[bytes]:
        return [event.message.value for event in events]

    async def finish(values: list[bytes]) -> None:
        handler.handle(values)

    _add_agent(app, topic, "take", begin, finish, BATCH, 1)
    return app


if __name__ == "__main__":
    made = {"stock": stock, "ours": ours}[sys.argv[1]](sys.argv[2], sys.argv[3], Path(sys.argv[4]))
    faust.Worker(made, loglevel="error", quiet=True).execute_from_commandline()
