"""The streams worker whose store step fails for good while the file named by FAIL_WHILE exists."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from reviewstream.bootstrap import Bootstrap
from reviewstream.settings import load
from reviewstream.workers import streams
from schemas.errors import Unavailable
from streams.runtime.step import Outcome, Work
from streams.steps.store_raw import Store


def out_of_order() -> bool:
    return Path(os.environ["FAIL_WHILE"]).exists()


class Failing(Store):
    async def perform(self, work: Sequence[Work]) -> Sequence[Outcome]:
        if out_of_order():
            raise Unavailable("the store is out of order")
        return await super().perform(work)


if __name__ == "__main__":
    streams.Store = Failing  # type: ignore[misc]
    with Bootstrap(load(), process="streams") as parts:
        streams.run(parts)
