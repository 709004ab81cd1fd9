"""Reads a MongoDB collection: changes by change stream, after a resume token, and its current documents by scan."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

from pymongo import ASCENDING
from pymongo.change_stream import ChangeStream
from pymongo.collection import Collection
from pymongo.errors import OperationFailure, PyMongoError

from schemas.errors import ReviewstreamError

Document: TypeAlias = dict[str, Any]
Token: TypeAlias = Mapping[str, Any]
ENDING = frozenset({"drop", "rename", "dropDatabase", "invalidate"})
"""Changes after which a stream ends."""
LOST = frozenset({9, 260, 280, 286})
"""Error codes that MongoDB has for a token that it cannot resume from, and for nothing else: FailedToParse, InvalidResumeToken,
ChangeStreamFatalError, ChangeStreamHistoryLost. Others are found out, see `Changes`."""
WAIT_MS = 500


class HistoryLost(ReviewstreamError):
    """Changes after the token are no longer available: only a scan shows their result."""


class Changes:
    """Documents of one collection that match `wanted`, a filter, as they are after each insert, replacement or update.

    Deletions are not reported. `batch` bounds how many documents come at a time.
    """

    def __init__(self, collection: Collection[Document], wanted: Document, *, batch: int = 500) -> None:
        self._collection, self._wanted, self._batch = collection, wanted, batch

    @contextmanager
    def after(self, token: Token | None) -> Iterator[ChangeFeed]:
        """The changes after `token`, or from now on. Raises HistoryLost and the driver's errors."""
        with self._opened(token) as stream:
            yield ChangeFeed(stream, self._batch, lambda error: self._refuses(stream.resume_token or token, error))

    def _opened(self, token: Token | None) -> ChangeStream[Document]:
        try:
            return self._watch(token)
        except OperationFailure as error:
            if self._refuses(token, error):
                raise HistoryLost(f"the server does not resume from the token (code {error.code})") from error
            raise

    def _refuses(self, token: Token | None, error: OperationFailure) -> bool:
        """Whether it is the token that the server cannot use, whatever code it gives for that.

        Servers differ in their codes, and give some of them for other troubles as well (13 for missing rights). So
        ask again: without the token, and then with it.
        """
        if token is None:
            return False
        if error.code in LOST or error.has_error_label("NonResumableChangeStreamError"):
            return True
        try:
            self._watch(None).close()
        except PyMongoError:
            return False
        try:
            self._watch(token).close()
        except OperationFailure:
            return True
        return False

    def _watch(self, token: Token | None) -> ChangeStream[Document]:
        matching = {f"fullDocument.{name}": condition for name, condition in self._wanted.items()}
        changed = {"operationType": {"$in": ["insert", "replace", "update"]}, **matching}
        return self._collection.watch(
            [{"$match": {"$or": [changed, {"operationType": {"$in": sorted(ENDING)}}]}}],
            full_document="updateLookup",
            resume_after=token,
            max_await_time_ms=WAIT_MS,
            batch_size=self._batch,
        )

    def snapshot(self) -> Iterator[Sequence[Document]]:
        """All matching documents by _id, in batches; short queries, so that no cursor stays open while they are handled."""
        last: Document = {}
        while True:
            found = self._collection.find({**self._wanted, **last}).sort("_id", ASCENDING).limit(self._batch)
            if not (page := list(found)):
                return
            yield page
            last = {"_id": {"$gt": page[-1]["_id"]}}


class ChangeFeed:
    """An open change stream."""

    def __init__(self, stream: ChangeStream[Document], batch: int, lost: Callable[[OperationFailure], bool]) -> None:
        """`lost`: whether an error means that the stream cannot resume from where it is; the driver tries that by itself."""
        self._stream, self._most, self._lost = stream, batch, lost

    @property
    def token(self) -> Token | None:
        """Where a later feed resumes; it also advances with changes that do not match."""
        return self._stream.resume_token

    def next(self, seconds: float) -> Sequence[Document]:
        """The changed documents, in order, as soon as there are any; none after `seconds`. Raises HistoryLost."""
        found: list[Document] = []
        until = time.monotonic() + seconds
        while len(found) < self._most:
            change = self._next()
            if change is None:
                if found or time.monotonic() >= until:
                    break
            elif change["operationType"] in ENDING:
                raise HistoryLost(f"the collection was ended by {change['operationType']}")
            elif change["fullDocument"] is not None:  # or it was deleted meanwhile
                found.append(change["fullDocument"])
        return found

    def _next(self) -> Mapping[str, Any] | None:
        try:
            return self._stream.try_next()
        except OperationFailure as error:
            if self._lost(error):
                raise HistoryLost(f"the server does not resume from the token (code {error.code})") from error
            raise
