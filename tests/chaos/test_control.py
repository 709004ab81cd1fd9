"""The control: the same failure that our agents survive makes a stock Faust agent lose a batch."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from connectors.kafka import ConfirmingProducer, Outgoing, create_topics
from connectors.kafka_groups import committed as group_stands
from schemas.errors import TransientError
from tests.chaos.stock_agent import BATCH
from tests.untraced import untraced
from tests.waiting import until

PROGRAM = Path(__file__).with_name("stock_agent.py")
SENT = [b"%d" % number for number in range(10 * BATCH)]


class Keeper:
    """Starts the worker, and again whenever it ended, as a supervisor does."""

    def __init__(self, kind: str, bootstrap: str, topic: str, directory: Path) -> None:
        self.argv = [sys.executable, str(PROGRAM), kind, bootstrap, topic, str(directory)]
        self.taken, self.log = directory / "taken", directory / "log"
        self.process: subprocess.Popen[bytes] | None = None

    def keep(self) -> None:
        if self.process is None or self.process.poll() is not None:
            environment = {**untraced(), "PYTHONPATH": str(PROGRAM.parents[2])}
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(self.argv, env=environment, stdout=log, stderr=log)

    def found(self) -> list[bytes]:
        return self.taken.read_bytes().split() if self.taken.exists() else []


@contextmanager
def kept(kind: str, bootstrap: str, directory: Path) -> Iterator[tuple[Keeper, str]]:
    topic = f"control-{uuid4()}"
    create_topics(bootstrap, {topic: 1})
    ConfirmingProducer(bootstrap).send([Outgoing(topic, None, value) for value in SENT])
    keeper = Keeper(kind, bootstrap, topic, directory)
    try:
        yield keeper, topic
    finally:
        if keeper.process is not None:
            keeper.process.kill()
            keeper.process.wait()


def committed(bootstrap: str, group: str, topic: str) -> int:
    try:
        return group_stands(bootstrap, group, topic, 1).get(0, 0)
    except TransientError:  # the group's coordinator is not found yet
        return 0


def lost(keeper: Keeper, group: str, topic: str, bootstrap: str) -> set[bytes]:
    """What lies before the committed offset, so that nobody will be given it again, and was never taken."""
    return set(SENT[: max(0, committed(bootstrap, group, topic))]) - set(keeper.found())


@pytest.mark.long
def test_a_stock_agent_loses_the_batch_that_failed(kafka_bootstrap: str, tmp_path: Path) -> None:
    with kept("stock", kafka_bootstrap, tmp_path) as (keeper, topic):

        def gone() -> set[bytes]:
            keeper.keep()
            return lost(keeper, "stock", topic, kafka_bootstrap)

        assert len(until(gone, 300)) >= BATCH


@pytest.mark.long
def test_an_agent_of_ours_loses_nothing(kafka_bootstrap: str, tmp_path: Path) -> None:
    with kept("ours", kafka_bootstrap, tmp_path) as (keeper, topic):

        def passed() -> bool:
            keeper.keep()
            return set(keeper.found()) >= set(SENT)

        until(passed, 300)
        assert (tmp_path / "failed").exists()
        assert len(keeper.found()) == len(SENT)
        assert not lost(keeper, "ours", topic, kafka_bootstrap)
