"""Parquet files, a batch of rows at a time. Needs pyarrow, which is the extra `parquet`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import IO, Any

from schemas.errors import InvalidInput
from sources.files.rows import Row

PARQUET_MAGIC = b"PAR1"
_BATCH = 500


def parquet_rows(file: IO[bytes]) -> Iterator[Row]:
    """The rows, counted from 1. Raises InvalidInput before the first one where pyarrow or the file's end is missing."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise InvalidInput(
            "to read Parquet, pyarrow is needed: pip install 'reviewstream[parquet]'; or save the table as CSV or JSON lines",
            field="format",
            reason="missing_package",
        ) from None
    number = 0
    try:
        source = pq.ParquetFile(file, pre_buffer=False)
        for batch in source.iter_batches(_BATCH, use_threads=False):
            for record in _without_nanoseconds(pa, batch).to_pylist():
                number += 1
                yield Row(number, 0, {name: _plain(value) for name, value in record.items()}, b"", None)
    except (pa.ArrowException, OSError, ValueError) as error:
        if not number:
            raise InvalidInput(
                f"the Parquet file cannot be read ({type(error).__name__}); write it again",
                field="path",
                reason="unreadable",
            ) from None
        problem = f"the file is damaged after record {number} ({type(error).__name__}); write it again"
        yield Row(number + 1, 0, None, b"", problem)


def _without_nanoseconds(pa: Any, batch: Any) -> Any:
    """Python's times have microseconds."""
    for at, column in enumerate(batch.schema):
        if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
            cast = batch.column(at).cast(pa.timestamp("us", tz=column.type.tz), safe=False)
            batch = batch.set_column(at, column.name, cast)
    return batch


def _plain(value: object) -> object:
    """Tables of numbers write NaN for what is missing."""
    return None if isinstance(value, float) and math.isnan(value) else value
