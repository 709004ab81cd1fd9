"""A process that appends: `python -m tests.eventstore.writer URL EVENTS [hold]`.

Appends EVENTS events in transactions of changing size, every seventh of which it rolls back first and repeats.
With `hold` it stops in the middle of the first append, prints a line, and waits to be killed.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from threading import Event
from uuid import uuid4

from connectors.postgres import open_pool
from eventstore.log import EventLog
from tests.eventstore.making import history

SIZES = (1, 40, 7, 250, 3, 120)


class TurnedBack(Exception):
    pass


def turn_back(*_: object) -> None:
    raise TurnedBack


def hold(*_: object) -> None:
    print("in the middle of an append", flush=True)
    Event().wait()


def write(log: EventLog, count: int) -> None:
    written = transactions = 0
    while written < count:
        events = history(min(SIZES[transactions % len(SIZES)], count - written), uuid4())
        if transactions % 7 == 0:
            with suppress(TurnedBack):
                log.append(events, also=turn_back)
        written += log.append(events).appended
        transactions += 1


def main(url: str, count: str, *how: str) -> None:
    with open_pool(url, name="writer", size=1) as pool:
        log = EventLog(pool)
        if how:
            log.append(history(int(count)), also=hold)
        else:
            write(log, int(count))


if __name__ == "__main__":
    main(*sys.argv[1:])
