"""A file as what its first bytes say it is: text, a workbook or a table of Parquet."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO

from sources.files.archives import ZIP_MAGIC, is_workbook, only_member, seekable
from sources.files.compression import can_be_read_again, open_decompressed, packing
from sources.files.encodings import encoding_of, recoded, with_newlines
from sources.files.heads import look
from sources.files.parquet import PARQUET_MAGIC


@dataclass(frozen=True, slots=True)
class Opened:
    """`kind` is text, xlsx or parquet; `packed` names the compression. Of text: its encoding, its beginning in UTF-8, and
    whether that is all. `plain`: whether a byte of the stream is one of the file.
    """

    kind: str
    stream: IO[bytes]
    head: bytes = b""
    whole: bool = False
    packed: str = ""
    encoding: str = ""
    plain: bool = False


@contextmanager
def opened(path: str, encoding: str | None = None) -> Iterator[Opened]:
    """The file at `path`, or standard input for "-"; a byte order mark says more than `encoding`.

    Raises InvalidInput where it cannot be opened.
    """
    with ExitStack() as stack:
        source = stack.enter_context(open_decompressed(path))
        packed = packing(source)
        magic, _, stream = look(source, 4)
        if magic == ZIP_MAGIC:
            file = stack.enter_context(seekable(_rewound(source, stream)))
            if is_workbook(file):
                yield Opened("xlsx", file, packed=packed)
                return
            packed, stream = "zip", stack.enter_context(only_member(file))
        elif magic == PARQUET_MAGIC:
            yield Opened("parquet", stack.enter_context(seekable(_rewound(source, stream))), packed=packed)
            return
        yield _text(stream, encoding, packed, plain=not packed and can_be_read_again(path))


def _rewound(source: IO[bytes], stream: IO[bytes]) -> IO[bytes]:
    """The source from its beginning where it is a file itself; else what gives its beginning again."""
    if not (isinstance(source, io.BufferedReader) and isinstance(source.raw, io.FileIO) and source.seekable()):
        return stream  # a decompressor that seeks begins again each time
    source.seek(0)
    return source


def _text(stream: IO[bytes], given: str | None, packed: str, *, plain: bool) -> Opened:
    head, whole, stream = look(stream)
    encoding = encoding_of(head) or ((given, 0) if given else None)
    if encoding is not None:
        head, whole, stream = look(recoded(stream, *encoding))
        plain = False
    if b"\r" in head and b"\n" not in head:
        head, whole, stream = look(with_newlines(stream))
        plain = False
    return Opened("text", stream, head, whole, packed, encoding[0] if encoding else "utf-8", plain)
