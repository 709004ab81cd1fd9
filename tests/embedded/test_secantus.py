"""SecantusDB as a child process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pymongo import MongoClient, WriteConcern
from pymongo.errors import OperationFailure

from embedded.datadir import DataDir
from embedded.hung_server import Panic
from embedded.secantus import Secantus
from tests.servers import running
from tests.waiting import until


def test_document_comes_back(secantus: Secantus) -> None:
    with MongoClient(secantus.url) as client:
        papers = client.library.get_collection("papers", write_concern=WriteConcern("majority"))
        papers.insert_one({"_id": 1, "title": "a"})
        assert papers.find_one({"_id": 1}) == {"_id": 1, "title": "a"}


def test_no_password_is_refused(secantus: Secantus) -> None:
    anonymous = "mongodb://" + secantus.url.partition("@")[2].partition("?")[0] + "?directConnection=true"
    with MongoClient(anonymous) as client, pytest.raises(OperationFailure, match="auth"):
        client.library.papers.find_one()


@pytest.fixture
def own_secantus(tmp_path: Path) -> Iterator[Secantus]:
    yield from running(Secantus(DataDir(tmp_path)))


def test_one_whose_storage_gave_up_is_ended_and_can_be_started_again(own_secantus: Secantus) -> None:
    """The line is planted here; tests/faults/test_limits.py fills a disk until the engine writes it."""
    child = own_secantus.child
    assert child is not None
    with own_secantus.log.open("ab") as log:
        log.write(b"log server error: WT_PANIC: WiredTiger library panic\n")
    until(lambda: child.exit_code is not None)
    own_secantus.start()
    assert own_secantus.health().ok


def test_a_panic_is_seen_in_parts_and_only_from_now_on(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert Panic(log)._at == 0
    log.write_bytes(b"WT_PANIC of yesterday\n")
    panic = Panic(log)
    assert not panic()
    with log.open("ab") as file:
        file.write(b"all is well\nWT_PA")
        file.flush()
        assert not panic()
        file.write(b"NIC")
        file.flush()
        assert panic()
