"""Hostile values in otherwise good reviews: types, texts, numbers, dates, sizes."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.hostile.messages import GOOD, Case, binary, review

TEXTS = {
    "NUL": "a\x00b", "half a character": "a\ud800", "swapped halves": "\ude00\ud83d", "controls": "\x01\x07\x1b[2J\x7f",
    "right to left": "\u202egnol\u202c \u2066x", "zero width": "\u200b\u200d\ufeff", "no characters": "\uffff\ufdd0",
    "private use": "\ue000\U0010ffff", "combining": "e" + "\u0301" * 90, "family": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "SQL": "'; DROP TABLE events; --", "HTML": "<script>alert(1)</script>", "template": "{{7*7}} ${7*7} %(x)s {0} $x",
    "path": "../../../../etc/passwd", "newlines": "a\r\nb\u2028c\u2029d\x85e", "blank": " \t\u00a0\u3000",
}  # fmt: skip
TYPES = {
    "null": None,
    "true": True,
    "a number": 7,
    "a fraction": 0.5,
    "a list": ["x"],
    "an object": {"a": 1},
    "empty": "",
}
NUMBERS = {
    "NaN": "NaN", "infinity": "Infinity", "minus infinity": "-Infinity", "1e309": "1e309", "1e-400": "1e-400",
    "minus zero": "-0", "6": "6", "0": "0", "5.0000001": "5.0000001", "-1": "-1", "1e308": "1e308", "a text": '"5"',
    "a word": '"five"', "5,000 digits": "9" * 5_000, "300 digits": "1" * 300, "hexadecimal": "0x5", "plus": "+5",
    "a leading zero": "05", "a fraction without digits": "5.", "a long fraction": "4." + "9" * 2_000, "a blank": '" "',
    "digits of another script": '"\u0664"', "an underscore": '"1_0"',
}  # fmt: skip
DATES = (
    "2024-02-30", "2024-13-01", "2024-00-10", "0000-01-01", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59",
    "1969-12-31T23:59:59Z", "1970-01-01", "1970-01-01T00:00:00+14:00", "2024-09-01T25:00:00", "2024-09-01T23:59:60Z",
    "2024-09-01T12:00:00+99:99", "20240901", "2024-W36-2", "2024-244", "tomorrow", "09/01/2026", "2024-9-1", "1725148800",
    "\u0662\u0660\u0662\u0664-09-01", "2024-09-01T12:00:00.123456789Z", "-2024-09-01", "2024-09-01 12:00", "2024\u221209\u221201",
    "2099-01-01", " 2024-09-01 ", "2024-09-01T12:00:00[Europe/Lisbon]", "2024-09-01T", "P1D", "now",
)  # fmt: skip


def cases() -> Iterator[Case]:
    """All of this file."""
    yield from _texts()
    yield from (review(f"{field} is {name}", **{field: value}) for field in GOOD for name, value in TYPES.items())
    yield from _numbers()
    yield from (review(f"date {number}", published_at=date) for number, date in enumerate(DATES))
    yield from (review(f"date as {type(date).__name__}", published_at=date) for date in (1725148800, 1e300, [], {}))
    yield from _sizes()
    yield from _keys()


def _texts() -> Iterator[Case]:
    for field in ("content", "title", "author_name", "external_id", "source", "url", "language"):
        for name, text in TEXTS.items():
            yield review(f"{field} with {name}", **{field: text})
    for name, text in TEXTS.items():
        yield review(f"metadata key with {name}", metadata={text: "x"})
        yield review(f"metadata value with {name}", metadata={"x": text})


def _numbers() -> Iterator[Case]:
    for name, number in NUMBERS.items():
        for field in ("rating", "best_rating", "worst_rating"):
            body = json.dumps({**GOOD, "external_id": f"{field} {name}", field: "@"}).replace('"@"', number)
            yield binary(f"{field} is {name}", body.encode())
    yield review("a scale of nothing", best_rating=3, worst_rating=3)
    yield review("a scale upside down", best_rating=1, worst_rating=5)
    yield review("a tiny scale", rating=1e-320, best_rating=2e-320, worst_rating=0)


def _sizes() -> Iterator[Case]:
    for size in (0, 1, 199_999, 200_000, 200_001, 1_000_000, 1_300_000):
        yield review(f"content of {size}", content="x" * size)
    for field, most in (
        ("title", 2_000),
        ("external_id", 200),
        ("author_name", 200),
        ("source", 200),
        ("platform", 200),
    ):
        yield review(f"{field} of {most}", **{field: f"{field} ".ljust(most, "y")})
        yield review(f"{field} of {most + 1}", **{field: "y" * (most + 1)})
    for count in (32, 33, 10_000):
        yield review(f"metadata of {count}", metadata={f"k{n}": "v" for n in range(count)})


def _keys() -> Iterator[Case]:
    for field in GOOD:
        left = {name: value for name, value in {**GOOD, "external_id": f"no {field}"}.items() if name != field}
        yield binary(f"without {field}", json.dumps(left).encode())
        double = json.dumps({**GOOD, "external_id": f"twice {field}"})[:-1] + f', "{field}": "again"}}'
        yield binary(f"{field} twice", double.encode())
    for name in ("__proto__", "constructor", "", "\x00", "Rating", "tenant_id", "$where", "a" * 10_000):
        yield review(f"an unknown field {name[:20]!r}", **{name: 1})
