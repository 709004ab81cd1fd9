"""MongoDB: the client, and which of its errors pass by themselves."""

from __future__ import annotations

from typing import Any

import pymongo
from pymongo import errors

TRANSIENT: tuple[type[Exception], ...] = (errors.ConnectionFailure, errors.ExecutionTimeout, errors.WTimeoutError)


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
