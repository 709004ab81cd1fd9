"""Valkey as a child process."""

from __future__ import annotations

import pytest
import redis

from embedded.valkey import Valkey


def test_value_expires_and_comes_back_before(valkey: Valkey) -> None:
    with redis.Redis.from_url(valkey.url) as client:
        client.set("k", "v", ex=60)
        assert client.get("k") == b"v"
        assert client.ttl("k") in range(1, 61)


def test_no_password_is_refused(valkey: Valkey) -> None:
    with (
        redis.Redis.from_url("redis://" + valkey.url.partition("@")[2]) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()
