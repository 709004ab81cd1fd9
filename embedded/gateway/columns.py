"""Finds where a column of the Native format ends, from its type alone, without decoding a value.

Uncompressed blocks carry no length, so the end of a block is known only by walking its columns. Decoding into Python
values (as the driver's own reader does) costs ten times more than walking.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from embedded.gateway.errors import INCORRECT_DATA, UNKNOWN_TYPE, FatalError, GatewayError
from embedded.gateway.wire import WireReader

Skip = Callable[[WireReader, int], None]

_MAX_DEPTH: Final = 32
_PREFIX_BYTES: Final = 8
_KEY_WIDTHS: Final = (1, 2, 4, 8)
_WIDTHS: Final = {
    "Nothing": 1, "Bool": 1, "UInt8": 1, "Int8": 1, "Enum8": 1,
    "UInt16": 2, "Int16": 2, "Enum16": 2, "Date": 2, "BFloat16": 2,
    "UInt32": 4, "Int32": 4, "Float32": 4, "DateTime": 4, "Date32": 4, "IPv4": 4, "Decimal32": 4, "Time": 4,
    "UInt64": 8, "Int64": 8, "Float64": 8, "DateTime64": 8, "Decimal64": 8, "Time64": 8,
    "UInt128": 16, "Int128": 16, "UUID": 16, "IPv6": 16, "Decimal128": 16,
    "UInt256": 32, "Int256": 32, "Decimal256": 32,
}  # fmt: skip
_ALIASES: Final = {
    "Point": "Tuple(Float64, Float64)",
    "Ring": "Array(Point)",
    "LineString": "Array(Point)",
    "MultiLineString": "Array(LineString)",
    "Polygon": "Array(Ring)",
    "MultiPolygon": "Array(Polygon)",
}
_PIECES = re.compile(r"'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|[(),]|\s+|[^'`(),\s]+", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ColumnWalk:
    """How to skip a column: `prefixes` LowCardinality versions come first, then the rows."""

    prefixes: int
    rows: Skip

    def skip(self, reader: WireReader, count: int) -> None:
        """Skip a column of `count` > 0 rows."""
        reader.skip(self.prefixes * _PREFIX_BYTES)
        self.rows(reader, count)


@lru_cache(maxsize=512)
def walk_of(type_name: str, depth: int = 0) -> ColumnWalk:
    """The walk for a ClickHouse type. FatalError 50 (UNKNOWN_TYPE) for types that the gateway does not carry."""
    if depth > _MAX_DEPTH:
        raise FatalError(UNKNOWN_TYPE, f"The type is nested deeper than {_MAX_DEPTH} levels.")
    name, arguments = split_type(type_name)
    if name in _ALIASES:
        return walk_of(_ALIASES[name], depth + 1)
    if name in _WIDTHS or name.startswith("Interval"):
        return ColumnWalk(0, _fixed(_WIDTHS.get(name, 8)))
    if name in _BUILDERS:
        return _BUILDERS[name](arguments, depth + 1)
    raise FatalError(
        UNKNOWN_TYPE,
        f"The gateway does not carry the type {name}; convert it in the query, for example with toString().",
    )


def carried(type_name: str) -> str:
    """The same type, or GatewayError 50: nothing of it has been on the wire yet, so the connection is sound."""
    try:
        walk_of(type_name)
    except FatalError as error:
        raise GatewayError(error.code, str(error)) from None
    return type_name


def split_type(type_name: str) -> tuple[str, list[str]]:
    """'Map(String, Array(UInt8))' → ('Map', ['String', 'Array(UInt8)']); quotes and brackets are respected."""
    name, bracket, inside = type_name.strip().partition("(")
    if not bracket:
        return name, []
    arguments, depth = [""], 0
    for piece in _PIECES.findall(inside.rstrip().removesuffix(")")):
        depth += (piece == "(") - (piece == ")")
        if piece == "," and not depth:
            arguments.append("")
        else:
            arguments[-1] += piece
    return name.strip(), [argument.strip() for argument in arguments if argument.strip()]


def _fixed(width: int) -> Skip:
    return lambda reader, count: reader.skip(count * width)


def _strings(_arguments: Sequence[str], _depth: int) -> ColumnWalk:
    return ColumnWalk(0, lambda reader, count: reader.skip_strings(count))


def _fixed_string(arguments: Sequence[str], _depth: int) -> ColumnWalk:
    return ColumnWalk(0, _fixed(_number(arguments)))


def _decimal(arguments: Sequence[str], _depth: int) -> ColumnWalk:
    digits = _number(arguments)
    return ColumnWalk(0, _fixed(4 if digits <= 9 else 8 if digits <= 18 else 16 if digits <= 38 else 32))


def _number(arguments: Sequence[str]) -> int:
    if not arguments or not arguments[0].isdecimal() or len(arguments[0]) > 9:
        raise FatalError(UNKNOWN_TYPE, "A type needs a number as its first argument, as in FixedString(16).")
    return int(arguments[0])


def _nullable(arguments: Sequence[str], depth: int) -> ColumnWalk:
    inner = walk_of(_only(arguments), depth)

    def rows(reader: WireReader, count: int) -> None:
        reader.skip(count)
        inner.rows(reader, count)

    return ColumnWalk(inner.prefixes, rows)


def _array(arguments: Sequence[str], depth: int) -> ColumnWalk:
    return _repeated(walk_of(_only(arguments), depth))


def _map(arguments: Sequence[str], depth: int) -> ColumnWalk:
    return _repeated(_tuple(arguments, depth))


def _nested(arguments: Sequence[str], depth: int) -> ColumnWalk:
    return _repeated(_tuple(arguments, depth))


def _repeated(inner: ColumnWalk) -> ColumnWalk:
    def rows(reader: WireReader, count: int) -> None:
        reader.skip((count - 1) * 8)
        if total := reader.uint64():
            inner.rows(reader, total)

    return ColumnWalk(inner.prefixes, rows)


def _tuple(arguments: Sequence[str], depth: int) -> ColumnWalk:
    inner = [walk_of(_without_name(argument), depth) for argument in arguments]

    def rows(reader: WireReader, count: int) -> None:
        for walk in inner:
            walk.rows(reader, count)
        if not inner:
            reader.skip(count)

    return ColumnWalk(sum(walk.prefixes for walk in inner), rows)


def _low_cardinality(arguments: Sequence[str], depth: int) -> ColumnWalk:
    name, inside = split_type(_only(arguments))
    # The dictionary of a nullable column has no null map: its entry 0 stands for NULL.
    dictionary = walk_of(_only(inside) if name == "Nullable" else _only(arguments), depth)

    def rows(reader: WireReader, count: int) -> None:
        flags = reader.uint64()
        if (flags & 0xFF) >= len(_KEY_WIDTHS):
            raise FatalError(INCORRECT_DATA, "A LowCardinality column has an unknown key width.")
        if entries := reader.uint64():
            dictionary.rows(reader, entries)
        if reader.uint64() != count:
            raise FatalError(INCORRECT_DATA, "A LowCardinality column has another number of rows than its block.")
        reader.skip(count * _KEY_WIDTHS[flags & 0xFF])

    return ColumnWalk(1, rows)


def _simple_aggregate(arguments: Sequence[str], depth: int) -> ColumnWalk:
    return walk_of(_only(arguments[1:]), depth)


def _only(arguments: Sequence[str]) -> str:
    if len(arguments) != 1:
        raise FatalError(UNKNOWN_TYPE, "A type has the wrong number of arguments.")
    return arguments[0]


def _without_name(element: str) -> str:
    """'`a b` UInt8' → 'UInt8'. Outside brackets and quotes only a name is followed by a space."""
    depth, so_far = 0, 0
    for piece in _PIECES.findall(element):
        depth += (piece == "(") - (piece == ")")
        so_far += len(piece)
        if piece.isspace() and not depth:
            return element[so_far:]
    return element


_BUILDERS: Final[dict[str, Callable[[Sequence[str], int], ColumnWalk]]] = {
    "String": _strings,
    "FixedString": _fixed_string,
    "Decimal": _decimal,
    "Nullable": _nullable,
    "Array": _array,
    "Map": _map,
    "Nested": _nested,
    "Tuple": _tuple,
    "LowCardinality": _low_cardinality,
    "SimpleAggregateFunction": _simple_aggregate,
}
