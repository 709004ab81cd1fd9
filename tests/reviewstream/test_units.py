"""How `status` tells of servers and workers."""

from __future__ import annotations

import time

from embedded.state_file import State, Unit
from operations.status.report import UnitStatus
from reviewstream.units import _unit

LOOP = "crash loop: ended 5 times within 300 s; "
SAID = (True, "http://127.0.0.1:4711")


def told(kind: str, **unit: object) -> UnitStatus:
    """Of a unit that answers."""
    given = Unit(kind=kind, log="it.log", phase="ready", **unit)
    return _unit(State(1, time.time(), "ready", {"it": given}), "it", SAID)


def test_a_worker_has_an_address_whatever_else_there_is_to_tell() -> None:
    found = told("worker", port=4711, note=LOOP)
    assert (found.detail, found.address) == (LOOP + SAID[1], SAID[1])


def test_a_worker_that_serves_nothing_and_a_server_have_none() -> None:
    assert told("worker").address is None
    assert told("server", port=5432).address is None
