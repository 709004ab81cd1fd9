"""Search by meaning: how long an exact scan of review_vectors takes, what it weighs, and whom eight bits a number lose.

In the embedded engine within this process, so that processor time is all there is to measure. `--vectors FILE.npy` takes
vectors of real texts (float32, one a row) in place of made-up ones; they are repeated up to `--count`.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt

from nlp.vectors import packed
from projections.clickhouse import schema
from projections.statements import text

Floats = npt.NDArray[np.float32]
TENANT = UUID(int=1)
ROW = "tenant_id UUID, review_id UUID, encoder String, language String, vector Array(Int8), revision UInt32, position UInt64, is_deleted UInt8"
PARTS = 4
ASKED = 20


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--vectors", type=Path)
    options = parser.parse_args()
    exact = _exact(options.vectors, min(options.count, 30_000))
    with TemporaryDirectory() as scratch:
        _measure(_session(), exact, options.count, Path(scratch))


def _session() -> Any:
    from chdb.session import Session

    return Session()


def _exact(file: Path | None, count: int) -> Floats:
    """Vectors of length 1, shape (n, 384): of a file, or of 200 made-up subjects."""
    chance = np.random.default_rng(15)
    if file is None:
        subjects = chance.normal(size=(200, 384))
        made = subjects[chance.integers(0, 200, count)] + chance.normal(size=(count, 384))
    else:
        made = np.load(file)[:count]
    rows: Floats = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)
    return rows


def _measure(session: Any, exact: Floats, count: int, scratch: Path) -> None:
    for statement in schema.create_statements("bench"):
        session.query(statement)
    stored = [packed(vector) for vector in exact]
    for part in range(PARTS):
        _insert(session, stored, range(part, count, PARTS), scratch / "rows.bin")
    size = session.query(schema.render("size", database="bench"), "TSV")
    print(f"{count:,} vectors, {int(str(size)) / count:.0f} bytes each on disk")
    _ask(session, exact, stored, count, f"{PARTS} parts or fewer")
    session.query("OPTIMIZE TABLE bench.review_vectors FINAL")
    _ask(session, exact, stored, count, "one part")


def _insert(session: Any, stored: list[bytes], numbers: range, file: Path) -> None:
    """Rows as RowBinary: an array begins with its length, 384 as two bytes."""
    with file.open("wb") as rows:
        for n in numbers:
            vector = stored[n % len(stored)]
            ids = b"".join(part.to_bytes(8, "little") for part in (0, 1, 0, n + 1))
            rows.write(
                ids + b"\x01e\x02en\x80\x03" + vector + (1).to_bytes(4, "little") + n.to_bytes(8, "little") + b"\0"
            )
    session.query(f"INSERT INTO bench.review_vectors SELECT * FROM file('{file}', RowBinary, '{ROW}')")


def _ask(session: Any, exact: Floats, stored: list[bytes], count: int, state: str) -> None:
    query = Template(text("queries/sql/nearest_vectors")).substitute(database="bench", counted="")
    times, right = [], 0.0
    for n in range(0, len(exact), max(1, len(exact) // ASKED)):
        numbers = memoryview(stored[n]).cast("b").tolist()
        values = {
            "vector": numbers, "tenant_id": f"'{TENANT}'", "encoder": "'e'", "dimensions": 384, "limit": 10,
            "without": f"'{UUID(int=0)}'", "language": "''",
        }  # fmt: skip
        began = time.process_time()
        found = str(session.query(query % values, "TSV")).split("\n")
        times.append(time.process_time() - began)
        right += _recall(exact, n, [int(UUID(line.split("\t")[0])) - 1 for line in found if line], count)
    print(
        f"{state}: {1000 * float(np.median(times)):.0f} ms of processor time (median), recall@10 {right / len(times):.3f}"
    )


def _recall(exact: Floats, n: int, found: list[int], count: int) -> float:
    """Share of ten that are as near, by the exact vectors, as the tenth of brute force over all of them."""
    cosines = exact @ exact[n]
    times = np.bincount(np.arange(count) % len(exact), minlength=len(exact))
    tenth = np.sort(np.repeat(cosines, times))[-10]
    return sum(cosines[one % len(exact)] >= tenth - 1e-6 for one in found) / 10


if __name__ == "__main__":
    main()
