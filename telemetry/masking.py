"""What may stand in a log line: an allow-list of keys. Whatever else is given is masked before it is rendered.

Review texts, authors and publishers' bytes can come up in any value of a foreign error; so nothing is searched for
personal data here. What is not known to be harmless is not shown.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

from telemetry.error_text import call_chain, safe_text

MASK = "***"
KNOWN = frozenset(
    {
        # every line
        "event", "level", "timestamp", "process", "logger", "exception",
        # what it is about
        "step", "subscriber", "agent", "projection", "server", "version", "what", "correlation_ids",
        "publisher", "channel", "topic", "topic_id", "group", "partitions", "follower",
        # what happened; `error` is written by telemetry.error_text, `at` names files and functions
        "error", "error_type", "at", "code", "reason", "why",
        # how much
        "attempt", "attempts", "reviews", "documents", "first", "position", "before", "now", "retry_seconds", "seconds", "waiting", "limit",
    }
)  # fmt: skip
"""Keys whose values our own code makes. A new key needs a line here, and a look at what its values may hold."""

# These libraries write messages in whole sentences of their own. Of any other, a message without arguments may have
# been put together from anything.
TRUSTED = ("asyncio", "aiokafka", "faust", "mode", "psycopg", "pymongo", "redis", "clickhouse_driver", "concurrent")


def masked(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: known keys as they are, everything else masked."""
    return {key: value if key in KNOWN and _plain(value) else MASK for key, value in event.items()}


def safe_exception(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: an error as its class, its way through the code, and only our own errors' texts."""
    given = event.pop("exc_info", None)
    error = _error(given)
    if error is not None:
        event["exception"] = " <- ".join(f"{type(each).__name__}: {safe_text(each)}" for each in _chain(error))
        event["at"] = call_chain(error)
    return event


def foreign_message(record: logging.LogRecord) -> str:
    """What a library's log line says, with its arguments masked unless they are numbers or classes of errors."""
    template = str(record.msg)
    if not record.args:
        known = record.name.partition(".")[0] in TRUSTED
        return template.partition("\n")[0] if known else MASK  # asyncio quotes errors from the second line on
    try:
        return str(template % _harmless(record.args))
    except (TypeError, ValueError, KeyError):
        return template


def _harmless(args: Any) -> Any:
    if isinstance(args, Mapping):
        return {key: _shown(value) for key, value in args.items()}
    return tuple(_shown(value) for value in args)


class _Bare(str):
    """A text that even `%r` shows without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _shown(value: object) -> object:
    if isinstance(value, int | float):
        return value
    if isinstance(value, BaseException):
        return _Bare(type(value).__name__)
    return _Bare(value.__name__ if isinstance(value, type) else MASK)


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
