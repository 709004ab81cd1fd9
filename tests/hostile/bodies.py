"""Hostile bodies and envelopes: encodings, nesting, JSON that is none, Avro that is cut, CloudEvents that are none."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime

from schemas.cloudevents import AVRO, BATCH, JSON, STRUCTURED
from schemas.codec import encode
from schemas.messages import InboundReview, StepBatch
from tests.hostile.messages import ENVELOPE, GOOD, Case, binary, event, headers

ENCODINGS = (
    "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "latin-1", "cp1252", "cp437", "utf-7", "cp500",
)  # fmt: skip
BYTES = {
    "nothing": b"", "a blank": b" ", "NUL": b"\x00", "NULs": b"\x00" * 100, "ones": b"\xff" * 100, "only a BOM": b"\xef\xbb\xbf",
    "two BOMs": b"\xef\xbb\xbf" * 2 + b"{}", "overlong": b'{"content":"\xc0\x80"}', "a lone continuation": b'{"a":"\x80"}',
    "CESU-8": b'{"a":"\xed\xa0\xbd\xed\xb8\x80"}', "cut in a character": b'{"a":"\xf0\x9f\x98', "beyond Unicode": b'{"a":"\xf7\xbf\xbf\xbf"}',
    "null": b"null", "a number": b"1", "a text": b'"x"', "a list": b"[]", "an empty object": b"{}", "two objects": b"{}{}",
    "a comment": b"{/* x */}", "single quotes": b"{'a': 1}", "a trailing comma": b'{"a": 1,}', "a bare word": b"hello",
    "a bad escape": b'{"a": "\\x"}', "half an escape": b'{"a": "\\u12', "a raw newline": b'{"a": "x\ny"}', "gzip": b"\x1f\x8b\x08\x00" + b"\x00" * 20,
    "XML": b"<?xml version='1.0'?><a/>", "a million brackets": b"[" * 1_000_000, "PNG": b"\x89PNG\r\n\x1a\n",
}  # fmt: skip
DEPTHS = (10, 100, 500, 900, 1_000, 5_000, 100_000)


def cases() -> Iterator[Case]:
    """All of this file."""
    yield Case("no value at all", None, headers())
    yield from (binary(f"body: {name}", value) for name, value in BYTES.items())
    text = json.dumps({**GOOD, "content": "d\u00e9j\u00e0 vu"}, ensure_ascii=False)
    yield from (binary(f"in {name}", text.encode(name)) for name in ENCODINGS)
    good = json.dumps(GOOD).encode()
    yield from (binary(f"cut at {at}", good[:at]) for at in range(1, len(good), 7))
    yield from _nesting()
    yield from _avro()
    yield from _envelopes()
    yield from _structured()
    yield from _deletions()


def _nesting() -> Iterator[Case]:
    for depth in DEPTHS:
        lists, objects = b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth
        for name, value in (("lists", lists), ("objects", objects)):
            yield binary(f"{depth} {name}", value)
            yield binary(
                f"{depth} {name} in metadata", json.dumps({**GOOD, "metadata": "@"}).encode().replace(b'"@"', value)
            )
            yield binary(f"{depth} {name} in a batch", b"[" + value + b"]", BATCH)


def _avro() -> Iterator[Case]:
    good = encode(InboundReview(source="harbour", external_id="avro", content="Fine.", published_at="2024-09-01"))
    yield binary("avro: good", good, AVRO)
    yield binary("avro: not avro", json.dumps(GOOD).encode(), AVRO)
    yield from (binary(f"avro: cut at {at}", good[:at], AVRO) for at in range(len(good)))
    yield from (
        binary(f"avro: schema {n}", b"\0" + n.to_bytes(4, "big") + good[5:], AVRO)
        for n in (0, 1, 14, 16, 17, 999, 2**32 - 1)
    )
    yield binary("avro: another magic", b"\1" + good[1:], AVRO)
    yield binary("avro: more than all", good + b"\0", AVRO)
    yield binary("avro: a length of 2^62", good[:5] + b"\xff" * 8 + b"\x7f" + good[6:], AVRO)
    yield binary("avro: a negative length", good[:5] + b"\x01" + good[6:], AVRO)
    yield binary("avro: an endless number", good[:5] + b"\xff" * 200, AVRO)
    yield binary("avro: no UTF-8", good[:6] + b"\xff\xfe" + good[8:], AVRO)
    yield binary("avro: no branch of a union", good.replace(b"\x02\x08avro", b"\x08\x08avro"), AVRO)
    yield binary("avro: another message", encode(StepBatch(items=())), AVRO)


def _envelopes() -> Iterator[Case]:
    body = json.dumps(GOOD).encode()
    for name in ENVELOPE:
        yield Case(f"no {name}", body, headers(**{name: None}))
        yield Case(f"{name} empty", body, headers(**{name: ""}))
        yield Case(f"{name} with NUL", body, headers(**{name: "a\x00b"}))
        yield Case(f"{name} no UTF-8", body, [*headers(**{name: None}), (name, b"\xff\xfe")])
        yield Case(f"{name} of 100 kB", body, headers(**{name: "x" * 100_000}))
    for content_type in (
        "",
        "text/plain",
        "application/xml",
        "application/json; charset=utf-16",
        "APPLICATION/JSON",
        "\x00",
        JSON * 99,
    ):
        yield Case(f"content type {content_type[:40]!r}", body, headers(content_type))
    yield Case("no headers", body, [])
    yield Case("a header twice", body, [*headers(), ("ce_type", b"other")])
    yield Case("a thousand headers", body, [*headers(), *((f"ce_x{n}", b"y") for n in range(1_000))])
    yield Case("a row that could not be read", b"a;b;c", [*headers(), ("ce_problem", b"half\x00 a row")])
    for tenant in (b"", b"nobody", b"\xff", b"a\x00b", b"x" * 10_000, b"../etc", b"' OR 1=1"):
        yield Case(f"tenant {tenant[:20]!r}", body, headers(), tenant)


def _structured() -> Iterator[Case]:
    def one(name: str, value: object, content_type: str = STRUCTURED) -> Case:
        return binary(f"structured: {name}", json.dumps(value, default=str).encode(), content_type)

    yield from (one(f"is {value!r}", value) for value in (None, 1, "x", [], {}, [event()]))
    yield from (one(f"without {name}", {k: v for k, v in event().items() if k != name}) for name in event())
    yield from (one(f"{name} is a number", event(**{name: 1})) for name in event())
    yield one("base64 that is none", event(data_base64="@@"))
    yield one("base64 of no JSON", event(data_base64=base64.b64encode(b"\xff").decode()))
    yield one("both kinds of data", event(data_base64=base64.b64encode(json.dumps(GOOD).encode()).decode()))
    yield one("huge integers", event(line=10**4_000))
    yield one("a time", event(time=datetime(2024, 9, 1, tzinfo=UTC)))
    yield from (one(f"batch is {value!r}"[:60], value, BATCH) for value in (None, {}, [], [None], [[]], [1, "x"]))
    yield one("batch of good and bad", [event(), {}, event(specversion="0.3"), None, event(data=1)], BATCH)
    yield one(
        "batch of 1,000", [event(id=str(n), data={**GOOD, "external_id": f"many {n}"}) for n in range(1_000)], BATCH
    )


def _deletions() -> Iterator[Case]:
    """None of them names a review that is there, as the table is also sent through a real pipeline."""
    named = {"ce_reviewsource": "harbour", "ce_externalid": "never seen"}
    bare = dict.fromkeys((*ENVELOPE, "content-type"))

    def tombstone(name: str, **changes: str | None) -> Case:
        given = {**bare, **named, **changes}
        return Case(
            f"tombstone: {name}", None, [(key, value.encode()) for key, value in given.items() if value is not None]
        )

    yield tombstone("good")
    yield tombstone("of its type", ce_type="review.deleted")
    yield tombstone("of another type", ce_type="review.submitted")
    for header in named:
        yield tombstone(f"without {header}", **{header: None})
        yield tombstone(f"{header} empty", **{header: ""})
        yield tombstone(f"{header} with NUL", **{header: "a\x00b"})
        yield tombstone(f"{header} of 100 kB", **{header: "x" * 100_000})
    for name, data in {
        "good": {"source": "harbour", "external_id": "never seen"},
        "as it was": {**GOOD, "external_id": "never seen"},
        "empty": {},
        "no object": [],
        "a number": {"source": "harbour", "external_id": 7},
        "another field": {"source": "harbour", "external_id": "never seen", "why": "asked to"},
    }.items():
        value = json.dumps(event(type="review.deleted", data=data)).encode()
        yield binary(f"deleted: {name}", value, STRUCTURED)
    yield Case("deleted: an empty body", b"", headers(ce_type="review.deleted"))
