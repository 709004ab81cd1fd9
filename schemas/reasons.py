"""Why a message became a dead letter: every machine-readable reason, in one place. docs/dead-letters.md lists them, by a test."""

from __future__ import annotations

from collections.abc import Mapping

STEP_FAILED, UNREADABLE, UNREADABLE_ROW, UNKNOWN_TENANT = (
    "step_failed",
    "unreadable",
    "unreadable_row",
    "unknown_tenant",
)

REASONS: Mapping[str, str] = {
    "avro": "An Avro body does not match its schema.",
    "bad_magic": "An Avro body does not begin as Confluent's wire format does.",
    "content_type": "The content type is none of the four forms.",
    "data": "The event's data is no JSON object.",
    "duplicate_key": "A JSON object has the same key twice.",
    "empty": "A field is blank, or there is neither content nor rating.",
    "encoding": "Not UTF-8, or no base64.",
    "envelope": "An attribute of the CloudEvent is missing or wrong.",
    "format": "A field has not the form that it needs.",
    "invalid": "Anything else that is wrong with a review.",
    "missing": "A required field is missing.",
    "nesting": "Nested too deeply.",
    "no_date": "A date is not in ISO 8601.",
    "no_number": "A number is none, or is not finite.",
    "no_object": "A field is no JSON object.",
    "no_text": "A field is no text.",
    "nul": "A text has a NUL character.",
    "number": "A number that JSON does not have, or that is too large.",
    "out_of_range": "A number or a date is out of range.",
    "scale": "The worst rating is not below the best one.",
    STEP_FAILED: "A step of the saga failed permanently.",
    "surrogate": "A text has half a character.",
    "syntax": "Not JSON.",
    "tombstone": "A message without a value names no review.",
    "too_long": "A text or a list is too long.",
    "unknown_field": "A field that the contract does not have.",
    "unknown_schema": "A schema id that is neither pinned nor in the registry.",
    UNKNOWN_TENANT: "The tenant is not registered.",
    "unknown_type": "The CloudEvent is of another type.",
    UNREADABLE: "Another program's message in an internal topic.",
    UNREADABLE_ROW: "The publisher could not read that row of its file, or a value in it.",
    "wrong_schema": "A schema of something else than an inbound review.",
}
