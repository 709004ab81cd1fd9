"""The follower: what others write into the raw store enters the pipeline, without Kafka Connect.

A resume token is kept once the broker has confirmed everything before it, so that an end of any kind repeats, and loses
nothing; the gate knows repeats. Where the token is too old, all that stands is sent again before new changes are.
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
from telemetry.metrics import FOLLOWED, RESYNCS

log = structlog.get_logger(__name__)
KEEP_EVERY = 5.0
"""Seconds between two tokens kept while only others' changes pass."""
Documents = Sequence[Mapping[str, Any]]
Token = Mapping[str, Any]


class Feed(Protocol):
    """An open stream of changes; see connectors.change_stream.ChangeFeed."""

    @property
    def token(self) -> Token | None:
        """Where a later feed goes on."""
        ...

    def next(self, seconds: float) -> Documents:
        """Documents changed; none after `seconds`. Raises HistoryLost."""
        ...


class Source(Protocol):
    """What is followed; see connectors.change_stream.Changes."""

    def after(self, token: Token | None) -> AbstractContextManager[Feed]:
        """The changes after `token`, or from now on."""
        ...

    def snapshot(self) -> Iterator[Documents]:
        """All documents."""
        ...


class Tokens(Protocol):
    """Where tokens are kept; see services.inbound.resume_tokens.ResumeTokens."""

    def get(self, name: str) -> Token | None:
        """The token kept last."""
        ...

    def keep(self, name: str, token: Token) -> None:
        """Everything up to this token is handled durably."""
        ...

    def forget(self, name: str) -> None:
        """The token is of no use any more."""
        ...


class ChangeStreamConsumer:
    """Follows one source. Any number may run: their repeats are recognised by the gate.

    `wait` bounds, in seconds, how long a stop waits for it, and `pause` is between two tries.
    """

    def __init__(
        self, name: str, source: Source, tokens: Tokens, sender: Sender, *, pause: float = 2.0, wait: float = 1.0
    ) -> None:
        self._name, self._source, self._tokens, self._sender = name, source, tokens, sender
        self._pause, self._wait = pause, wait

    def run(self, stop: threading.Event) -> None:
        """Follow until `stop` is set; what fails transiently is tried again after a pause."""
        while not stop.is_set():
            try:
                self._round(stop)
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("follower.cannot_follow", follower=self._name, error=type(error).__name__)
                stop.wait(self._pause)

    def _round(self, stop: threading.Event) -> None:
        try:
            self._follow(self._tokens.get(self._name), stop)
        except HistoryLost as lost:
            log.warning("follower.history_lost", follower=self._name, why=str(lost))
            self._tokens.forget(self._name)  # so the next round begins with all that stands
            stop.wait(self._pause)

    def _follow(self, token: Token | None, stop: threading.Event) -> None:
        with self._source.after(token) as feed:
            if token is None and not self._resynced(feed, stop):
                return
            kept = time.monotonic()
            while not stop.is_set():
                found = feed.next(self._wait)
                self._send(found)
                if found or time.monotonic() - kept >= KEEP_EVERY:
                    self._keep(feed)
                    kept = time.monotonic()

    def _resynced(self, feed: Feed, stop: threading.Event) -> bool:
        """Send all that stands; the feed was opened before, so what changes meanwhile comes after. False if stopped."""
        first = feed.next(0)  # so that the feed has a token
        token = None if first else feed.token
        RESYNCS.labels(self._name).inc()
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
        log.info("follower.resynced", follower=self._name, documents=count)
        return True

    def _send(self, documents: Documents) -> None:
        if documents:
            self._sender.send([message(each) for each in documents])
            FOLLOWED.labels(self._name).inc(len(documents))

    def _keep(self, feed: Feed) -> None:
        if feed.token is not None:
            self._tokens.keep(self._name, feed.token)
