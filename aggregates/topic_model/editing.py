"""The edits that people make: each looks at a model and answers with the event that follows, with nothing, or refuses.

An empty answer means that it is so already. Ids are ids of topics that the model has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias

from aggregates.ids import topic_id as new_id
from aggregates.topic_model.aggregate import TopicModel
from schemas.errors import InvalidInput, NotAllowed
from schemas.events.topic_model import TopicModelEdited
from schemas.topic_parts import Topic, TopicChange

Events: TypeAlias = tuple[Any, ...]
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Editor:
    """Who edits, and when."""

    name: str
    now: datetime


def rename(model: TopicModel, topic_id: str, name: str, by: Editor) -> Events:
    """Give it a name; an empty one gives it its words again. Two topics never have the same name."""
    name = " ".join(name.split())
    if len(name) > LONGEST_NAME:
        raise InvalidInput(f"name: has more than {LONGEST_NAME} characters; shorten it", field="name")
    if any(name and each.topic_id != topic_id and each.name.casefold() == name.casefold() for each in model.topics):
        raise InvalidInput(
            f"name: another topic is called {name!r} already; merge them, or choose another", field="name"
        )
    return _changed(model, "renamed", {topic_id: {"name": name}}, by)


def hide(model: TopicModel, topic_id: str, *, hidden: bool, by: Editor) -> Events:
    """Leave it out of what queries show, or show it again. Reviews keep it."""
    return _changed(model, "hidden" if hidden else "shown", {topic_id: {"hidden": hidden}}, by)


def pin(model: TopicModel, topic_id: str, *, pinned: bool, by: Editor) -> Events:
    """Have fits leave its centre where it is, or move it again."""
    return _changed(model, "pinned" if pinned else "unpinned", {topic_id: {"pinned": pinned}}, by)


def merge(model: TopicModel, topic_ids: Sequence[str], into: str, by: Editor) -> Events:
    """Reviews of these topics count for `into` from now on. Their centres stay, so that it can be undone after fits."""
    for topic_id in (*topic_ids, into):
        _refuse_gone(model.by_id[topic_id])
    if into in topic_ids:
        raise InvalidInput("topic: a topic cannot be merged into itself; name another with --into", field="topic")
    return _changed(model, "merged", {topic_id: {"merged_into": into} for topic_id in topic_ids}, by)


def move(model: TopicModel, topic_id: str, parent: str | None, by: Editor) -> Events:
    """Put it under another topic, or, without one, at the top. Reviews keep it."""
    above: str | None = parent
    while above is not None:
        if above == topic_id:
            raise InvalidInput(
                "parent: a topic cannot stand below itself; name one that is not below it", field="parent"
            )
        above = model.by_id[above].parent
    return _changed(model, "moved", {topic_id: {"parent": parent}}, by)


def split(model: TopicModel, topic_id: str, parts: Sequence[Topic], by: Editor) -> Events:
    """Its reviews go to these parts, which stand below it; they get ids of their own."""
    whole = model.by_id[topic_id]
    _refuse_gone(whole)
    if len(parts) < 2:
        raise InvalidInput("into: a topic is split into two parts at least", field="into")
    ids = [new_id(model.id, model.version + 1, number) for number in range(1, len(parts) + 1)]
    made = [replace(part, topic_id=each, parent=topic_id) for each, part in zip(ids, parts, strict=True)]
    changes = [TopicChange(topic_id, whole, replace(whole, divided=True))]
    return (_edit(model, "split", [*changes, *(TopicChange(each.topic_id, None, each) for each in made)], by),)


def add_examples(model: TopicModel, topic_id: str, review_ids: Sequence[str], centre: bytes, by: Editor) -> Events:
    """These reviews belong here, whatever their words; the centre moves towards them. Each review is an example once."""
    topic = model.by_id[topic_id]
    _refuse_gone(topic)
    new = tuple(dict.fromkeys(each for each in review_ids if each not in topic.examples))
    if not new:
        return ()
    others = {
        other.topic_id: {"examples": tuple(each for each in other.examples if each not in new)}
        for other in model.topics
        if other.topic_id != topic_id
    }
    return _changed(
        model, "example_added", {**others, topic_id: {"examples": (*topic.examples, *new), "centre": centre}}, by
    )


def _refuse_gone(topic: Topic) -> None:
    if topic.merged_into is not None or topic.divided:
        what = "split" if topic.divided else "merged into another"
        raise NotAllowed(f"topic {topic.topic_id} was {what}: undo that first, or name another topic")


def _changed(model: TopicModel, kind: str, values: Mapping[str, Mapping[str, Any]], by: Editor) -> Events:
    """The edit that gives topics these values; nothing where all have them."""
    topics = model.by_id
    pairs = [(topics[topic_id], replace(topics[topic_id], **new)) for topic_id, new in values.items()]
    changes = [TopicChange(before.topic_id, before, after) for before, after in pairs if before != after]
    return (_edit(model, kind, changes, by),) if changes else ()


def _edit(model: TopicModel, kind: str, changes: Sequence[TopicChange], by: Editor) -> TopicModelEdited:
    model.fitted  # noqa: B018 - refuses where there are no topics
    return TopicModelEdited(
        edit=len(model.edits) + 1, kind=kind, changes=tuple(changes), edited_by=by.name, edited_at=by.now
    )
