"""A small file is looked at as a whole, a big one in places, standard input as far as it is held; nothing is lost by it."""

from __future__ import annotations

import gzip
import os
import random
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import InvalidInput
from sources.files.mapping import FieldMapping
from sources.files.row_reader import RowReader
from sources.inspection import sample
from sources.inspection.dry_run import dry_run
from sources.inspection.inspection import inspect
from sources.inspection.sample import sample_of
from sources.inspection.trial import Trial
from sources.publishing.envelope import Envelope
from tests.sources.inspection.looking import NOW, csv, lines, look, refused

ROOT = Path(__file__).parents[3]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files count as big from 300 rows on, of which 100 are looked at."""
    monkeypatch.setattr(sample, "MOST_ROWS", 300)
    monkeypatch.setattr(sample, "BEGINNING", 100)


def row(number: int, rating: object) -> str:
    """Two lines, with quotes and a delimiter inside."""
    return f'r-{number},"fine, said ""guest"" {number}\n{"long words " * 20}",{rating},2026-10-01'


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_trouble_that_begins_in_the_middle_of_a_big_file_is_seen(tmp_path: Path, form: str) -> None:
    ratings = [4 if number < 4_000 else 4 + number % 6 for number in range(12_000)]
    text = csv("id,text,score,date", [row(*each) for each in enumerate(ratings)])
    if form == "jsonl":
        text = lines(
            *(
                {"id": f"r-{n}", "text": f"fine {n} " * 20, "score": r, "date": "2026-10-01"}
                for n, r in enumerate(ratings)
            )
        )
    found = look(tmp_path / f"reviews.{form}", text)
    assert not found.whole
    assert 100 + 4 * 100 <= found.looked_at <= 100 + 8 * 100
    assert [field for field, _ in refused(found)] == ["best_rating"]


@pytest.mark.usefixtures("small")
def test_rows_from_places_are_rows_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    path.write_text(csv("id,text,score,date", [row(number, 4) for number in range(5_000)]))
    every = [each.record for each in RowReader(str(path))]
    looked = sample_of(RowReader(str(path)))
    assert len(looked.elsewhere) == 800
    assert all(each.record in every for each in random.Random(1).sample(list(looked.elsewhere), 40))


@pytest.mark.usefixtures("small")
def test_of_a_compressed_file_the_beginning_is_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv.gz"
    path.write_bytes(gzip.compress(csv("id,text,score,date", [row(number, 4) for number in range(1_000)]).encode()))
    looked = sample_of(RowReader(str(path)))
    assert (len(looked.first), len(looked.elsewhere), looked.whole) == (100, 0, False)


def test_a_small_file_is_looked_at_as_a_whole(tmp_path: Path) -> None:
    text = csv("id,text,score,date", [row(number, 4) for number in range(4_999)])
    found = look(tmp_path / "reviews.csv", text)
    assert (found.looked_at, found.whole, found.valid) == (4_999, True, 4_999)


def test_what_a_pipe_gives_is_read_once_and_not_lost(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    text = csv("id,text,score,date", [row(number, 4) for number in range(50)])
    writer = threading.Thread(target=pipe.write_text, args=(text,))
    writer.start()
    reader = RowReader(str(pipe), format="csv")
    found = inspect(reader, FieldMapping(), "shop", NOW)
    assert found.looked_at == 50
    assert [each.record and each.record["id"] for each in reader] == [f"r-{number}" for number in range(50)]
    writer.join()


def test_standard_input_beyond_what_is_held_is_read_on() -> None:
    text = csv("id,text,score,date", [f"r-{number},fine,4,2026-10-01" for number in range(7_000)])
    code = (
        "from datetime import UTC, datetime\nfrom sources.files.mapping import FieldMapping\n"
        "from sources.files.row_reader import RowReader\nfrom sources.inspection.inspection import inspect\n"
        "reader = RowReader('-')\nfound = inspect(reader, FieldMapping(), 's', datetime.now(UTC))\n"
        "print(found.looked_at, found.whole, sum(1 for row in reader))"
    )
    run = subprocess.run([sys.executable, "-c", code], input=text.encode(), capture_output=True, cwd=ROOT, check=True)
    assert run.stdout.decode().split() == ["2000", "False", "7000"]


CELLS = st.text(alphabet=st.sampled_from('abc,;"\n\r\t|\\N12345.-/ é\ufeff\0{}[]:'), max_size=40)


@settings(deadline=None)
@given(text=CELLS, name=st.sampled_from(["a.csv", "a.tsv", "a.jsonl", "a.json", "a.txt"]))
def test_looking_at_anything_refuses_it_or_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, text: str, name: str
) -> None:
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(("id,text,rating,date\n" * name.endswith("csv") + text).encode())
    reader = RowReader(str(path))
    try:
        found = inspect(reader, FieldMapping(), "shop", NOW)
    except InvalidInput:
        return
    rows = list(reader)
    assert len(rows) == found.looked_at
    tried = dry_run(rows, Trial(Envelope("t", "shop", "", found.mapping), lambda: NOW))
    assert (tried.valid, tried.valid + tried.rejected) == (found.valid, len(rows))


def test_a_dry_run_tries_every_row(tmp_path: Path) -> None:
    rows = [f"r-{number % 90},fine {number},{'x' if number % 10 == 3 else 4},2026-10-01" for number in range(100)]
    found = look(tmp_path / "a.csv", csv("id,text,stars,date", rows))
    reader = RowReader(str(tmp_path / "a.csv"))
    tried = dry_run(reader, Trial(Envelope("t", "shop", "", found.mapping), lambda: datetime.now(UTC)))
    assert (tried.rows, tried.valid, tried.repeats, tried.rejected, tried.compared) == (100, 90, 9, 10, True)
    (kind,) = tried.kinds
    assert (kind.field, kind.count, kind.line) == ("rating", 10, 5)


def test_of_ten_gigabytes_some_megabytes_are_read(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    path.write_text(
        csv("id,text,score,date", [f"r-{number},fine boat {number},4,2026-10-01" for number in range(6_000)])
    )
    os.truncate(path, 10 * 10**9)  # the rest is a hole: it takes no room on the disk
    before = bytes_read()
    found = inspect(RowReader(str(path)), FieldMapping(), "shop", NOW)
    assert (found.looked_at, found.whole) == (2_000, False)
    assert bytes_read() - before < 8 << 20


def bytes_read() -> int:
    """By this process so far, in any way."""
    return int(Path("/proc/self/io").read_text().split()[1])
