"""Redis or Valkey: the client of the cache, and the classification of its errors."""

from __future__ import annotations

import redis
from redis import exceptions

from connectors.faults import Fault, Faults

FAULTS = Faults(
    {
        redis.RedisError: Fault.PERMANENT,
        redis.ConnectionError: Fault.TRANSIENT,
        redis.TimeoutError: Fault.TRANSIENT,
        redis.BusyLoadingError: Fault.TRANSIENT,
        redis.ReadOnlyError: Fault.TRANSIENT,  # a replica, until it is promoted
        redis.OutOfMemoryError: Fault.TRANSIENT,
        exceptions.ClusterDownError: Fault.TRANSIENT,
        exceptions.TryAgainError: Fault.TRANSIENT,
        redis.DataError: Fault.POISON,
        redis.AuthenticationError: Fault.FATAL,
        redis.AuthenticationWrongNumberOfArgsError: Fault.FATAL,
        exceptions.AuthorizationError: Fault.FATAL,
        exceptions.NoPermissionError: Fault.FATAL,
    }
)
TRANSIENT = FAULTS.named(Fault.TRANSIENT)


def connect(url: str, *, timeout: float = 1.0) -> redis.Redis:
    """A client that gives up after `timeout` seconds: a cache that is down must only cost time."""
    return redis.Redis.from_url(url, socket_timeout=timeout, socket_connect_timeout=timeout, health_check_interval=15)
