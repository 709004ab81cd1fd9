"""Reads a CSV file of feedback."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from operations.feedback import check_columns
from schemas.errors import InvalidInput


def rows_of(file: Path) -> list[tuple[int, Mapping[str, str]]]:
    """Line number and values by column of each row. Raises InvalidInput for what is no CSV file of feedback."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.DictReader(text, strict=True)
            check_columns(reader.fieldnames or ())
            return [(reader.line_num, _whole(reader.line_num, row)) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(f"{file}: is no CSV file in UTF-8 ({type(error).__name__})", field="file") from None


def _whole(line: int, row: dict[str, str]) -> Mapping[str, str]:
    if None in row or None in row.values():
        raise InvalidInput(f"line {line}: has more or fewer values than the header", field="file")
    return {name: value.strip() for name, value in row.items()}
