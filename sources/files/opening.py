"""A file as what its first bytes say it is: text, a workbook or a table of Parquet."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO

from sources.files.archives import ZIP_MAGIC, is_workbook, only_member, seekable
from sources.files.compression import open_decompressed
from sources.files.encodings import encoding_of, recoded, with_newlines
from sources.files.heads import look
from sources.files.parquet import PARQUET_MAGIC


@dataclass(frozen=True, slots=True)
class Opened:
    """`kind` is text, xlsx or parquet. Of text: its beginning in UTF-8, and whether that is all."""

    kind: str
    stream: IO[bytes]
    head: bytes = b""
    whole: bool = False


@contextmanager
def opened(path: str, encoding: str | None = None) -> Iterator[Opened]:
    """The file at `path`, or standard input for "-"; a byte order mark says more than `encoding`.

    Raises InvalidInput where it cannot be opened.
    """
    with ExitStack() as stack:
        source = stack.enter_context(open_decompressed(path))
        magic, _, stream = look(source, 4)
        if magic == ZIP_MAGIC:
            file = stack.enter_context(seekable(_rewound(source, stream)))
            if is_workbook(file):
                yield Opened("xlsx", file)
                return
            stream = stack.enter_context(only_member(file))
        elif magic == PARQUET_MAGIC:
            yield Opened("parquet", stack.enter_context(seekable(_rewound(source, stream))))
            return
        yield _text(stream, encoding)


def _rewound(source: IO[bytes], stream: IO[bytes]) -> IO[bytes]:
    """The source from its beginning where it is a file itself; else what gives its beginning again."""
    if not (isinstance(source, io.BufferedReader) and isinstance(source.raw, io.FileIO) and source.seekable()):
        return stream  # a decompressor that seeks begins again each time
    source.seek(0)
    return source


def _text(stream: IO[bytes], given: str | None) -> Opened:
    head, whole, stream = look(stream)
    encoding = encoding_of(head) or ((given, 0) if given else None)
    if encoding is not None:
        head, whole, stream = look(recoded(stream, *encoding))
    if b"\r" in head and b"\n" not in head:
        head, whole, stream = look(with_newlines(stream))
    return Opened("text", stream, head, whole)
