"""Looks at files that a test writes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sources.files.mapping import FieldMapping
from sources.files.row_reader import Layout, RowReader
from sources.inspection.inspection import Inspection, inspect

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def csv(columns: str, rows: Sequence[str]) -> str:
    return "\n".join([columns, *rows]) + "\n"


def lines(*records: Mapping[str, object]) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def look(
    path: Path, text: str | bytes, *pairs: str, source: str | None = "shop", layout: Layout | None = None, **how: object
) -> Inspection:
    """What is found in a file with that content, mapped by `pairs` and the options `how`."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    given = FieldMapping.parse(*pairs, **how)  # type: ignore[arg-type]
    return inspect(RowReader(str(path), layout=layout), given, source, NOW)


def refused(found: Inspection) -> list[tuple[str, str]]:
    """Field and text of what speaks against sending."""
    return [(finding.field, finding.text) for finding in found.refusals]
