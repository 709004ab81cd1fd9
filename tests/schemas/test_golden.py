"""What was ever stored is read for ever: one message of each schema version, as it was written then."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from schemas.codec import classes, decode, decode_record
from schemas.record import to_record
from schemas.registry import HERE, contract, contracts, newest
from schemas.tools import golden
from schemas.tools.golden import DIRECTORY, complete, plain, readings

IDS = sorted(contracts())


def kept(schema_id: int) -> dict:
    return golden.golden(contract(schema_id))


def test_every_pinned_id_has_a_golden_file_and_every_file_an_id():
    files = {path.stem: json.loads(path.read_text()) for path in (HERE / DIRECTORY).iterdir()}
    assert {name: file["id"] for name, file in files.items()} == {each.name: each.id for each in contracts().values()}
    assert all(name == file["contract"] for name, file in files.items())


@pytest.mark.parametrize("schema_id", IDS)
def test_what_was_stored_is_read_as_it_was_meant(schema_id):
    found, file = contract(schema_id), kept(schema_id)
    data = bytes.fromhex(file["bytes"])
    assert data[:5] == b"\0" + schema_id.to_bytes(4, "big")
    assert plain(decode_record(data)[1]) == file["reads"][str(found.version)]
    value = decode(data)
    assert type(value) is classes()[found.topic]
    assert plain(to_record(value)) == file["reads"][str(newest(found.topic).version)]


@pytest.mark.parametrize("schema_id", IDS)
def test_every_version_since_reads_it_as_it_did(schema_id):
    found, file = contract(schema_id), kept(schema_id)
    assert readings(found, bytes.fromhex(file["bytes"])) == file["reads"]


@pytest.mark.parametrize("schema_id", IDS)
def test_a_golden_file_says_something_in_every_field_of_its_version(schema_id):
    read = kept(schema_id)["reads"][str(contract(schema_id).version)]
    assert list(read) == [field["name"] for field in contract(schema_id).source["fields"]]


def test_only_what_is_missing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(golden, "DIRECTORY", tmp_path / "golden")
    assert complete() == [each.name for each in contracts().values()]
    assert complete() == []
    old = tmp_path / "golden/review.reprocessing_requested.v1.json"
    file = json.loads(old.read_text())
    # As it was before version 2 came, and with a reading that this release would not make.
    before = {**file, "reads": {"1": {"revision": "as it was"}}}
    old.write_text(json.dumps(before))
    (tmp_path / "golden/review.abandoned.v1.json").unlink()
    assert complete() == ["review.abandoned.v1", "review.reprocessing_requested.v1"]
    after = json.loads(old.read_text())
    assert after == {**before, "reads": {**before["reads"], "2": file["reads"]["2"]}}


def test_the_committed_files_lack_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    shutil.copytree(HERE / DIRECTORY, tmp_path / "golden")
    monkeypatch.setattr(golden, "DIRECTORY", tmp_path / "golden")
    assert complete() == [], "write it: python -m schemas.tools.golden"
