"""MongoDB: the client, and the classification of its errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pymongo
from bson.errors import InvalidBSON, InvalidDocument
from pymongo import errors

from connectors.faults import Fault, Faults, by_code


def _codes(error: Exception) -> Iterator[object]:
    """The codes of each refused write and write concern, then the error's own."""
    details = getattr(error, "details", None)
    if isinstance(details, Mapping):
        yield from (
            each.get("code") for kind in ("writeErrors", "writeConcernErrors") for each in details.get(kind, ())
        )
    yield getattr(error, "code", None)


FAULTS = Faults(
    {
        errors.PyMongoError: Fault.PERMANENT,
        errors.ConnectionFailure: Fault.TRANSIENT,
        errors.ExecutionTimeout: Fault.TRANSIENT,
        errors.WTimeoutError: Fault.TRANSIENT,
        errors.CursorNotFound: Fault.TRANSIENT,
        errors.WriteError: Fault.POISON,
        errors.BulkWriteError: Fault.POISON,
        InvalidBSON: Fault.POISON,
        InvalidDocument: Fault.POISON,
        errors.ConfigurationError: Fault.FATAL,
    },
    by_code(
        {
            # UserNotFound, Unauthorized, AuthenticationFailed, UnsatisfiableWriteConcern, MechanismUnavailable, Atlas
            Fault.FATAL: (11, 13, 18, 100, 334, 8000),
            # Host and network, lock and time limits, shutdown and stepping down, write concern and conflict, disk full;
            # 1 and 8 are the server's own troubles, such as a failed storage engine: no document is at fault
            Fault.TRANSIENT: (
                *(1, 8, 6, 7, 24, 50, 64, 89, 91, 112, 133, 189, 202, 262),
                *(9001, 10107, 11600, 11602, 13435, 13436, 14031),
            ),
        }
    ),
    _codes,
)
TRANSIENT = FAULTS.named(Fault.TRANSIENT)


def connect(url: str, *, timeout: float = 10.0) -> pymongo.MongoClient[dict[str, Any]]:
    """A client that writes with majority concern and waits up to `timeout` seconds for a server."""
    return pymongo.MongoClient(
        url,
        w="majority",
        journal=True,
        serverSelectionTimeoutMS=int(timeout * 1000),
        socketTimeoutMS=int(timeout * 2000),
        maxPoolSize=4,
        tz_aware=True,
        uuidRepresentation="standard",
        appname="reviewstream",
    )
