"""Real review files, where they are at hand."""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregates.review.validation import validate
from schemas.errors import InvalidInput
from sources.files.mapping import FieldMapping
from sources.files.row_reader import RowReader

DATA = Path(__file__).parents[3] / "shared" / "data"
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="needs the review files in ../shared/data beside the repository"
)


@needs_data
def test_zoom_reviews_are_read_whole():
    path = DATA / "zoom_play" / "zoom_play_reviews.tsv.gz"
    text = gzip.decompress(path.read_bytes()).decode()
    expected = list(csv.DictReader(io.StringIO(text, newline=""), delimiter="\t"))

    rows = list(RowReader(str(path)))

    assert len(rows) == 28_318
    assert [row.record for row in rows] == expected
    review = FieldMapping().apply(rows[0].record)
    assert set(review) == {"author_name", "published_at", "rating", "content", "metadata"}
    assert review["rating"] == 2.0
    assert set(review["metadata"]) == {"helpful"}


@needs_data
def test_skytrax_rows_with_newlines_in_quotes_are_read_whole():
    path = DATA / "skytrax" / "lounge.csv"
    expected = list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline="")))

    rows = list(RowReader(str(path)))

    assert len(rows) == 2_264
    assert [row.record for row in rows] == expected
    lines = path.read_bytes().split(b"\n")
    assert all(row.raw.startswith(lines[row.line - 1].rstrip(b"\r")) for row in rows)


@needs_data
@pytest.mark.parametrize(
    ("name", "pairs"),
    [
        ("zoom_play/zoom_play_reviews.tsv.gz", ()),
        ("skytrax/lounge.csv", ("best_rating:=10", "worst_rating:=0")),
        ("skytrax/seat.csv", ("best_rating:=10", "worst_rating:=0")),
    ],
)
def test_mapped_real_rows_are_valid(name, pairs):
    mapping = FieldMapping.parse(*pairs)
    now = datetime(2026, 10, 1, tzinfo=UTC)
    reasons = Counter()
    rows = 0
    for row in RowReader(str(DATA / name)):
        rows += 1
        try:
            validate({"source": "test", **mapping.apply(row.record)}, now)
        except InvalidInput as error:
            reasons[error.field] += 1
    assert rows > 1_000
    assert reasons == {}
