"""JSON lines: an object a line."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.errors import InvalidInput
from sources.files.extended_json import MARK, plain_record
from sources.files.json_rows import parse_object
from sources.files.lines import LineSource
from sources.files.rows import Row, bad_row, encoding_problem, good_row


def json_lines(lines: LineSource, start_line: int) -> Iterator[Row]:
    """The rows from that line on; a line that cannot be read costs no other."""
    while (line := lines.take()) is not None:
        if line.number < start_line or (line.problem is None and not line.data.strip()):
            continue
        problem = line.problem or encoding_problem(line)
        if problem is not None:
            yield bad_row([line], problem)
            continue
        try:
            record = parse_object(line.data)
            yield good_row([line], plain_record(record) if MARK in line.data else record)
        except InvalidInput as error:
            yield bad_row([line], f"line {line.number}: {error}")
