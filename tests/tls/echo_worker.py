"""An agent of streams/runtime/app.py that answers each message by Faust's own producer."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import faust

from streams.runtime.app import AppSettings, add_collect, build_app


class Echo:
    """In place of the collect step."""

    def __init__(self, app: faust.App) -> None:
        self._answers = app.topic(os.environ["ANSWERS"], key_serializer="raw", value_serializer="raw")

    async def handle(self, messages: Sequence[Any]) -> None:
        for message in messages:
            await (await self._answers.send(key=b"k", value=message.value))


settings = AppSettings(os.environ["REVIEWSTREAM_KAFKA_URL"], os.environ["GROUP"], "1", os.environ["SCRATCH"], 1)
app = build_app(settings)
add_collect(app, Echo(app))  # type: ignore[arg-type]
faust.Worker(app, loglevel="info", override_logging=False, quiet=True).execute_from_commandline()
