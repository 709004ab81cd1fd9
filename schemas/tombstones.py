"""Tombstones in the inbound topic: a message without a value says that the review which it names was deleted.

Headers or the key name it: `ce_tenantid`, `ce_reviewsource` and `ce_externalid`, or a JSON object with `tenant`, `source`
and `external_id`. A header counts before the key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas import strictjson
from schemas.errors import InvalidInput

DELETED_TYPE = "review.deleted"
NAMED = {"tenant": "tenantid", "source": "reviewsource", "external_id": "externalid"}
"""What names a review, by the key's name for it: the attribute."""
Attributes = Mapping[str, str]


def is_tombstone(value: bytes | None, attributes: Attributes) -> bool:
    """Whether a message without a value deletes a review.

    A dead letter keeps an empty value for none, so one that is replayed says by its type what it is.
    """
    return value is None or (not value and attributes.get("type") == DELETED_TYPE)


def tombstone(
    attributes: Attributes, key: bytes | None
) -> tuple[dict[str, str], Mapping[str, Any] | None, InvalidInput | None]:
    """(attributes, data, problem): as a CloudEvent of the type `review.deleted` has them, or why it names no review.

    The attributes name it, so that a dead letter, which has no key, still does. Whose it is, is not looked at here.
    """
    if attributes.get("type", DELETED_TYPE) != DELETED_TYPE:
        return dict(attributes), None, _problem(f"value: is missing; only {DELETED_TYPE} has none", "value")
    by_key = _by_key(key)
    named = {name: attributes.get(of) or by_key.get(name, "") for name, of in NAMED.items()}
    complete = {**attributes, **{of: _storable(named[name]) for name, of in NAMED.items()}, "type": DELETED_TYPE}
    data = {name: named[name] for name in ("source", "external_id")}
    if missing := next((name for name, given in data.items() if not given), None):
        fix = f"give the header ce_{NAMED[missing]}, or {missing} in a JSON object as key"
        return (
            complete,
            None,
            _problem(f"{missing}: a message without a value names the deleted review; {fix}", missing),
        )
    return complete, data, None


def _by_key(key: bytes | None) -> dict[str, str]:
    """What a key in JSON names; any other key names nothing."""
    try:
        read = strictjson.loads(key or b"")
    except (InvalidInput, RecursionError):
        return {}
    return {name: read[name] for name in NAMED if isinstance(read.get(name), str)} if isinstance(read, dict) else {}


def _storable(text: str) -> str:
    """As attributes are: also what validation refuses is counted and kept."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def _problem(text: str, field: str) -> InvalidInput:
    return InvalidInput(text, field=field, reason="tombstone")
