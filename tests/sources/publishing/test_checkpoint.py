"""Where an interrupted run stands: kept while the file is the same, forgotten when it is done."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sources.publishing.checkpoint import Checkpoint


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "reviews.csv"
    path.write_text("content\ngood\n")
    return path


def opened(file: Path | str, tenant: str = "blue", source: str = "harbour", *, resume: bool = True) -> Checkpoint:
    where = Path(file).parent / "publishing" if file != "-" else Path("publishing")
    return Checkpoint.open(where, str(file), tenant=tenant, source=source, resume=resume)


def test_an_interrupted_run_goes_on_under_its_own_id(file: Path) -> None:
    first = opened(file)
    first.confirmed(500, 499, {0: 7, 2: 3})
    first.confirmed(900, 400, {0: 9, 1: 1})
    again = opened(file)
    assert (again.run_id, again.line, again.sent) == (first.run_id, 900, 899)
    assert again.offsets == {0: 9, 1: 1, 2: 3}


@pytest.mark.parametrize("change", ["content", "time", "replaced"])
def test_a_changed_file_starts_a_new_run(file: Path, change: str) -> None:
    first = opened(file)
    first.confirmed(500, 500, {})
    status = file.stat()
    if change == "content":
        file.write_text("content\nbetter\n")
    elif change == "time":
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    else:
        other = file.with_name("other")
        other.write_bytes(file.read_bytes())
        os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
        other.replace(file)
    again = opened(file)
    assert again.run_id != first.run_id
    assert (again.line, again.sent, again.offsets) == (0, 0, {})


def test_each_tenant_source_and_file_has_a_run_of_its_own(file: Path) -> None:
    first = opened(file)
    first.confirmed(5, 5, {})
    twin = file.with_name("twin.csv")
    twin.write_bytes(file.read_bytes())
    for other in (opened(file, tenant="red"), opened(file, source="bay"), opened(twin), opened(file, resume=False)):
        assert other.run_id != first.run_id
        assert other.line == 0


def test_a_file_that_is_read_in_another_way_starts_a_new_run(file: Path) -> None:
    where = file.parent / "publishing"
    first = Checkpoint.open(where, str(file), tenant="blue", source="harbour", layout="csv")
    first.confirmed(5, 5, {})
    again = [Checkpoint.open(where, str(file), tenant="blue", source="harbour", layout=one) for one in ("csv", "json")]
    assert [one.run_id == first.run_id for one in again] == [True, False]


def test_a_finished_run_is_forgotten(file: Path) -> None:
    first = opened(file)
    first.confirmed(5, 5, {})
    first.done()
    first.done()
    assert opened(file).run_id != first.run_id
    assert list((file.parent / "publishing").iterdir()) == []


@pytest.mark.parametrize("rubbish", ["", "{", "[]", "null", "{}", '{"stamp": 1}'])
def test_a_damaged_checkpoint_starts_a_new_run(file: Path, rubbish: str) -> None:
    first = opened(file)
    first.confirmed(5, 5, {})
    assert first.path is not None
    stamp = first.stamp
    first.path.write_text(rubbish.replace("1}", f'"{stamp}"}}'))
    assert opened(file).line == 0


def test_standard_input_has_no_checkpoint() -> None:
    first = opened("-")
    first.confirmed(5, 5, {0: 1})
    first.done()
    assert first.path is None
    assert opened("-").run_id != first.run_id
