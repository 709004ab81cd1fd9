"""Labelled texts in eleven languages, read where they lie beside the repository; and the halves that they are split into."""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from pathlib import Path
from typing import NamedTuple

DEFAULT = Path(__file__).parents[2] / "shared" / "data" / "multilingual"
FILES = ("umsab.jsonl.gz", "tyq.jsonl.gz")


class Labelled(NamedTuple):
    language: str
    label: str
    """positive, negative or neutral, by people."""
    text: str


def load(folder: Path | str = DEFAULT) -> list[Labelled]:
    """All texts. Exits with 0 and the reason when they are not there: they belong to their authors and are not ours to ship."""
    paths = [Path(folder) / name for name in FILES]
    if missing := [path for path in paths if not path.is_file()]:
        print(f"skipped: no labelled texts at {missing[0]}: give the folder that has {' and '.join(FILES)}")
        sys.exit(0)
    return [Labelled(**json.loads(line)) for path in paths for line in gzip.open(path, "rt", encoding="utf8")]


def is_to_choose(text: str) -> bool:
    """Whether a text is of the half on which thresholds may be chosen; figures are of the other half."""
    return hashlib.sha256(text.encode("utf8", "surrogatepass")).digest()[0] % 2 == 0
