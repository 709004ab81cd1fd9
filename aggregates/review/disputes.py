"""Feedback: somebody says that a result is wrong, or takes that back. No result and nothing of the saga changes by it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from aggregates.review.aggregate import Review
from aggregates.review.feedback_fields import FIELDS, LABELS, SINGLE, subject, subject_of
from aggregates.review.saga import DONE, WITHDRAWN
from schemas.errors import InvalidInput, NotAllowed
from schemas.events.review import DisputeWithdrawn, LabelDisputed
from schemas.known import check_known

Events: TypeAlias = tuple[Any, ...]
LANGUAGE = re.compile(r"[a-z]{2,3}")
LONGEST = {"who": 200, "given": 400, "right": 400, "note": 2000}


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says: of `field` (of several the one called `given`) `right` would be right. None is nothing."""

    field: str
    right: str | None
    who: str
    given: str | None = None
    note: str | None = None


def dispute(review: Review, said: Said, *, now: datetime) -> Events:
    """LabelDisputed; nothing where the same person has said the same already.

    Raises InvalidInput for what cannot be meant, NotAllowed for a review that is not complete. To say that a result is right,
    `right` is what it says: evaluation needs that as well.
    """
    check(said)
    if review.step != DONE or review.processed is None or review.sentiment is None:
        raise NotAllowed(f"feedback is about results of a complete review; this one is {_standing(review)}")
    event = LabelDisputed(
        revision=review.revision,
        number=review.disputed + 1,
        field=said.field,
        given=_given(review, said),
        right=said.right,
        who=said.who,
        note=said.note,
        processing_version=review.sentiment.processing_version,
        disputed_at=now,
    )
    known = [each for each in review.disputes if subject(each) == subject(event)]
    same = ("field", "given", "right", "note", "processing_version")
    if known and all(getattr(known[0], name) == getattr(event, name) for name in same):
        return ()
    return (event,)


def withdraw_dispute(review: Review, field: str, who: str, *, given: str | None = None, now: datetime) -> Events:
    """DisputeWithdrawn. Raises NotAllowed where that person has said nothing of it that still stands."""
    check_known("--field", field, FIELDS, field="field")
    known = [each for each in review.disputes if subject(each) == subject_of(field, given, who)]
    if not known:
        raise NotAllowed(
            f"there is no feedback by that user on this {field} of the review's present text; "
            "`reviewstream feedback list` shows what there is"
        )
    return (
        DisputeWithdrawn(
            revision=review.revision,
            number=review.disputed + 1,
            field=field,
            given=known[0].given,
            who=who,
            withdrawn_at=now,
        ),
    )


def check(said: Said) -> None:
    """Raises InvalidInput that names the option and the fix; quotes nothing that may be personal."""
    check_known("--field", said.field, FIELDS, field="field")
    for name, most in LONGEST.items():
        value = getattr(said, name)
        if value is not None and not (len(value.strip()) > 0 and len(value) <= most and value.isprintable()):
            raise InvalidInput(f"--{_option(name)}: give 1 to {most} printable characters, on one line", field=name)
    if said.field in SINGLE and said.right is None:
        raise InvalidInput(f"--right: is missing; say which {said.field} would be right", field="right")
    if said.field == "label":
        check_known("--right", said.right or "", LABELS, field="right", there="a label is one of")
    if said.field == "language" and not LANGUAGE.fullmatch(said.right or ""):
        raise InvalidInput("--right: is no code of a language; give ISO 639, such as en, or und", field="right")
    if said.field not in SINGLE and said.given is None and said.right is None:
        raise InvalidInput(f"--given: say which {said.field} is wrong, or with --right which is missing", field="given")


def _given(review: Review, said: Said) -> str | None:
    """What the result says now. Raises InvalidInput where it does not say what is called wrong."""
    assert review.processed is not None
    assert review.sentiment is not None
    now = {"label": review.sentiment.label, "language": review.processed.language}
    if said.field in now:
        if said.given not in {None, now[said.field]}:
            raise InvalidInput(
                f"--given: the {said.field} of this review is {now[said.field]} now; leave --given out", field="given"
            )
        return now[said.field]
    if said.given is None or said.field == "topic":  # topics are assigned beside the review's stream
        return said.given
    found = {
        "entity": [each.text for each in review.processed.entities],
        "keyword": [each.text for each in review.processed.keywords],
        "aspect": [name for each in review.processed.aspects for name in (each.text, each.term)],
    }[said.field]
    known = {each.casefold(): each for each in found}
    if said.given.casefold() not in known:
        raise InvalidInput(
            f"--given: the result has no such {said.field}; `reviewstream query review` shows those that it has",
            field="given",
        )
    return known[said.given.casefold()]


def _option(name: str) -> str:
    return "by" if name == "who" else name


def _standing(review: Review) -> str:
    if review.collected is None:
        return "unknown"
    return "withdrawn" if review.step == WITHDRAWN else f"waiting for {review.step}"
