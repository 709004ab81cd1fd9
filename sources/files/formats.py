"""Which format a file has: by what it begins with, and where that can be several, by its name."""

from __future__ import annotations

import json
from pathlib import PurePath

from schemas.errors import InvalidInput
from sources.files.column_names import candidates, shape_of
from sources.files.compression import STDIN
from sources.files.json_documents import lists_within

FORMATS = ("csv", "tsv", "jsonl", "json", "xlsx", "parquet")
_SUFFIXES = {
    ".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json",
    ".xlsx": "xlsx", ".xlsm": "xlsx", ".parquet": "parquet", ".pq": "parquet",
}  # fmt: skip
_PACKED = {".gz", ".zst", ".zstd", ".zip"}
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_BOM = b"\xef\xbb\xbf"


def by_name(path: str) -> str | None:
    """The format that the file's name says, ignoring compression suffixes."""
    name = PurePath(path.lower())
    if name.suffix in _PACKED:
        name = name.with_suffix("")
    return _SUFFIXES.get(name.suffix)


def of_text(head: bytes, path: str, *, records: bool = False) -> str:
    """The format of a text that begins so: csv, tsv, jsonl or json. `records`: a path in it was named, so it is a document.

    Raises InvalidInput for what is no text that is known.
    """
    begin = head.removeprefix(_BOM).lstrip()
    if begin.startswith(b"["):
        return "json"
    if begin.startswith(b"{"):
        return "json" if records or not _is_lines(begin) else "jsonl"
    named = by_name(path)
    if named in {"csv", "tsv", "jsonl", "json"}:
        return named
    first = begin.partition(b"\n")[0]
    if not head.startswith(_OLD_WORKBOOK) and b"\0" not in head[:1000] and any(one in first for one in b",;\t|"):
        return "csv"
    if begin.startswith(b"<"):
        raise InvalidInput(
            "the file is XML or HTML, which is not read; export the reviews as CSV, JSON or .xlsx",
            field="format",
            reason="unknown",
        )
    old = " (an old Excel workbook? save it as .xlsx)" if head.startswith(_OLD_WORKBOOK) else ""
    where = "standard input" if path == STDIN else path
    raise InvalidInput(
        f"cannot tell the format of {where}{old}; give --format {', '.join(FORMATS)}", field="format", reason="unknown"
    )


def list_of_records(head: bytes) -> str | None:
    """The path of the records in an answer that begins so, if it is one object and no review itself.

    Raises InvalidInput where it may be another.
    """
    if not head.removeprefix(_BOM).lstrip().startswith(b"{"):
        return None
    names, lists = lists_within(head.removeprefix(_BOM))
    if not lists or _of_a_review(names):
        return None
    found = [path for path, inside in lists.items() if _of_a_review(inside)]
    found = [path for path in found if path.rpartition(".")[0] not in found]  # and not what a review holds
    if len(found) == 1:
        return found[0]
    raise InvalidInput(
        f"the file is one object with lists in it: say which holds the reviews, with --records {' or '.join((found or [*lists])[:10])}",
        field="records",
        reason="missing",
    )


def _of_a_review(names: set[str]) -> bool:
    named = candidates(shape_of(dict.fromkeys(sorted(names))))
    return bool(named["content"] or named["rating"] or {"reviewRating", "starRating"} & names)


def _is_lines(begin: bytes) -> bool:
    """Whether the first line is an object and no answer that holds reviews, or most lines look like objects."""
    first, _, rest = begin.partition(b"\n")
    try:
        whole = isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        lines = [line.strip() for line in begin.split(b"\n")]
        return sum(line.startswith(b"{") and line.endswith(b"}") for line in lines) * 2 > len(lines)
    names, lists = lists_within(first)
    return whole and (bool(rest.strip()) or not lists or _of_a_review(names))
