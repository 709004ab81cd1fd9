"""A file's size does not show in the memory of its reader: measured in a child process, small file against large."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import zstandard

ROOT = Path(__file__).parents[2]
LARGE = 200_000_000  # bytes after decompression
SMALL = 100_000
ALLOWED_GROWTH_MB = 24.0

CHILD = """
import pathlib, sys
from sources.files.row_reader import RowReader
rows = bad = 0
kept = []
for row in RowReader(sys.argv[1]):
    rows += 1
    bad += row.record is None
    kept += [row] * int(sys.argv[2])
status = pathlib.Path('/proc/self/status').read_text()
peak_kb = int(status.split('VmHWM:')[1].split()[0])
print([rows, bad, peak_kb / 1024])
"""

# Not ru_maxrss: a child begins with its parent's value there, and the measure could never fail.
pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="needs Linux's /proc for the peak memory"
)


def peak(path: Path, *, keep_rows: bool = False) -> tuple[int, int, float]:
    """Rows, bad rows, and the reader's peak resident memory in MB."""
    run = subprocess.run(
        [sys.executable, "-c", CHILD, str(path), str(int(keep_rows))], capture_output=True, cwd=ROOT, check=True
    )
    rows, bad, megabytes = json.loads(run.stdout)
    return rows, bad, megabytes


def write(path: Path, block: bytes, size: int, head: bytes = b"") -> int:
    times = size // len(block)
    with path.open("wb") as file, zstandard.ZstdCompressor().stream_writer(file) as packed:
        packed.write(head)
        for _ in range(times):
            packed.write(block)
    return times


@pytest.mark.parametrize("name", ["reviews.jsonl.zst", "reviews.csv.zst"])
def test_memory_is_bounded_for_a_file_of_200_mb(tmp_path, name):
    text = "word " * 2000
    head, row = (b"id,text\n", f'1,"{text}\n{text}"\n') if "csv" in name else (b"", f'{{"id": 1, "text": "{text}"}}\n')
    path = tmp_path / name
    write(path, row.encode(), SMALL, head)
    _, _, small = peak(path)
    expected = write(path, row.encode(), LARGE, head)

    rows, bad, large = peak(path)

    assert (rows, bad) == (expected, 0)
    assert large - small < ALLOWED_GROWTH_MB


def test_memory_is_bounded_for_one_line_of_200_mb(tmp_path):
    path = tmp_path / "reviews.jsonl.zst"
    write(path, b"x", 10_000)
    _, _, small = peak(path)
    write(path, b"x" * 1_000_000, LARGE)

    rows, bad, large = peak(path)

    assert (rows, bad) == (1, 1)
    assert large - small < 2 * ALLOWED_GROWTH_MB  # the line's first 8 MB, and one bite of the bomb, are held


def test_a_quote_that_is_never_closed_neither_fills_memory_nor_loses_rows(tmp_path):
    path = tmp_path / "reviews.csv.zst"
    expected = write(path, b"1,good\n" * 1000, 2_000_000, b'id,text\n0,"open\n')

    rows, bad, large = peak(path)

    assert (rows, bad) == (expected * 1000 + 1, 1)
    assert large < 64


def test_the_measure_sees_a_reader_that_keeps_its_rows(tmp_path):
    path = tmp_path / "reviews.jsonl.zst"
    write(path, b'{"text": "' + b"x" * 10_000 + b'"}\n', 50_000_000)
    assert peak(path, keep_rows=True)[2] - peak(path)[2] > 2 * ALLOWED_GROWTH_MB
