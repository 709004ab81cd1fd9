"""`python -m tests.debian [PATH…]`: the suite on Debian's PostgreSQL and Redis, by TLS, instead of the wheels' builds.

Runs the tests that reach one of the two. Servers listen on loopback, and end with this process.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from reviewstream.embedded.datadir import DataDir
from tests.debian import postgres, redis
from tests.tls.authority import Certificates

PYTEST = ("-m", "pytest", "-n", "2", "--no-loadscope-reorder", "--elsewhere")


def main(arguments: Sequence[str]) -> int:
    """The exit code of pytest."""
    with TemporaryDirectory() as made:
        directory = Path(made)
        certificates, data = Certificates(directory), DataDir(directory / "data")
        database = postgres.DebianPostgres(data, certificates.server)
        cache = redis.TlsRedis(data, redis.binary(), certificates.server, certificates.ca)
        servers = (database, cache)
        try:
            for server in servers:
                server.start()
                print(server.ping(), file=sys.stderr)
            urls = {
                "REVIEWSTREAM_TEST_POSTGRES_URL": database.url("sslmode=verify-full", f"sslrootcert={certificates.ca}"),
                "REVIEWSTREAM_TEST_REDIS_URL": cache.url(f"ssl_ca_certs={certificates.ca}"),
            }
            argv = [sys.executable, *PYTEST, *(arguments or ["tests"])]
            return subprocess.run(argv, env={**os.environ, **urls}, check=False).returncode
        finally:
            for server in servers:
                server.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
