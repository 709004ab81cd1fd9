"""Redis or Valkey of the cache."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from redis.exceptions import NoPermissionError

from connectors import redis
from connectors.endpoints import endpoint
from reviewstream.doctor.clock import clock
from reviewstream.doctor.encryption import encryption, handshake
from reviewstream.doctor.findings import Finding, Findings, Subject

OLDEST = 6
SECONDS = 10


def examine(subject: Subject, url: str) -> Findings:
    """Raises RedisError for checks that could not run."""
    client: Any = redis.connect(url, timeout=5)
    try:
        client.ping()
        yield subject.ok("login", "accepted")
        yield subject.at_least(str(client.info("server")["redis_version"]), OLDEST)
        place = endpoint("redis", url)
        yield encryption(subject, place, handshake(place))
        yield clock(subject, lambda: _seconds(*client.time()))
        yield _keys(subject, client)
    finally:
        client.close()


def _seconds(seconds: int, microseconds: int) -> float:
    return seconds + microseconds / 1e6


def _keys(subject: Subject, client: Any) -> Finding:
    key = f"reviewstream:doctor:{uuid4().hex}"
    try:
        client.set(key, b"1", ex=SECONDS)
        found = client.get(key)
        client.delete(key)
    except NoPermissionError:
        return subject.problem(
            "rights", "may not set, get and delete keys", "ACL SETUSER … ~reviewstream:* +@read +@write +@connection"
        )
    return subject.ok("rights", "sets, gets, deletes") if found else subject.problem(
        "rights", "a key vanished at once", "give the server more memory, or another maxmemory-policy"
    )  # fmt: skip
