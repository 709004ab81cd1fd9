"""Topic models as the log has them now: a tenant's is kept, and only what came since is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from aggregates.ids import topic_model_id
from aggregates.topic_model.aggregate import TopicModel
from eventstore.log import EventLog
from eventstore.mapper import Mapper
from schemas.errors import VersionConflict

MAPPER = Mapper()


class TopicModels:
    """Loads and changes topic models. Thread-safe: two that read at once read the same."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._known: dict[UUID, TopicModel] = {}

    def load(self, tenant_id: UUID) -> TopicModel:
        """The tenant's model, as it is now: one short query where nothing changed. Without events it has no fit."""
        stream = topic_model_id(tenant_id)
        model = self._known.get(tenant_id, TopicModel(stream))
        recorded = self._log.read_stream(stream, after_version=model.version)
        model = model.after(MAPPER.to_typed(event) for event in recorded)
        self._known[tenant_id] = model
        return model

    def append(self, tenant_id: UUID, model: TopicModel, events: Sequence[Any]) -> TopicModel:
        """The model after these events. Raises VersionConflict where somebody else changed it meanwhile."""
        new = [
            MAPPER.to_new(event, tenant_id=tenant_id, stream_id=model.id, version=version, event_id=uuid4())
            for version, event in enumerate(events, model.version + 1)
        ]
        if new and self._log.append(new).conflicts:
            raise VersionConflict("somebody else changed the topics meanwhile: look at them, and run it again")
        return model.after(events)
