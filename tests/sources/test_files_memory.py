"""A file's size does not show in the memory of its reader: measured in a child process, small file against large."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import openpyxl
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


@pytest.mark.parametrize("form", ["array", "utf-16", "semicolons"])
def test_memory_is_bounded_for_what_is_recognised(tmp_path, form):
    text = "word " * 2000
    block, head = f'{{"id": 1, "text": "{text}"}},\n'.encode(), b"["
    if form != "array":
        block, head = f'1;"{text}\n{text}"\n'.encode(), b"id;text\n"
    if form == "utf-16":
        block, head = block.decode().encode("utf-16-le"), b"\xff\xfe" + head.decode().encode("utf-16-le")
    path = tmp_path / "reviews.zst"
    write(path, block, SMALL, head)
    _, _, small = peak(path)
    expected = write(path, block, LARGE // 4, head)

    rows, bad, large = peak(path)

    assert (rows - bad, bad) == (expected, form == "array")  # the array is never closed
    assert large - small < ALLOWED_GROWTH_MB


def test_memory_is_bounded_for_a_large_sheet(tmp_path):
    peaks = []
    for size in (100, 10_000):
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet()
        for number in range(size):
            sheet.append(["id", "text"] if not number else [str(number), "word " * 200])
        book.save(tmp_path / "reviews.xlsx")
        rows, _, megabytes = peak(tmp_path / "reviews.xlsx")
        assert rows == size - 1
        peaks.append(megabytes)
    assert peaks[1] - peaks[0] < ALLOWED_GROWTH_MB


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
