"""The TopicModel aggregate: its topics as fits and edits have left them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias
from uuid import UUID

from schemas.errors import InvalidInput, NotAllowed
from schemas.events.topic_model import TopicModelEdited, TopicModelFitted
from schemas.topic_parts import Topic

Changes: TypeAlias = dict[str, Any]
UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class TopicModel:
    """A tenant's topics at one version of their stream. `fit` is the last fit, None before the first.

    `topics` are by id, in the order in which they came to be. `edits` are all edits, `reverted` the numbers of those
    that are taken back (an undoing that was itself undone is among them, and what it undid is not).
    """

    id: UUID
    version: int = 0
    fit: TopicModelFitted | None = None
    topics: tuple[Topic, ...] = ()
    edits: tuple[TopicModelEdited, ...] = ()
    reverted: frozenset[int] = frozenset()

    @property
    def fitted(self) -> TopicModelFitted:
        """The last fit. Raises NotAllowed before the first."""
        if self.fit is None:
            raise NotAllowed("this tenant has no topics yet: run `reviewstream topics fit` first")
        return self.fit

    @property
    def by_id(self) -> Mapping[str, Topic]:
        """The topics by id."""
        return {topic.topic_id: topic for topic in self.topics}

    def root(self, topic_id: str) -> str:
        """The topic that reviews of this one count for: the end of what it was merged into."""
        topics = self.by_id
        while (into := topics[topic_id].merged_into) is not None:
            topic_id = into
        return topic_id

    def attracting(self) -> tuple[Topic, ...]:
        """The topics whose centres reviews are compared with: all but those that were split, retired, or merged into such."""
        topics = self.by_id
        return tuple(t for t in self.topics if t.centre and not topics[self.root(t.topic_id)].divided)

    def standing(self) -> tuple[Topic, ...]:
        """The topics that reviews may count for: neither merged into another nor split."""
        return tuple(topic for topic in self.topics if topic.merged_into is None and not topic.divided)

    def named(self, name: str) -> Topic:
        """The topic with this id, beginning of an id (4 characters or more), or title in any case.

        Raises InvalidInput where there is none, or more than one.
        """
        wanted = name.strip().casefold()
        exact = [topic for topic in self.topics if wanted in {topic.topic_id, topic.title.casefold()}]
        begun = [topic for topic in self.topics if len(wanted) >= 4 and topic.topic_id.startswith(wanted)]
        found = exact or begun
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(topic.topic_id for topic in found)
            raise InvalidInput(f"topic: {name!r} are several topics: give the id, one of {ids}", field="topic")
        raise InvalidInput(
            f"topic: there is no topic {name!r}; `reviewstream topics show` lists them with their ids", field="topic"
        )

    def after(self, events: Iterable[Any]) -> TopicModel:
        """The model as it is after these events, in order."""
        model = self
        for event in events:
            model = replace(model, version=model.version + 1, **_CHANGES[type(event)](model, event))
        return model


def _fitted(_: TopicModel, event: TopicModelFitted) -> Changes:
    return {"fit": event, "topics": event.topics}


def _edited(model: TopicModel, event: TopicModelEdited) -> Changes:
    topics = dict(model.by_id)
    for change in event.changes:
        if change.after is None:
            topics.pop(change.topic_id, None)
        else:
            topics[change.topic_id] = change.after
    return {"topics": tuple(topics.values()), "edits": (*model.edits, event), "reverted": _reverted(model, event)}


def _reverted(model: TopicModel, event: TopicModelEdited) -> frozenset[int]:
    """Undoing an edit reverts it; undoing that undoing brings it back."""
    if event.undoes is None:
        return model.reverted
    undone = model.edits[event.undoes - 1]
    reverted = model.reverted | {event.undoes}
    return reverted - {undone.undoes} if undone.undoes is not None else reverted


_CHANGES: dict[type, Callable[[TopicModel, Any], Changes]] = {TopicModelFitted: _fitted, TopicModelEdited: _edited}
