"""Debian's Redis, which listens with TLS only."""

from __future__ import annotations

import pytest

from connectors import redis
from connectors.preflight import preflight
from schemas.errors import Unavailable
from tests.debian.redis import TlsRedis
from tests.tls.authority import Certificates


def test_values_come_back(tls_redis: TlsRedis, certificates: Certificates):
    client = redis.connect(tls_redis.url(f"ssl_ca_certs={certificates.ca}"))
    assert client.set("tls", b"1")
    assert client.get("tls") == b"1"
    client.close()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda server, made: server.url(f"ssl_ca_certs={made.other_ca}"), "signed by no authority.*ssl_ca_certs"),
        (lambda server, made: server.url(), "signed by no authority.*ssl_ca_certs"),
        (lambda server, made: server.url(f"ssl_ca_certs={made.ca}", password="mistyped"), "refuses the user or the password"),
        (lambda server, made: server.url().replace("rediss:", "redis:").rstrip("?"), "speaks TLS on this port; use rediss://"),
    ],
    ids=["other authority", "no authority", "password", "plaintext client"],
)  # fmt: skip
def test_what_the_server_refuses_is_told_with_setting_and_fix(tls_redis, certificates, change, told: str):
    with pytest.raises(Unavailable, match=f"^REVIEWSTREAM_REDIS_URL: .*{told}") as caught:
        preflight("redis", change(tls_redis, certificates))
    assert "mistyped" not in str(caught.value)
