"""A whole set of servers that are reached with TLS only, as settings in an environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.databases import DATABASES
from tests.debian.postgres import DebianPostgres
from tests.debian.redis import TlsRedis
from tests.tls.authority import Certificates
from tests.tls.broker import TlsKafka

URLS = [f"REVIEWSTREAM_{name.upper()}_URL" for name in (*DATABASES, "kafka", "mongo", "clickhouse", "redis")]


@pytest.fixture(scope="session")
def encrypted(
    tls_postgres: DebianPostgres,
    tls_kafka: TlsKafka,
    tls_redis: TlsRedis,
    tls_mongo_url: str,
    tls_clickhouse_url: str,
    certificates: Certificates,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, str]:
    """Settings by variable."""
    options = ("sslmode=verify-full", f"sslrootcert={certificates.ca}")
    urls = [
        *(tls_postgres.url(*options, database=name) for name in DATABASES),
        tls_kafka.sasl_url(),
        tls_mongo_url,
        tls_clickhouse_url,
        tls_redis.url(f"ssl_ca_certs={certificates.ca}"),
    ]
    directory: Path = tmp_path_factory.mktemp("encrypted")
    few = {
        "REVIEWSTREAM_PARTITIONS": "1",
        "REVIEWSTREAM_DATA_DIR": str(directory),
        "REVIEWSTREAM_STEPS": "collect,store",
    }
    return {**dict(zip(URLS, urls, strict=True)), **few}
