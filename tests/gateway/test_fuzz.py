"""Bytes from a client never break the parser or the process."""

from __future__ import annotations

import contextlib
import socket
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from embedded.gateway.blocks import read_block_info, read_shape
from embedded.gateway.columns import walk_of
from embedded.gateway.errors import FatalError
from embedded.gateway.insert import receive_block
from embedded.gateway.limits import Limits
from embedded.gateway.packets import OLDEST_REVISION, read_hello, read_query
from embedded.gateway.wire import WireReader, WireWriter, encoded, varint
from tests.effort import examples
from tests.gateway.process import PASSWORD, USER

LIMITS = Limits(max_columns=20, max_block_rows=1_000, max_query_bytes=10_000)
ENDS = (FatalError, EOFError)

TYPE_NAMES = st.recursive(
    st.sampled_from(
        ["UInt8", "String", "Decimal(18, 2)", "FixedString(3)", "Enum8('a,(' = 1)", "DateTime64(3, 'UTC')"]
    ),
    lambda inner: st.one_of(
        inner.map("Array({})".format),
        inner.map("Nullable({})".format),
        inner.map("LowCardinality({})".format),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"Tuple({', '.join(parts)})"),
        st.tuples(inner, inner).map(lambda pair: f"Map({pair[0]}, {pair[1]})"),
    ),
    max_leaves=6,
)
FIELDS = st.one_of(
    st.integers(0, 2**64 - 1).map(varint),
    st.integers(0, 6).map(varint),
    st.text(max_size=20).map(encoded),
    TYPE_NAMES.map(encoded),
    st.binary(max_size=40),
)
STREAMS = st.one_of(st.binary(max_size=300), st.lists(FIELDS, max_size=25).map(b"".join))


def reader_of(*pieces: bytes) -> WireReader:
    rest = iter([piece for piece in pieces if piece])
    return WireReader(lambda: next(rest, b""))


@given(STREAMS)
def test_any_bytes_are_a_hello_or_an_error(stream):
    with contextlib.suppress(*ENDS):
        assert read_hello(reader_of(stream)).revision >= OLDEST_REVISION


@given(STREAMS)
def test_any_bytes_are_a_query_or_an_error(stream):
    with contextlib.suppress(*ENDS):
        assert len(read_query(reader_of(stream), LIMITS).sql.encode()) <= LIMITS.max_query_bytes


@given(STREAMS)
def test_any_bytes_are_a_block_or_an_error_and_no_more_is_copied_than_came(stream):
    copied = bytearray()
    with contextlib.suppress(*ENDS):
        shape = receive_block(reader_of(stream), LIMITS, copied.extend).shape
        assert len(shape.columns) <= LIMITS.max_columns
    assert len(copied) <= len(stream)
    assert bytes(copied) in stream


@given(st.one_of(st.text(max_size=60), TYPE_NAMES, st.integers(1, 200).map(lambda n: "Array(" * n + "UInt8" + ")" * n)))
def test_any_type_name_is_carried_or_refused(type_name):
    with contextlib.suppress(FatalError):
        assert walk_of(type_name).prefixes >= 0


@given(
    texts=st.lists(st.text(max_size=200), max_size=30),
    cuts=st.lists(st.integers(0, 6_000), max_size=10),
    rest=st.binary(max_size=20),
)
def test_where_the_network_cuts_a_block_makes_no_difference(texts, cuts, rest):
    body = b"".join(map(encoded, texts))
    offsets = len(texts).to_bytes(8, "little")
    block = varint(3) + varint(1) + encoded("a") + encoded("UInt32") + b"\0" * 4
    block += encoded("b") + encoded("Array(String)") + offsets + body
    block += encoded("c") + encoded("Nullable(FixedString(2))") + b"\0xy"
    stream = b"\x01\x00\x02\xff\xff\xff\xff\x00" + block + rest
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    reader = reader_of(*(stream[start:end] for start, end in pairwise(places)))
    read_block_info(reader)
    copied = bytearray()
    shape = read_shape(reader, LIMITS, copied.extend)
    assert shape.columns == (("a", "UInt32"), ("b", "Array(String)"), ("c", "Nullable(FixedString(2))"))
    assert bytes(copied) == block
    assert reader.take(len(rest)) == rest


def greeting() -> bytes:
    sent = bytearray()
    writer = WireWriter(sent.extend)
    for part in (0, "fuzz", 20, 10, 54440, "", USER, PASSWORD):
        writer.text(part) if isinstance(part, str) else writer.varint(part)
    writer.flush()
    return bytes(sent)


@settings(max_examples=examples(60))
@given(stream=STREAMS, introduced=st.booleans(), start=st.sampled_from([b"", b"\x00", b"\x01", b"\x02", b"\x03\x04"]))
def test_the_gateway_outlives_any_bytes(our_gateway, stream, introduced, start):
    with socket.create_connection(("127.0.0.1", our_gateway.port), timeout=10) as stranger:
        stranger.sendall((greeting() if introduced else b"") + start + stream)
        stranger.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):
            while stranger.recv(65_536):
                pass
    with our_gateway.client() as client:
        assert client.execute("SELECT 1") == [(1,)]
