"""The streams worker of which one step, HANG_STEP, hangs for ever while the file HANG_WHILE exists; HANG_HOW says how.

Or, with SLOW_SECONDS, one whose batches take that much longer, and which leaves SLOW_SIGN when one begins: whoever wants to
meet it in the middle of its work can.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reviewstream.bootstrap import Bootstrap
from reviewstream.settings import load
from reviewstream.workers import streams
from streams.runtime.step import Outcome, Work
from telemetry import logs

FOR_EVER = 10_000


def hangs() -> bool:
    """Leaves a sign for whoever waits for it to hang."""
    if "HANG_WHILE" not in os.environ:
        return False
    while_it_exists = Path(os.environ["HANG_WHILE"])
    found = while_it_exists.exists()
    if found:
        while_it_exists.with_suffix(".reached").touch()
    return found


def leave_sign() -> None:
    if "SLOW_SIGN" in os.environ:
        Path(os.environ["SLOW_SIGN"]).touch()


def hang_the_loop() -> None:
    time.sleep(FOR_EVER)


def hanging(step: type[Any]) -> type[Any]:
    class Hanging(step):
        async def perform(self, work: Sequence[Work]) -> Sequence[Outcome]:
            if hangs():
                hang_the_loop() if os.environ["HANG_HOW"] == "loop" else await asyncio.sleep(FOR_EVER)
            leave_sign()
            await asyncio.sleep(float(os.environ.get("SLOW_SECONDS", "0")))
            return await super().perform(work)

    return Hanging


if __name__ == "__main__":
    name = os.environ.get("HANG_STEP", "Store")
    setattr(streams, name, hanging(getattr(streams, name)))
    logs.configure("info", process="streams")
    with Bootstrap(load(), process="streams") as parts:
        streams.run(parts)
