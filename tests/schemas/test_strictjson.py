"""JSON as the standard has it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import InvalidInput
from schemas.strictjson import loads

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
)
REFUSED = {
    "NaN": (b'{"rating": NaN}', "number"),
    "Infinity": (b'{"rating": Infinity}', "number"),
    "-Infinity": (b"[-Infinity]", "number"),
    "float that overflows": (b"[1e999]", "number"),
    "negative float that overflows": (b"[-1e999]", "number"),
    "integer of 5,000 digits": (b"[" + b"9" * 5_000 + b"]", "number"),
    "the same key twice": (b'{"a": 1, "a": 1}', "duplicate_key"),
    "the same key twice, within": (b'[{"b": {"a": 1, "\\u0061": 2}}]', "duplicate_key"),
    "100,000 arrays": (b"[" * 100_000 + b"]" * 100_000, "nesting"),
    "100,000 objects": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nesting"),
    "invalid UTF-8": (b'{"a": "\xff"}', "encoding"),
    "UTF-8 surrogate": (b'"\xed\xa0\x80"', "encoding"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "encoding"),
    "high surrogate alone": (b'{"a": "\\ud83d"}', "surrogate"),
    "low surrogate alone": (b'{"a": "\\uDE00 x"}', "surrogate"),
    "surrogate in a name": (b'{"\\ud83d": 1}', "surrogate"),
    "surrogates the wrong way round": (b'["\\ude00\\ud83d"]', "surrogate"),
    "nothing": (b"", "syntax"),
    "only a BOM": (b"\xef\xbb\xbf", "syntax"),
    "comma at the end": (b"[1,]", "syntax"),
    "two values": (b"1 2", "syntax"),
    "cut short": (b'{"a": "b', "syntax"),
    "single quotes": (b"{'a': 1}", "syntax"),
    "raw newline in a text": (b'"a\nb"', "syntax"),
    "comment": (b"/* a */ 1", "syntax"),
}


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_the_standard_refuses_is_refused(data, reason):
    with pytest.raises(InvalidInput) as caught:
        loads(data)
    assert caught.value.reason == reason


def test_byte_order_mark_is_skipped():
    assert loads(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_surrogate_pairs_are_characters():
    assert loads(b'"\\ud83d\\ude00 \\\\ud83d"') == "\N{GRINNING FACE} \\ud83d"


def test_text_with_a_raw_half_character_is_refused():
    with pytest.raises(InvalidInput) as caught:
        loads('"\ud83d"')
    assert caught.value.reason == "surrogate"


def test_large_integers_stay_exact():
    assert loads(b"9007199254740993") == 2**53 + 1


@settings(max_examples=50)
@given(JSON, st.booleans())
def test_whatever_json_can_say_comes_back(value, ascii_only):
    text = json.dumps(value, ensure_ascii=ascii_only)
    assert loads(text.encode()) == value
    assert loads(text) == value


@given(st.binary() | st.text(max_size=50) | TEXT.map(lambda text: '{"a": "' + text))
def test_anything_is_parsed_or_refused_without_being_quoted(data):
    refused = None
    try:
        loads(data)
    except InvalidInput as error:
        refused = error
    assert refused is None or refused.reason in {
        "encoding",
        "syntax",
        "number",
        "duplicate_key",
        "nesting",
        "surrogate",
    }
    assert refused is None or str(refused).isascii()
