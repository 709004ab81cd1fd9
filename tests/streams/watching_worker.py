"""The streams worker that looks often whether the inbound topic is still the same."""

from __future__ import annotations

from reviewstream.bootstrap import Bootstrap
from reviewstream.settings import load
from reviewstream.workers import streams

if __name__ == "__main__":
    streams.CHECK_SECONDS = 0.3
    with Bootstrap(load(), process="streams") as parts:
        streams.run(parts)
