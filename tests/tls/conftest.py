"""Servers that speak TLS, each once for all these tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from embedded.clickhouse import ClickHouse
from embedded.datadir import DataDir
from embedded.secantus import Secantus
from tests.debian import postgres, redis
from tests.debian.postgres import DebianPostgres
from tests.debian.redis import TlsRedis
from tests.servers import running
from tests.tls.authority import Certificates
from tests.tls.broker import TlsKafka
from tests.tls.everything import encrypted
from tests.tls.front import tls_front

__all__ = ["encrypted"]


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def tls_data(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    return DataDir(tmp_path_factory.mktemp("tls-servers"))


@pytest.fixture(scope="session")
def tls_kafka(tls_data: DataDir, certificates: Certificates) -> Iterator[TlsKafka]:
    yield from running(TlsKafka(tls_data, certificates))


@pytest.fixture(scope="session")
def tls_postgres(tls_data: DataDir, certificates: Certificates) -> Iterator[DebianPostgres]:
    postgres.require()
    yield from running(DebianPostgres(tls_data, certificates.server))


@pytest.fixture(scope="session")
def tls_redis(tls_data: DataDir, certificates: Certificates) -> Iterator[TlsRedis]:
    yield from running(TlsRedis(tls_data, redis.binary(), certificates.server, certificates.ca))


@pytest.fixture(scope="session")
def tls_mongo_url(secantus: Secantus, certificates: Certificates) -> Iterator[str]:
    with tls_front(secantus.port, certificates.server) as port:
        yield behind(secantus, port, certificates)


@pytest.fixture(scope="session")
def tls_clickhouse_url(clickhouse: ClickHouse, certificates: Certificates) -> Iterator[str]:
    with tls_front(clickhouse.port, certificates.server) as port:
        yield behind(clickhouse, port, certificates)


def behind(server: ClickHouse | Secantus, port: int, certificates: Certificates) -> str:
    """The URL of the server behind a TLS front on that port. A member of a replica set would be asked for its own."""
    if isinstance(server, ClickHouse):
        return f"clickhouses{server.url.removeprefix('clickhouse')}?ca_certs={certificates.ca}".replace(
            f":{server.port}/", f":{port}/"
        )
    direct = server.url.replace(f":{server.port}/", f":{port}/").replace("replicaSet=secantus", "directConnection=true")
    return f"{direct}&tls=true&tlsCAFile={certificates.ca}"
