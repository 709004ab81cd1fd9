"""Valkey as a child process."""

from __future__ import annotations

import pytest
import redis


def test_value_expires_and_comes_back_before(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.set("k", "v", ex=60)
        assert client.get("k") == b"v"
        assert client.ttl("k") in range(1, 61)


def test_no_password_is_refused(redis_url: str) -> None:
    with (
        redis.Redis.from_url("redis://" + redis_url.partition("@")[2]) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()
