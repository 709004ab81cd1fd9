"""Whether a server's clock agrees with ours: events are ordered by position, but waits and retries rely on the clock."""

from __future__ import annotations

import time
from collections.abc import Callable

from reviewstream.doctor.findings import Finding, Subject

WARN, FAIL = 1.0, 30.0
"""Seconds of difference."""


def clock(subject: Subject, ask: Callable[[], float]) -> Finding:
    """`ask` returns the server's time in seconds since 1970. Half the round trip is subtracted."""
    before = time.time()
    theirs = ask()
    after = time.time()
    ahead = theirs - (before + after) / 2
    return assessed(subject, ahead, accurate_to=(after - before) / 2)


def assessed(subject: Subject, ahead: float, *, accurate_to: float) -> Finding:
    """`ahead`: by how many seconds the server's clock is ahead; what the round trip explains does not count."""
    away = max(0.0, abs(ahead) - accurate_to)
    detail = f"{abs(ahead):.2f} s {'ahead of' if ahead > 0 else 'behind'} this machine"
    fix = "synchronise both machines with the same time servers (chrony, systemd-timesyncd)"
    if away >= FAIL:
        return subject.problem("clock", detail, fix)
    return subject.warning("clock", detail, fix) if away >= WARN else subject.ok("clock", detail)
