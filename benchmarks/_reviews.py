"""Real review texts for the benchmarks, read where they lie beside the repository."""

from __future__ import annotations

import csv
import gzip
import sys
from pathlib import Path

DEFAULT = Path(__file__).parents[2] / "shared" / "data" / "zoom_play" / "zoom_play_reviews.tsv.gz"


def load_reviews(path: Path | str = DEFAULT) -> list[str]:
    """The column `text` of a gzipped TSV. Exits with a hint when the file is not there."""
    if not Path(path).is_file():
        sys.exit(f"No review data at {path}: give the path of a .tsv.gz with a column named text.")
    with gzip.open(path, "rt", encoding="utf8", newline="") as lines:
        return [row["text"] for row in csv.DictReader(lines, delimiter="\t")]
