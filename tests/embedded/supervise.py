"""Runs a supervisor for the tests: `supervise.py DATA_DIR SERVERS [NAME=SCRIPT ...]`, servers separated by commas."""

from __future__ import annotations

import sys
from pathlib import Path

from embedded.supervisor import Supervisor
from embedded.worker import Worker


def main(data_dir: str, servers: str, *workers: str) -> None:
    named = (worker.split("=", 1) for worker in workers)
    parts = [Worker(name, [sys.executable, script], ready_seconds=60, stop_seconds=4) for name, script in named]
    Supervisor(Path(data_dir), parts, servers=[name for name in servers.split(",") if name], on_progress=print).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
