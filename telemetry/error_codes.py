"""What servers and the operating system say of an error by codes and fixed texts, which quote no one.

Told from the class of the error, without importing a driver: whoever has the error has its driver.
"""

from __future__ import annotations

import errno
import os
import re
import socket
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
SYSTEM = {os.strerror(number): number for number in errno.errorcode}
_SYSTEM = re.compile(r"(?<!\w)(?:" + "|".join(sorted(map(re.escape, SYSTEM), key=len, reverse=True)) + r")(?!\w)")
CONNECTING = re.compile(
    r"password authentication failed|no password supplied|no pg_hba\.conf entry|too many clients already"
    r"|too many connections|the database system is (?:starting up|shutting down|in recovery mode)"
    r"|server closed the connection unexpectedly|the connection is (?:closed|lost)|connection closed"
    r"|does not support SSL|certificate verify failed|certificate required|could not translate host name"
    r"|Name or service not known|Temporary failure in name resolution|(?:timed out|timeout expired|Timeout (?:reading|connecting))"
    r"|No (?:servers|replica set members) found yet|invalid username-password pair|Authentication (?:required|failed)",
    re.IGNORECASE,
)
"""What servers and client libraries say when a connection is refused or lost, up to where they begin to name something."""
REDIS = frozenset(
    [
        "ERR",
        "WRONGTYPE",
        "NOAUTH",
        "WRONGPASS",
        "NOPERM",
        "OOM",
        "READONLY",
        "LOADING",
        "BUSY",
        "MISCONF",
        "MASTERDOWN",
        "NOREPLICAS",
        "EXECABORT",
        "NOSCRIPT",
        "NOPROTO",
        "CLUSTERDOWN",
        "TRYAGAIN",
        "CROSSSLOT",
        "MOVED",
        "ASK",
        "UNKILLABLE",
        "BUSYKEY",
        "BUSYGROUP",
        "NOGROUP",
        "UNBLOCKED",
    ]
)
"""The words with which a reply of Redis begins that is an error."""
MONGO = {2: "BadValue", 121: "DocumentValidationFailure", 10334: "BSONObjectTooLarge", 11000: "DuplicateKey"}
"""Names of codes that a refused write comes without."""
CLICKHOUSE = {497: "ACCESS_DENIED", 516: "AUTHENTICATION_FAILED"}
"""Codes that are newer than the driver's list."""


def codes(error: BaseException) -> list[str]:
    """What there is to tell, most telling first; nothing where the error has no code."""
    for kind in type(error).__mro__:
        ask = _ASK.get(kind.__module__.partition(".")[0])
        if ask is not None:
            return list(dict.fromkeys(ask(error)))
    return list(_system(error)) if isinstance(error, OSError) else []


def _system(error: OSError) -> Iterator[str]:
    """By the number, as a path or a text of whoever raised it may stand beside it."""
    if error.errno is not None:
        yield f"[Errno {error.errno}] {os.strerror(error.errno)}"


def _connecting(error: BaseException) -> Iterator[str]:
    """Fixed texts in what a driver tells of a connection."""
    text = str(error)
    for found in _SYSTEM.findall(text)[:1]:
        yield f"[Errno {SYSTEM[found]}] {found}"
    for found in CONNECTING.findall(text)[:1]:
        yield found


def _names(error: Any) -> Iterator[str]:
    """Names of our own tables' parts; PostgreSQL tells them apart from the values."""
    for part in ("table_name", "column_name", "constraint_name"):
        name = getattr(getattr(error, "diag", None), part, None)
        if isinstance(name, str) and NAME.fullmatch(name):
            yield f"{part.removesuffix('_name')} {name}"


def _postgres(error: Any) -> Iterator[str]:
    state = getattr(error, "sqlstate", None)
    if not isinstance(state, str):
        yield from _connecting(error)
        return
    known = getattr(sys.modules.get("psycopg.errors"), "_sqlcodes", {}).get(state, type(error))
    condition = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", known.__name__).lower()
    yield f"SQLSTATE {state} {condition}"
    yield from _names(error)


def _mongo(error: Any) -> Iterator[str]:
    found = getattr(error, "details", None)
    details: Mapping[str, Any] = found if isinstance(found, Mapping) else {}
    refused = [each for kind in ("writeErrors", "writeConcernErrors") for each in details.get(kind) or ()]
    for each in [*refused, {"code": getattr(error, "code", None), "codeName": details.get("codeName")}]:
        code, name = each.get("code"), each.get("codeName") or MONGO.get(each.get("code"), "")
        if isinstance(code, int) and not (refused and code == 65):
            yield f"code {code} {name if NAME.fullmatch(name) else ''}".strip()
    yield from _connecting(error) if not (refused or details) else ()


def _clickhouse(error: Any) -> Iterator[str]:
    known = vars(getattr(sys.modules.get("clickhouse_driver.errors"), "ErrorCodes", object))
    names = CLICKHOUSE | {code: name for name, code in known.items() if isinstance(code, int)}
    code = getattr(error, "code", None)
    if isinstance(code, int):
        yield f"code {code} {names.get(code, '')}".strip()
    if type(error).__name__ != "ServerException":  # whose text is the server's, which quotes values
        yield from _connecting(error)


def _kafka(error: Any) -> Iterator[str]:
    reason = error.args[0] if getattr(error, "args", ()) else error
    if callable(getattr(reason, "code", None)):
        yield f"code {reason.code()} {reason.name()} ({type(reason)(reason.code()).str()})"
        yield from _connecting(reason)


def _kafka_of_faust(error: Any) -> Iterator[str]:
    number = getattr(type(error), "errno", None)
    if isinstance(number, int):
        yield f"code {number} {type(error).__name__}"
    yield from _connecting(error)


def _redis(error: BaseException) -> Iterator[str]:
    word = str(error).partition(" ")[0]
    if word in REDIS:
        yield word
    yield from _connecting(error)


def _tls(error: Any) -> Iterator[str]:
    reason, verified = getattr(error, "reason", None), getattr(error, "verify_message", None)
    if isinstance(reason, str) and NAME.fullmatch(reason):
        yield reason
    if isinstance(verified, str):
        yield f"code {error.verify_code} {QUOTED.sub('***', verified)}"
    if not isinstance(reason, str):
        yield from _connecting(error)


def _resolving(error: OSError) -> Iterator[str]:
    """`gaierror` counts by another list than the operating system."""
    names = [name for name in vars(socket) if name.startswith("EAI_") and getattr(socket, name) == error.errno]
    if names:
        yield f"code {error.errno} {names[0]}"
    yield from _connecting(error)


def _http(error: Any) -> Iterator[str]:
    answer = getattr(error, "response", None) if hasattr(error, "response") else None
    if isinstance(status := getattr(answer, "status_code", None), int):
        yield f"HTTP {status}"
    else:
        yield from _connecting(error)


_ASK: Mapping[str, Callable[[Any], Iterable[str]]] = {
    "psycopg": _postgres,
    "pymongo": _mongo,
    "clickhouse_driver": _clickhouse,
    "confluent_kafka": _kafka,
    "cimpl": _kafka,
    "aiokafka": _kafka_of_faust,
    "redis": _redis,
    "ssl": _tls,
    "socket": _resolving,
    "httpx": _http,
    "httpcore": _http,
    "httpx2": _http,
}
"""By the package that an error's class, or the nearest one that it is derived from, is of."""
