"""The change-stream consumer: what other clients write into the raw store enters the pipeline, without Kafka Connect.

A resume token is stored once the broker has confirmed everything before it, so that a crash repeats documents and loses
none; repeats are deduplicated. If the token is too old, a snapshot is sent before new changes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import structlog

from connectors.change_stream import HistoryLost
from connectors.retry import is_transient
from connectors.sender import Sender
from sources.raw_store.documents import message
from telemetry.error_text import plain_text
from telemetry.metrics import CHANGE_STREAM_DOCUMENTS, CHANGE_STREAM_RESYNCS, PART_FAILING

log = structlog.get_logger(__name__)
KEEP_EVERY = 5.0
"""Seconds between two stored tokens while no change matches."""
Documents = Sequence[Mapping[str, Any]]
Token = Mapping[str, Any]


class Feed(Protocol):
    """An open stream of changes; see connectors.change_stream.ChangeFeed."""

    @property
    def token(self) -> Token | None:
        """Where a later feed resumes."""
        ...

    def next(self, seconds: float) -> Documents:
        """The changed documents; none after `seconds`. Raises HistoryLost."""
        ...


class Source(Protocol):
    """The collection; see connectors.change_stream.Changes."""

    def after(self, token: Token | None) -> AbstractContextManager[Feed]:
        """The changes after `token`, or from now on."""
        ...

    def snapshot(self) -> Iterator[Documents]:
        """All current documents."""
        ...


class Tokens(Protocol):
    """The store of tokens; see services.inbound.resume_tokens.ResumeTokens."""

    def get(self, name: str) -> Token | None:
        """The last stored token."""
        ...

    def keep(self, name: str, token: Token) -> None:
        """Store the token: everything before it is handled durably."""
        ...

    def forget(self, name: str) -> None:
        """Delete the token, which is no longer usable."""
        ...


class ChangeStreamConsumer:
    """Consumes one source. Any number may run: their repeats are deduplicated.

    `wait` bounds, in seconds, how long a stop waits for it; `pause` is the time between two attempts, and `rest` that
    after an error that needs somebody. `trouble` names such an error while it lasts, and is empty otherwise.
    """

    def __init__(
        self,
        name: str,
        source: Source,
        tokens: Tokens,
        sender: Sender,
        *,
        pause: float = 2.0,
        rest: float = 30.0,
        wait: float = 1.0,
    ) -> None:
        self._name, self._source, self._tokens, self._sender = name, source, tokens, sender
        self._pause, self._rest, self._wait = pause, rest, wait
        self.trouble = ""

    def run(self, stop: threading.Event) -> None:
        """Consume until `stop` is set.

        It raises nothing: what others write into the raw store must not hold up reviews that come by Kafka. Whatever
        fails is tried again, transient failures soon.
        """
        self._settled()
        while not stop.is_set():
            try:
                self._round(stop)
            except Exception as error:  # noqa: BLE001 - whatever it is must not hold up the other parts
                if is_transient(error):
                    log.warning("change_stream.retrying", subscriber=self._name, error=type(error).__name__)
                    stop.wait(self._pause)
                else:
                    self._failed(error)
                    stop.wait(self._rest)

    def _failed(self, error: Exception) -> None:
        log.error("change_stream.failed", subscriber=self._name, exc_info=error)
        self.trouble = f"{self._name} is not followed: {plain_text(error)}"
        PART_FAILING.labels(self._name).set(1)

    def _settled(self) -> None:
        self.trouble = ""
        PART_FAILING.labels(self._name).set(0)

    def _round(self, stop: threading.Event) -> None:
        try:
            self._consume(self._tokens.get(self._name), stop)
        except HistoryLost as lost:
            log.warning("change_stream.history_lost", subscriber=self._name, why=str(lost))
            self._tokens.forget(self._name)  # so that the next round begins with a snapshot
            stop.wait(self._pause)

    def _consume(self, token: Token | None, stop: threading.Event) -> None:
        with self._source.after(token) as feed:
            if token is None and not self._resynced(feed, stop):
                return
            kept = time.monotonic()
            while not stop.is_set():
                found = feed.next(self._wait)
                self._send(found)
                self._settled()
                if found or time.monotonic() - kept >= KEEP_EVERY:
                    self._keep(feed)
                    kept = time.monotonic()

    def _resynced(self, feed: Feed, stop: threading.Event) -> bool:
        """Send a snapshot; the feed is open already, so changes made meanwhile follow. False if stopped."""
        first = feed.next(0)  # so that the feed has a token
        token = None if first else feed.token
        CHANGE_STREAM_RESYNCS.labels(self._name).inc()
        count = 0
        for page in self._source.snapshot():
            self._send(page)
            count += len(page)
            if stop.is_set():
                return False
        self._send(first)
        if token is not None:
            self._tokens.keep(self._name, token)
        else:
            self._keep(feed)
        log.info("change_stream.resynced", subscriber=self._name, documents=count)
        return True

    def _send(self, documents: Documents) -> None:
        if documents:
            self._sender.send([message(each) for each in documents])
            CHANGE_STREAM_DOCUMENTS.labels(self._name).inc(len(documents))

    def _keep(self, feed: Feed) -> None:
        if feed.token is not None:
            self._tokens.keep(self._name, feed.token)
