"""MongoDB's collection of raw reviews: the first document creates it, but not its index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pymongo
from pymongo.collection import Collection
from pymongo.errors import PyMongoError

from connectors.faults import Fault
from connectors.mongo import FAULTS
from operations.migrate.migratable import StoreState
from schemas.errors import TransientError, Unavailable
from telemetry.error_text import named_text

INDEX = [("tenant_id", pymongo.ASCENDING), ("year_month", pymongo.ASCENDING)]


class RawStore:
    """The collection with its index. Building the index does not block writers."""

    name = "mongo"

    def __init__(self, raw_reviews: Callable[[], Collection[dict[str, Any]]]) -> None:
        self._raw_reviews = raw_reviews

    def inspect(self) -> StoreState:
        """Whether the index is there."""
        collection = self._raw_reviews()
        what = f"{collection.name}({', '.join(field for field, _ in INDEX)})"
        try:
            there = any(each["key"] == INDEX for each in collection.index_information().values())
        except PyMongoError as error:
            raise _meaning(error) from error
        return StoreState(self.name, [what] if there else [], [] if there else [what])

    def apply_missing(self) -> None:
        """Create the index."""
        try:
            self._raw_reviews().create_index(INDEX)
        except PyMongoError as error:
            raise _meaning(error) from error


def _meaning(error: PyMongoError) -> Unavailable | TransientError:
    name = named_text(error)
    if FAULTS.of(error) is Fault.TRANSIENT:
        return TransientError(
            f"MongoDB does not answer ({name}): start it, correct REVIEWSTREAM_MONGO_URL, or try again"
        )
    return Unavailable(f"MongoDB refuses ({name}): its user needs the role readWrite on REVIEWSTREAM_MONGO_DATABASE")
