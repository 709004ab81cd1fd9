"""One stack whose stores are lost one after the other; its reviews are the same all the time."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from telemetry import failpoints
from tests.e2e.pipeline import Pipeline, wait_for
from tests.untraced import untraced

RECOVERY_POINTS = ("recovery.replaced", "recovery.sent")
TENANT = "harbour"
ROW = '{{"id": "{id}", "text": "{text}", "rating": 4, "date": "2026-09-01"}}\n'


@dataclass
class Installation(Pipeline):
    """A stack that may lose things while it is down, and what it should hold."""

    published: int = 0

    def publish(self, count: int) -> None:
        """So many new reviews, and one row that is refused; returns when all is through."""
        self.send(count)
        self.until_quiet()

    def send(self, count: int) -> None:
        """The same, without waiting."""
        ids = range(self.published, self.published + count)
        rows = [ROW.format(id=f"r{number}", text=f"The tea was hot on day {number}.") for number in ids]
        rows.append(ROW.format(id=f"bad{self.published}", text="").replace('"rating": 4, ', ""))
        given = "".join(rows).encode()
        self.run("publish", "-", "--format", "jsonl", "--tenant", TENANT, "--source", "kiosk", "--no-wait", stdin=given)
        self.published += count

    def lose(self, *names: str) -> None:
        """Stop, remove these from the data directory, and start again."""
        self.close()
        self.ok("down")
        for name in names:
            path = self.data_dir / name
            assert path.exists(), f"{path} is not there to be lost"
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def up(self) -> str:
        """What it says on stderr."""
        done = self.run("up", "--detach")
        assert done.returncode == 0, done.stderr.decode()
        return done.stderr.decode()

    def losses(self) -> dict[str, str]:
        """By store, what `recover --dry-run` finds."""
        found: dict[str, Any] = self.json("recover", "--dry-run")
        assert found["unknown"] == []
        return {each["store"]: each["what"] for each in found["losses"]}

    def recovered(self) -> None:
        """Recover, and see that every store has every review again."""
        self.ok("recover", "--yes")
        self.until_quiet()
        self.ok("verify")
        assert self.losses() == {}
        assert self.documents() == self.published

    def dies_at(self, point: str) -> None:
        """A recovery is killed there."""
        argv = [sys.executable, "-m", "reviewstream", "recover", "--yes", "--data-dir", str(self.data_dir)]
        env = {**untraced(), failpoints.PLAN: f"{point}=crash"}
        assert (
            subprocess.run(argv, capture_output=True, check=False, timeout=120, env=env).returncode == -signal.SIGKILL
        )

    def documents(self) -> int:
        """Of ours in the raw store."""
        return self.parts.raw_reviews.count_documents({"review_id": {"$exists": True}})

    def works(self) -> None:
        """A new review goes all the way."""
        self.publish(1)
        # A worker of a topic that was recreated notices within 15 s; until then nothing seems to wait.
        wait_for(lambda: self.parts.event_log.head() >= 6 * self.published, "the new review does not come through", 60)
        self.until_quiet()
        assert self.parts.event_log.head() == 6 * self.published
        self.ok("verify")
        wait_for(lambda: self.documents() == self.published, "the raw store lacks the new review", 30)


@pytest.fixture(scope="package")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    running = Installation(Path(tmp_path_factory.mktemp("recovery")) / "data")
    running.up()
    try:
        running.ok("tenant", "create", TENANT)
        running.publish(20)
        yield running
    finally:
        running.close()
        running.run("down")
