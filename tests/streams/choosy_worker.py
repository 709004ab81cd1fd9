"""The streams worker with a channel that never takes reviews called doomed…, nor others while FAIL_WHILE exists."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from reviewstream.bootstrap import Bootstrap
from reviewstream.settings import load
from reviewstream.workers import streams
from schemas.errors import PermanentError
from schemas.messages import Notification


class Choosy:
    name = "choosy"

    def deliver(self, notifications: Sequence[Notification]) -> None:
        broken = Path(os.environ["FAIL_WHILE"]).exists()
        for each in notifications:
            if each.external_id.startswith("doomed") or (broken and each.external_id.startswith("flaky")):
                raise PermanentError("the channel does not take this one")


if __name__ == "__main__":
    with Bootstrap(load(), process="streams") as parts:
        parts.channels = [Choosy()]
        streams.run(parts)
