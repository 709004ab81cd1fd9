"""What is usual is read by a shorter way, which finds what the long one does."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import InvalidInput
from sources.files.json_rows import MAX_DEPTH, parse_object
from sources.files.lines import Line
from sources.files.mapping import FILLERS, FieldMapping
from sources.files.rows import encoding_problem
from sources.files.values.absent import is_absent
from sources.files.values.dates import DateReader
from sources.files.values.unreadable import Unreadable
from tests.effort import examples

DATE = st.from_regex(r"(?:19|20)\d\d-[01]\d-[0-3]\d", fullmatch=True)
TIME = st.from_regex(r"[T ][0-2]\d:[0-6]\d(?::[0-6]\d(?:\.\d{1,7})?)?(?:Z|[+-][0-2]\d:[0-7]\d)?", fullmatch=True)
ZONES = st.sampled_from([UTC, ZoneInfo("Europe/Berlin")])

NAMES = [
    "id",
    "Review Text",
    "stars",
    "date",
    "author",
    "link",
    "language",
    "title",
    "country",
    "metadata",
    "a+b",
    "author.name",
]
VALUES = st.sampled_from(
    ["", " ", "Fine.", "4", "5 of 5", "2026-01-02", "/r/1", "https://shop.example/1", "n/a", "No Negative", None, 4, 4.5, True]
)  # fmt: skip
INSIDE = st.dictionaries(st.sampled_from(["name", "id", "text", "value"]), VALUES, max_size=3)
RECORD = st.dictionaries(st.sampled_from(NAMES), VALUES | INSIDE | st.lists(INSIDE, max_size=2), max_size=9)
MAPPINGS = st.sampled_from(
    [("platform:=shop",), ("content=title+Review Text", "title="), ("url=link", "rating=author.value")]
)


class Text(str):
    """A text that is none of the usual kinds of values."""

    __slots__ = ()


def outcome(read: Callable[[str], object], text: str) -> object:
    try:
        return read(text)
    except (Unreadable, InvalidInput) as refused:
        return refused.reason


@settings(max_examples=examples(300))
@given(st.tuples(DATE, st.just("") | TIME).map("".join), ZONES)
def test_a_date_in_iso_8601_is_read_as_one_that_has_blanks_around_it(text: str, zone: ZoneInfo) -> None:
    read = DateReader(timezone=zone).read
    assert outcome(read, text) == outcome(read, f" {text}\u200b")


@pytest.mark.parametrize(
    "text", ["2026-01-02T03:04+05:75", "2026-01-02T24:00:00", "2026-02-30", "2026-01-02T03:04+24:00"]
)
def test_what_the_clock_or_calendar_does_not_have_is_refused(text: str) -> None:
    assert outcome(DateReader().read, text) == "no_date"


@given(
    st.text() | st.sampled_from(["NULL", "n\u017f", "\ufb03", "No Positive ", "ONE"]),
    st.sampled_from(["title", "rating"]),
)
def test_a_word_for_nothing_is_known_in_any_case(text: str, target: str) -> None:
    assert len(text.casefold()) >= len(text)
    empty = frozenset(filler.casefold() for filler in FILLERS)
    word = text.strip().casefold()
    nothing = not word or word in empty or (target == "rating" and is_absent(target, word))
    assert is_absent(target, text, empty) == nothing


@settings(max_examples=examples(150))
@given(st.lists(RECORD, min_size=2, max_size=5), MAPPINGS)
def test_a_record_is_read_alike_whatever_was_read_before_it(
    records: list[dict[str, object]], pairs: tuple[str, ...]
) -> None:
    mapping = FieldMapping.parse(*pairs)
    for record in [*records, *records]:
        assert mapping.read(record) == FieldMapping.parse(*pairs).read(record)


@settings(max_examples=examples(150))
@given(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=9), MAPPINGS)
def test_a_flat_record_is_read_as_any_other(record: dict[str, object], pairs: tuple[str, ...]) -> None:
    mapping = FieldMapping.parse(*pairs)
    other = {name: Text(value) if isinstance(value, str) else value for name, value in record.items()}
    assert mapping.read(record) == mapping.read(other)


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.sampled_from(["\\u0000", "\\ud800", "\0", "\\ud83d\\ude00"]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=3), below, max_size=3),
)


@pytest.mark.parametrize("depth", range(MAX_DEPTH - 3, MAX_DEPTH + 2))
def test_the_greatest_depth_is_one(depth: int) -> None:
    text = '{"a": ' + "[" * depth + "1" + "]" * depth + "}"
    assert outcome(lambda one: parse_object(one.encode()), text) == outcome(parse_object, text)


@settings(max_examples=examples(150))
@given(JSON, st.booleans())
def test_an_object_in_bytes_is_read_as_one_in_text(value: object, escaped: bool) -> None:
    inside = json.dumps(value, ensure_ascii=escaped).replace("\\\\u", "\\u")
    text = '{"a": ' + inside + "}"
    assert outcome(lambda one: parse_object(one.encode()), text) == outcome(parse_object, text)


@given(st.binary(max_size=8) | st.text(max_size=8).map(str.encode))
def test_a_line_is_text_when_it_is_utf_8_without_nul(data: bytes) -> None:
    is_text = data.decode(errors="replace").encode() == data and b"\0" not in data
    assert (encoding_problem(Line(1, 0, data)) is None) == is_text
