"""Taking an edit back: what it changed is as it was before, and what a fit found since stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from aggregates.topic_model.aggregate import UNDONE, TopicModel
from aggregates.topic_model.editing import Editor
from schemas.errors import InvalidInput, NotAllowed
from schemas.events.topic_model import TopicModelEdited
from schemas.topic_parts import Topic, TopicChange

EDITED = ("name", "hidden", "pinned", "merged_into", "parent", "divided", "examples")
"""What only people change; everything else of a topic is a fit's."""


def undo(model: TopicModel, number: int | None, by: Editor) -> tuple[Any, ...]:
    """Take edit `number` back, or the last one that stands. An undoing can be undone, too.

    Raises NotAllowed where a later edit changed the same topics otherwise: that is to be undone first.
    """
    edit = _chosen(model, number)
    changes = [_back(model, edit, change) for change in edit.changes]
    _refuse_orphans(model, edit, {change.topic_id for change in changes if change.after is None})
    return (
        TopicModelEdited(
            edit=len(model.edits) + 1,
            kind=UNDONE,
            undoes=edit.edit,
            changes=tuple(changes),
            edited_by=by.name,
            edited_at=by.now,
        ),
    )


def _chosen(model: TopicModel, number: int | None) -> TopicModelEdited:
    if number is None:
        standing = [edit for edit in model.edits if edit.kind != UNDONE and edit.edit not in model.reverted]
        if not standing:
            raise NotAllowed("there is no edit to undo; `reviewstream topics history` lists them")
        return standing[-1]
    if not 1 <= number <= len(model.edits):
        raise InvalidInput(f"edit: there is no edit {number}; `reviewstream topics history` lists them", field="edit")
    if number in model.reverted:
        raise NotAllowed(f"edit {number} is undone already; undo the undoing to have it again")
    return model.edits[number - 1]


def _back(model: TopicModel, edit: TopicModelEdited, change: TopicChange) -> TopicChange:
    stands = model.by_id.get(change.topic_id)
    names = _changed_by(change)
    if not _as_left(stands, change.after, names):
        raise NotAllowed(
            f"edit {edit.edit} cannot be undone: a later edit changed the same of a topic; undo that first"
        )
    if change.before is None or stands is None or change.after is None:
        return TopicChange(change.topic_id, stands, change.before)
    values = {name: getattr(change.before, name) for name in names}
    if stands.centre == change.after.centre:
        values["centre"] = change.before.centre
    return TopicChange(change.topic_id, stands, replace(stands, **values))


def _changed_by(change: TopicChange) -> list[str]:
    """What the edit changed of a topic: everything, where it made or removed it."""
    before, after = change.before, change.after
    if before is None or after is None:
        return list(EDITED)
    return [name for name in EDITED if getattr(before, name) != getattr(after, name)]


def _as_left(stands: Topic | None, after: Topic | None, names: Sequence[str]) -> bool:
    """Whether these are as the edit left them."""
    if stands is None or after is None:
        return stands is after
    return all(getattr(stands, name) == getattr(after, name) for name in names)


def _refuse_orphans(model: TopicModel, edit: TopicModelEdited, removed: set[str]) -> None:
    """A topic that goes must not be what others refer to."""
    for topic in model.topics:
        if topic.topic_id not in removed and removed & {topic.merged_into, topic.parent}:
            raise NotAllowed(
                f"edit {edit.edit} cannot be undone: topic {topic.topic_id} was put below, or merged into, a topic "
                "that it made; undo that first"
            )
