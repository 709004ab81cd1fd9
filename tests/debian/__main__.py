"""`python -m tests.debian`: the suite on Debian's PostgreSQL and Redis, by TLS, and the driver's tests on its ClickHouse.

Of the suite it runs what reaches PostgreSQL or Redis; paths in the arguments narrow that down, and leave ClickHouse out.
Servers listen on loopback, and end with this process.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from embedded.datadir import DataDir
from embedded.server import Server
from tests.debian import clickhouse, postgres, redis
from tests.tls.authority import Certificates

SUITE = ("-m", "", "-n", "2", "--no-loadscope-reorder", "--elsewhere")
DRIVER = ("tests/gateway",)


def main(arguments: Sequence[str]) -> int:
    """0 when all passed. Ends at once where PostgreSQL or Redis is missing; says so where ClickHouse is."""
    try:
        postgres.require()
        redis_server = redis.binary()
    except pytest.skip.Exception as missing:  # that it may skip is for tests; who asked for these servers wants them
        print(missing.msg, file=sys.stderr)
        return 1
    with TemporaryDirectory() as made, ExitStack() as running:
        certificates = Certificates(Path(made))
        data, ca = DataDir(Path(made) / "data"), certificates.ca
        database = postgres.DebianPostgres(data, certificates.server)
        cache = redis.TlsRedis(data, redis_server, certificates.server, ca)
        analytics = clickhouse.DebianClickHouse(data)
        for server in (database, cache):
            running.enter_context(serving(server))
        urls = {
            "REVIEWSTREAM_TEST_POSTGRES_URL": database.url("sslmode=verify-full", f"sslrootcert={ca}"),
            "REVIEWSTREAM_TEST_REDIS_URL": cache.url(f"ssl_ca_certs={ca}"),
        }
        code = suite(urls, *SUITE, *(arguments or ["tests"]))
        if arguments:
            return code
        if not clickhouse.BINARY.exists():
            print(f"without ClickHouse: {clickhouse.GET_IT}", file=sys.stderr)
            return code
        running.enter_context(serving(analytics))
        return code or suite({"REVIEWSTREAM_TEST_CLICKHOUSE_URL": analytics.url}, *DRIVER)


@contextmanager
def serving(server: Server) -> Iterator[None]:
    """While the block lasts."""
    server.start()
    try:
        print(server.ping(), file=sys.stderr)
        yield
    finally:
        server.stop()


def suite(urls: Mapping[str, str], *arguments: str) -> int:
    """Its exit code, with these variables."""
    argv = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(argv, env={**os.environ, **urls}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
