"""What may stand in a log line: an allow-list of keys. Whatever else is given is masked before it is rendered.

Review texts, authors and publishers' bytes can come up in any value of a foreign error; so nothing is searched for
personal data here. What is not known to be harmless is not shown.
"""

from __future__ import annotations

import re
import sys
from collections.abc import MutableMapping
from typing import Any

from telemetry.error_text import call_chain, named_text
from telemetry.literals import MASK

KNOWN = frozenset(
    {
        # every line
        "event", "level", "timestamp", "process", "logger", "exception",
        # what it is about
        "step", "subscriber", "agent", "projection", "server", "version", "versions", "what", "correlation_ids",
        "publisher", "channel", "topic", "topic_id", "group", "partitions", "alarm", "measure", "kind", "day", "series",
        # what happened; `error` is written by telemetry.error_text, `warning` by telemetry.foreign, `at` names files and functions
        "error", "error_type", "warning", "at", "code", "reason", "why",
        # how much
        "attempt", "attempts", "reviews", "documents", "first", "position", "before", "now", "retry_seconds", "seconds", "waiting", "limit",
    }
)  # fmt: skip
"""Keys whose values our own code makes. A new key needs a line here, and a look at what its values may hold."""

IDENTIFIERS = frozenset({"review", "tenant"})
"""Keys whose values are shown where they have the form of a UUID: under such a name more than an id may come one day."""
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


def masked(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: known keys as they are, everything else masked."""
    return {key: value if _harmless(key, value) else MASK for key, value in event.items()}


def safe_exception(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: an error as its class, its way through the code, and only our own errors' texts."""
    given = event.pop("exc_info", None)
    error = _error(given)
    if error is not None:
        event["exception"] = " <- ".join(named_text(each) for each in _chain(error))
        event["at"] = call_chain(error)
    return event


def _harmless(key: str, value: object) -> bool:
    if key in IDENTIFIERS:
        return isinstance(value, str) and _UUID.fullmatch(value) is not None
    return key in KNOWN and _plain(value)


def _plain(value: object) -> bool:
    """A text, a number, or a list of such: of anything else the rendering would be anybody's guess."""
    each = value if isinstance(value, list | tuple) else (value,)
    return all(one is None or isinstance(one, str | int | float) for one in each)


def _error(given: Any) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return given[1] if isinstance(given[1], BaseException) else None
    return sys.exc_info()[1] if given else None


def _chain(error: BaseException) -> list[BaseException]:
    """The error and what it was raised from, at most five."""
    found: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and len(found) < 5:
        found.append(current)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return found
