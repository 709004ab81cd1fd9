"""`reviewstream …` whose own code believes that it is REVIEWSTREAM_TEST_SHIFT seconds later than it is.

By replacing the class that our modules ask for the time: libfaketime breaks the interpreter's sleep, and a machine's
clock cannot be moved for a test.
"""

from __future__ import annotations

import datetime as dt
import importlib
import os
import pkgutil
import sys
from typing import Any

import streams

OURS = (
    "aggregates", "connectors", "eventstore", "operations", "projections", "reviewstream", "schemas", "services", "sources",
    "streams",
)  # fmt: skip
SHIFT = dt.timedelta(seconds=float(os.environ["REVIEWSTREAM_TEST_SHIFT"]))


class _AnyDatetime(type):
    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, dt.datetime)


class ShiftedDatetime(dt.datetime, metaclass=_AnyDatetime):
    """A datetime with another idea of now."""

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]
        return dt.datetime.now(tz) + SHIFT


def main() -> None:
    from reviewstream.main import main as command

    for name in ("tailer", "streams"):
        importlib.import_module(f"reviewstream.workers.{name}")
    for module in pkgutil.walk_packages(streams.__path__, "streams."):  # steps are imported when they are built
        importlib.import_module(module.name)
    shifted = 0
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in OURS and getattr(module, "datetime", None) is dt.datetime:
            module.datetime = ShiftedDatetime  # type: ignore[attr-defined]
            shifted += 1
    assert shifted > 5, "our modules do not ask for the time as this expects"
    command()


if __name__ == "__main__":
    main()
